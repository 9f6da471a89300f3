import type { Finding } from './check.js';

/** What came of one run of a row; `trouble` is why it came to nothing. */
export interface Outcome {
  readonly seed: number;
  readonly run: (Finding & { readonly stoodStillMs: number }) | null;
  readonly trouble: string | null;
  /** From the proposals of the undisturbed campaign; null for none. */
  readonly difference: string | null;
}

/** A row of the table. */
export interface Row {
  readonly what: string;
  readonly victim: string;
  readonly outcomes: readonly Outcome[];
}

/** What is wrong with a run; empty where nothing is. */
export function wrongWith({ run, trouble, difference }: Outcome): readonly string[] {
  if (run === null) return [trouble ?? 'it did not run'];
  return [
    ...(run.starts === 1 ? [] : [`a key was started ${run.starts} times`]),
    ...(run.lost === 0 ? [] : [`${run.lost} measurements lost`]),
    ...(run.doubled === 0 ? [] : [`${run.doubled} doubled`]),
    ...(difference === null || run.unknown > 0 ? [] : [`other proposals than undisturbed: ${difference}`]),
    ...run.faults,
  ];
}

const heads = [
  'step',
  'killed',
  'runs',
  'starts per key',
  'unknown',
  'lost',
  'doubled',
  'proposals equal',
  'stood still',
  'wrong',
];

/** The table, in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(cellsOf);
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

function cellsOf({ what, victim, outcomes }: Row): readonly string[] {
  const runs = outcomes.flatMap(({ run }) => run ?? []);
  const sum = (of: (run: Finding) => number) => String(runs.reduce((total, run) => total + of(run), 0));
  const stood = runs.map(({ stoodStillMs }) => stoodStillMs / 1000).sort((one, other) => one - other);
  const median = stood[Math.floor(stood.length / 2)];
  const said = (seconds: number | undefined) => (seconds === undefined ? '–' : seconds.toFixed(1));
  return [
    what,
    victim,
    String(outcomes.length),
    runs.length === 0 ? '–' : String(Math.max(...runs.map(({ starts }) => starts))),
    sum(({ unknown }) => unknown),
    sum(({ lost }) => lost),
    sum(({ doubled }) => doubled),
    `${outcomes.filter(({ run, difference }) => run !== null && difference === null).length} of ${outcomes.length}`,
    `${said(median)} s, worst ${said(stood.at(-1))} s`,
    String(outcomes.filter((outcome) => wrongWith(outcome).length > 0).length),
  ];
}
