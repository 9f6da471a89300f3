import { median } from 'simple-statistics';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { surrogatesBehind } from '../../models/strategy/explain/surrogates-behind.js';
import { runSeeds } from '../simulate/run-seeds.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { coverage90 } from './coverage90.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { bestSoFar, drawing, expectedBest, type MeasuredPool, measuredPools, risingValues } from './measured-pool.js';
import { pairedLine, pairedPools } from './paired-pools.js';

/** Draws after which the best value is looked at; intervals after the first number of them. */
const counts = [20, 50] as const;
const start = 5;

interface PoolScore {
  readonly name: string;
  readonly rows: number;
  /** Way from the pool's mean to its optimum that the best draw has come, at each of `counts`. */
  readonly way: readonly MeanAndError[];
  /** The same of draws at random, computed exactly. */
  readonly random: readonly number[];
  /** Median number of draws to one of the best hundredth of the rows; null where half of the runs found none. */
  readonly drawsToTop: number | null;
  /** Share of 90 % intervals that hold the value of a row not measured, after 20 draws. */
  readonly coverage: MeanAndError;
  /** The same of the intervals shown to people, which are calibrated. */
  readonly calibratedCoverage: MeanAndError;
}

/**
 * Draws from measured pools, at the target fidelity, from random starts of 5 rows: how far the best of 20 and of 50
 * comes from the pool's mean to its optimum, and whether intervals hold. Before it, where there is a file of reference
 * draws, the same first rows as BoTorch's. Skipped without data sets.
 */
export async function benchPools(
  log: (line: string) => void,
  { draws, pools: folder, only, seeds }: BenchOptions,
): Promise<BenchResult> {
  if (folder === undefined) return { figures: null, lines: ['skipped: --pools names no folder of data sets'] };
  const paired = draws === undefined ? [] : await pairedPools(draws, folder, counts, { only, seeds, log });
  const pools: PoolScore[] = [];
  for (const pool of await measuredPools(folder, only)) {
    pools.push(await score(pool, seeds));
    log(line(pools.at(-1)!));
  }
  const over = (of: (pool: PoolScore) => number) => meanAndError(pools.map(of)).mean;
  const mean = {
    way: counts.map((_, i) => over((pool) => pool.way[i]!.mean)),
    random: counts.map((_, i) => over((pool) => pool.random[i]!)),
    coverage: over((pool) => pool.coverage.mean),
    calibratedCoverage: over((pool) => pool.calibratedCoverage.mean),
  };
  const ways = mean.way.map((way, i) => `${way.toFixed(3)} (${mean.random[i]!.toFixed(2)})`).join(' / ');
  return {
    figures: { draws: counts, paired, pools, mean },
    lines: [
      ...(paired.length === 0 ? [] : [`minus BoTorch from the same first rows, at ${counts.join(' / ')} draws:`]),
      ...paired.map(pairedLine),
      `way from the mean to the optimum at ${counts.join(' / ')} draws (random), draws to the top 1 %, 90 % intervals / calibrated:`,
      ...pools.map(line),
      `mean over pools: ${ways}, intervals ${mean.coverage.toFixed(2)} / ${mean.calibratedCoverage.toFixed(2)}`,
    ],
  };
}

async function score(pool: MeasuredPool, seeds: number): Promise<PoolScore> {
  const campaign = drawing(pool, counts.at(-1)!, { initial: { trials: start } });
  const records = await runSeeds(campaign, [...Array(seeds).keys()], { registry: createRegistry() });
  const rising = risingValues(pool);
  const mean = meanAndError(rising).mean;
  const optimum = rising.at(-1)!;
  const way = (value: number) => (value - mean) / (optimum - mean);
  const bests = records.map(bestSoFar);
  const top = rising.at(-Math.ceil(rising.length / 100))!;
  const hits = bests.map((best) => best.findIndex((value) => value >= top)).map((at) => (at < 0 ? Infinity : at + 1));
  const drawsToTop = median(hits);
  const coverage = await Promise.all(records.map((record) => coverageOf(pool, record)));
  return {
    name: pool.name,
    rows: rising.length,
    way: counts.map((count) => meanAndError(bests.map((best) => way(best[count - 1]!)))),
    random: counts.map((count) => way(expectedBest(rising, count))),
    drawsToTop: Number.isFinite(drawsToTop) ? drawsToTop : null,
    coverage: meanAndError(coverage.map(({ plain }) => plain)),
    calibratedCoverage: meanAndError(coverage.map(({ calibrated }) => calibrated)),
  };
}

/** Of the rows that are not among the first 20 draws, by the surrogate that chose the next one. */
async function coverageOf({ campaign, values }: MeasuredPool, { trials }: CampaignRecord) {
  const first = trials.slice(0, counts[0]);
  const behind = await surrogatesBehind(campaign, first, trials[counts[0]]!.proposal.basis.fit!);
  const measured = new Set(first.map((trial) => trial.proposal.rowId));
  const { ids, designs } = campaign.space.pool!;
  const left = ids.flatMap((id, i) => (measured.has(id) ? [] : [{ design: designs.at(i)!, value: values.get(id)! }]));
  const [plain, calibrated] = [behind, await behind.calibrated()].map((one) =>
    coverage90(one, campaign, left, 'measurement'),
  );
  return { plain: plain!, calibrated: calibrated! };
}

function line({ name, way, random, drawsToTop, coverage, calibratedCoverage }: PoolScore): string {
  const ways = way.map((share, i) => `${showMean(share, 3)} (${random[i]!.toFixed(2)})`).join(' / ');
  return `${name.padEnd(20)} ${ways}   ${String(drawsToTop ?? `> ${counts.at(-1)}`).padStart(5)}   ${showMean(coverage, 2)} / ${showMean(calibratedCoverage, 2)}`;
}
