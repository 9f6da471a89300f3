import { median } from 'simple-statistics';
import { bestWithin, costTo, type FidelityRun, fidelityRun } from './fidelity-run.js';
import {
  type FidelityPool,
  type FidelitySet,
  fidelityPool,
  fidelitySets,
  isComputed,
  varied,
} from './fidelity-sets.js';
import type { BenchOptions, BenchResult } from './index.js';

/** Cost at which the single-fidelity campaigns set the marks, and up to which all may try to reach them. */
const marked = 40;
const budget = 60;

/** How soon campaigns reach the marks: costs as shares of the cost that set them. */
export interface Reached {
  /** Over all pairs of a run and a mark. */
  readonly median: number;
  /** Share of the pairs in which the mark was not reached at all. */
  readonly never: number;
}

interface SetScore extends Reached {
  readonly name: string;
  /** The single-fidelity campaigns to the marks of their other seeds. */
  readonly single: Reached;
  /** Ratio of the medians. */
  readonly ratio: number;
  /** Share of the cost spent below the target. */
  readonly low: number;
  readonly secondsADecision: number;
}

/**
 * Campaigns over several fidelities of a pool: the cost at which they reach what single-fidelity campaigns from nested
 * starts have at cost 40, beside what these need themselves for the values of their other seeds, on pools whose lower
 * fidelities are informative, turned round, shuffled, or right but for the best rows. Measured pools are left out
 * without data sets.
 */
export async function benchFidelities(
  log: (line: string) => void,
  { pools: folder, only, seeds, acquisition, surrogate }: BenchOptions,
): Promise<BenchResult> {
  const wanted = fidelitySets.filter(
    ({ name, pool }) => (only?.includes(name) ?? true) && (folder !== undefined || isComputed(pool)),
  );
  const strategy = {
    ...(acquisition === undefined ? {} : { acquisition }),
    ...(surrogate === undefined ? {} : { surrogate }),
  };
  const scores: SetScore[] = [];
  const singles = new Map<string, { pool: FidelityPool; runs: FidelityRun[] }>();
  for (const set of wanted) {
    let single = singles.get(set.pool);
    if (single === undefined) {
      const pool = await fidelityPool(set.pool, folder);
      single = { pool, runs: await runsOf(seeds, (seed) => singleRun(pool, seed)) };
      singles.set(set.pool, single);
    }
    scores.push(await score(set, single, { seeds, strategy }));
    log(line(scores.at(-1)!));
  }
  const variants = ['informative', 'perm', 'trap'] as const;
  const isOf = (name: string) => (/-(perm|trap)$/.exec(name)?.[1] ?? 'informative') as (typeof variants)[number];
  const means = variants.flatMap((variant) => {
    const ratios = scores.filter(({ name }) => isOf(name) === variant).map(({ ratio }) => ratio);
    if (ratios.length === 0) return [];
    return [{ variant, mean: Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length) }];
  });
  return {
    figures: { seeds, marked, budget, sets: scores, means },
    lines: [
      'cost to reach single-fidelity values, median / never, with that of single fidelity; ratio; share below the target:',
      ...scores.map(line),
      ...means.map(({ variant, mean }) => `geometric mean of the ratios, ${variant}: ${mean.toFixed(2)}`),
    ],
  };
}

async function runsOf<Run>(seeds: number, run: (seed: number) => Promise<Run>): Promise<Run[]> {
  const runs: Run[] = [];
  for (let seed = 0; seed < seeds; seed++) runs.push(await run(seed));
  return runs;
}

function singleRun({ campaign, values }: FidelityPool, seed: number): Promise<FidelityRun> {
  const spec = { ...campaign.spec, fidelities: campaign.spec.fidelities.slice(-1) };
  const target = { campaign: { ...campaign, spec }, values: values.slice(-1) };
  const enough = Math.max(...values.at(-1)!);
  return fidelityRun(target, { seed, budget, enough, strategy: 'default' });
}

async function score(
  { name, variant }: FidelitySet,
  single: { readonly pool: FidelityPool; readonly runs: readonly FidelityRun[] },
  { seeds, strategy }: { readonly seeds: number; readonly strategy: Record<string, string> },
): Promise<SetScore> {
  const marks = single.runs.map((run) => bestWithin(run, marked));
  const enough = Math.max(...marks);
  const runs = await runsOf(seeds, (seed) =>
    fidelityRun(varied(single.pool, variant, seed), { seed, budget, enough, strategy }),
  );
  const own = reached(runs, marks);
  const zero = reached(single.runs, marks, true);
  const sum = (of: (run: FidelityRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    name,
    ...own,
    single: zero,
    ratio: own.median / zero.median,
    low: sum((run) => run.low) / sum((run) => run.cost),
    secondsADecision: sum((run) => run.seconds) / sum((run) => run.decisions),
  };
}

/**
 * How soon the runs reach the marks; a mark not reached counts as the whole budget.
 *
 * @param others - whether a run is compared with the marks of other runs only
 */
export function reached(runs: readonly FidelityRun[], marks: readonly number[], others = false): Reached {
  const costs = runs.flatMap((run, r) =>
    marks.flatMap((mark, m) => (others && r === m ? [] : [costTo(run, mark) / marked])),
  );
  const most = budget / marked;
  return {
    median: median(costs.map((cost) => Math.min(cost, most))),
    never: costs.filter((cost) => cost > most).length / costs.length,
  };
}

function line({ name, median: own, never, single, ratio, low, secondsADecision }: SetScore): string {
  const show = (one: Reached) => `${one.median.toFixed(2)} / ${one.never.toFixed(2)}`;
  return `${name.padEnd(14)} ${show({ median: own, never })}  (${show(single)})  ${ratio.toFixed(2)}  ${low.toFixed(2)}  ${(1000 * secondsADecision).toFixed(0)} ms a decision`;
}
