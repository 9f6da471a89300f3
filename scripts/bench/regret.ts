import { readFile } from 'node:fs/promises';
import { median } from 'simple-statistics';
import type { BenchOptions, BenchResult } from './contract.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { type PlainRegret, plainRegret, type RegretGain, regretGain } from './regret-gain.js';
import { type EngineCurves, type ReferenceCurves, type RegretRun, regretRun } from './regret-run.js';

/** Ours against the reference at one moment of the runs, with plain regrets beside. */
interface Moment {
  readonly gain: RegretGain;
  /** Random search against the reference, as `gain.difference`. */
  readonly random: MeanAndError;
  readonly regret: Readonly<Record<'ours' | 'botorch' | 'random', PlainRegret>>;
  /** Regret at the measured design with the best posterior mean, where the reference has it. */
  readonly inference?: { readonly difference: MeanAndError; readonly ours: PlainRegret; readonly botorch: PlainRegret };
}

interface Score {
  readonly problem: string;
  /** From the optimum to random search's median first value. */
  readonly range: number;
  readonly half: Moment;
  readonly full: Moment;
  /** Coverage of 90 % intervals half-way, by run. */
  readonly coverage: MeanAndError;
  /** The same of intervals as calibrated. */
  readonly calibratedCoverage: MeanAndError;
  readonly cpuMsPerProposal: number;
}

/**
 * Regret on test problems from the starting designs of a file of reference curves, against the BoTorch curves in it:
 * mean paired difference of log10(max(best − optimum, 1e-6)), negative where ours is better; how much of it lies above
 * 1 % of the function's range; plain regrets beside those of BoTorch and random search; and how often 90 % intervals
 * hold the truth. Skipped without a file of curves.
 */
export async function benchRegret(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { curves: file, only } = options;
  if (file === undefined) return { figures: null, lines: ['skipped: --curves names no file of reference curves'] };
  const curves = JSON.parse(await readFile(file, 'utf8')) as Record<string, ReferenceCurves>;
  const scores: Score[] = [];
  for (const [problem, reference] of Object.entries(curves).filter(([name]) => only?.includes(name) ?? true)) {
    scores.push(await score(problem, reference, options));
    log(differenceLine(scores.at(-1)!));
  }
  const over = (of: (score: Score) => number) => scores.reduce((sum, one) => sum + of(one), 0) / scores.length;
  const mean = (['half', 'full'] as const).map((moment) => {
    const difference = over((one) => one[moment].gain.difference.mean);
    const aboveOnePercent = over((one) => one[moment].gain.aboveOnePercent.mean);
    return { moment, difference, aboveOnePercent, share: difference < 0 ? aboveOnePercent / difference : null };
  });
  const coverage = over((one) => one.coverage.mean);
  const calibratedCoverage = over((one) => one.calibratedCoverage.mean);
  return {
    figures: {
      scores,
      mean: Object.fromEntries(mean.map(({ moment, ...rest }) => [moment, rest])),
      coverage,
      calibratedCoverage,
    },
    lines: [
      'log10 regret minus that of BoTorch, at half and at all evaluations; in brackets, as far as above 1 % of the range:',
      ...scores.map(differenceLine),
      `mean over problems: ${mean
        .map((m) => `${m.difference.toFixed(2)} (${m.aboveOnePercent.toFixed(2)}, ${percent(m.share)})`)
        .join(' / ')}`,
      'median (mean, runs within 1 % of the range) of the regret: ours, BoTorch, random search at half / at all evaluations:',
      ...scores.map(regretLine),
      ...scores.flatMap(inferenceLines),
      '90 % intervals that hold the truth, of 200 uniform points half-way, as the surrogates say / calibrated:',
      ...scores.map(
        (one) => `${one.problem.padEnd(16)} ${showMean(one.coverage, 2)} / ${showMean(one.calibratedCoverage, 2)}`,
      ),
      `mean over problems: ${coverage.toFixed(2)} / ${calibratedCoverage.toFixed(2)}`,
    ],
  };
}

async function score(problem: string, reference: ReferenceCurves, options: BenchOptions): Promise<Score> {
  const { n0, evaluations, optimum, engines } = reference;
  const botorch = Object.entries(engines).find(([key]) => key.startsWith('botorch'))![1];
  const random = engines.random!;
  const runs: RegretRun[] = [];
  for (let seed = 0; seed < Math.min(options.seeds, botorch.best.length); seed++)
    runs.push(await regretRun(problem, reference, seed, options));
  const range = median(random.best.map((best) => best[0]! - optimum));
  const moment = (key: 'half' | 'full', after: number): Moment => {
    const regrets = (best: EngineCurves['best']) => runs.map((_, seed) => best[seed]![n0 + after - 1]! - optimum);
    const ours = regrets(runs.map((run) => run.best));
    const [theirs, drawn] = [regrets(botorch.best), regrets(random.best)];
    const inferred = runs.map((run) => run.inference[key] - optimum);
    const reference = botorch.inference?.map((values) => values[Math.min(after, evaluations - 1)]! - optimum);
    return {
      gain: regretGain(ours, theirs, range),
      random: regretGain(drawn, theirs, range).difference,
      regret: {
        ours: plainRegret(ours, range),
        botorch: plainRegret(theirs, range),
        random: plainRegret(drawn, range),
      },
      ...(reference === undefined
        ? {}
        : {
            inference: {
              difference: regretGain(inferred, reference, range).difference,
              ours: plainRegret(inferred, range),
              botorch: plainRegret(reference.slice(0, runs.length), range),
            },
          }),
    };
  };
  return {
    problem,
    range,
    half: moment('half', Math.floor(evaluations / 2)),
    full: moment('full', evaluations),
    coverage: meanAndError(runs.map((run) => run.coverage)),
    calibratedCoverage: meanAndError(runs.map((run) => run.calibratedCoverage)),
    cpuMsPerProposal: (1_000 * runs.reduce((sum, run) => sum + run.cpuSeconds, 0)) / (runs.length * evaluations),
  };
}

function differenceLine({ problem, half, full, cpuMsPerProposal }: Score): string {
  const cell = ({ gain: { difference, aboveOnePercent, share } }: Moment) =>
    `${showMean(difference, 2)} (${aboveOnePercent.mean.toFixed(2)}, ${percent(share)})`;
  return `${problem.padEnd(16)} ${cell(half)} / ${cell(full)}   ${cpuMsPerProposal.toFixed(0)} ms CPU a proposal`;
}

function regretLine({ problem, half, full }: Score): string {
  const cell = ({ regret }: Moment) =>
    (['ours', 'botorch', 'random'] as const).map((engine) => plain(regret[engine])).join(', ');
  return `${problem.padEnd(16)} ${cell(half)} / ${cell(full)}`;
}

function inferenceLines({ problem, half, full }: Score): string[] {
  const cell = ({ inference }: Moment) =>
    `${showMean(inference!.difference, 2)} (${plain(inference!.ours)}, ${plain(inference!.botorch)})`;
  if (half.inference === undefined) return [];
  return [
    'the same at the measured design with the best posterior mean: log10 difference (ours, BoTorch):',
    `${problem.padEnd(16)} ${cell(half)} / ${cell(full)}`,
  ];
}

function plain({ median: middle, mean, solved }: PlainRegret): string {
  return `${middle.toPrecision(2)} (${mean.toPrecision(2)}, ${percent(solved)})`;
}

function percent(share: number | null): string {
  return share === null ? '-' : `${Math.round(100 * share)} %`;
}
