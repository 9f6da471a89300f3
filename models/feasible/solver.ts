import type { LegacyHighs } from 'highs';

/** A number that is looked for. */
export interface Column {
  readonly low: number;
  readonly high: number;
  /** Whether it is a whole one. */
  readonly whole: boolean;
}

/** Σ coefficient · column lies between two numbers, either of which may be infinite. */
export interface Row {
  readonly coefficients: ReadonlyMap<number, number>;
  readonly min: number;
  readonly max: number;
}

/** A mixed-integer linear program without an objective: is there any solution? */
export interface Program {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** By how much a row may be broken, relative to its terms, and columns miss whole numbers. */
const tolerance = 1e-9;
/** Branches after which a search gives up. A limit of time would make the answer depend on the machine. */
const mostBranches = 20_000;

let loaded: Promise<LegacyHighs> | null = null;

/**
 * A solution of a program: a number for each column; null where there is none, `unknown` where the search was given up.
 *
 * HiGHS in WebAssembly, which is loaded when first asked for (about 0.2 s).
 */
export async function solutionOf(program: Program): Promise<readonly number[] | null | 'unknown'> {
  if (program.rows.some((row) => row.coefficients.size === 0 && !(row.min <= tolerance && row.max >= -tolerance)))
    return null;
  if (program.columns.length === 0) return [];
  loaded ??= import('highs').then((module) => (module.default as unknown as () => Promise<LegacyHighs>)());
  const highs = await loaded;
  const { Status, Columns } = highs.solve(textOf(program), {
    output_flag: false,
    log_to_console: false,
    mip_max_nodes: mostBranches,
    primal_feasibility_tolerance: tolerance,
    mip_feasibility_tolerance: tolerance,
  });
  if (Status === 'Infeasible') return null;
  if (Status !== 'Optimal') return 'unknown';
  return program.columns.map(({ low, high, whole }, i) => {
    const found = Columns[nameOf(i)] as { readonly Primal?: number } | undefined;
    // Columns that stand in no row are free to be anything.
    const value = Math.min(high, Math.max(low, found?.Primal ?? low));
    return whole ? Math.round(value) : value;
  });
}

/** The program in the LP format of CPLEX, its rows scaled to terms of about 1. */
function textOf({ columns, rows }: Program): string {
  const lines = ['Minimize', ` nothing: 0 ${nameOf(0)}`, 'Subject To'];
  rows.forEach(({ coefficients, min, max }, r) => {
    if (coefficients.size === 0) return;
    const sizes = [...coefficients].map(([column, factor]) => Math.abs(factor) * sizeOf(columns[column]!));
    const scale = Math.max(...sizes) || 1;
    const sum = [...coefficients].map(([column, factor]) => `${signed(factor / scale)} ${nameOf(column)}`).join(' ');
    if (min === max) lines.push(` r${r}: ${sum} = ${min / scale}`);
    else {
      if (Number.isFinite(min)) lines.push(` l${r}: ${sum} >= ${min / scale}`);
      if (Number.isFinite(max)) lines.push(` u${r}: ${sum} <= ${max / scale}`);
    }
  });
  lines.push('Bounds', ...columns.map(({ low, high }, i) => ` ${low} <= ${nameOf(i)} <= ${high}`));
  const whole = columns.flatMap((column, i) => (column.whole ? [` ${nameOf(i)}`] : []));
  if (whole.length > 0) lines.push('General', ...whole);
  return [...lines, 'End', ''].join('\n');
}

function nameOf(column: number): string {
  return `c${column}`;
}

function signed(value: number): string {
  return value < 0 ? `- ${-value}` : `+ ${value}`;
}

function sizeOf({ low, high }: Column): number {
  return Math.max(Math.abs(low), Math.abs(high)) || 1;
}
