import { createRegistry } from '../../lab-adapters/registry.js';
import type { Campaign, Strategy } from '../../models/domain/campaign.js';
import { runSeeds } from '../simulate/run-seeds.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { bestSoFar, drawing, expectedBest, measuredPools, risingValues } from './measured-pool.js';

const experiments = [10, 20, 30, 40] as const;
const batch = 2;
/** Random search costs next to nothing, and its mean is to be known well. */
const randomSeeds = 200;

/**
 * Best yield of the direct arylation table after 10, 20, 30 and 40 experiments, two at a time, the first two drawn at
 * random: the setting of BayBE's benchmark (its published figures are means of 200 runs). Random search runs through the
 * same host; its mean is also known exactly, which checks the rest. Skipped without the data set.
 */
export async function benchArylation(
  log: (line: string) => void,
  { pools: folder, seeds }: BenchOptions,
): Promise<BenchResult> {
  const [pool] = folder === undefined ? [] : await measuredPools(folder, ['direct_arylation']);
  if (pool === undefined) return { figures: null, lines: ['skipped: --pools names no folder with direct_arylation'] };
  const means = async (strategy: Strategy, runs: number): Promise<MeanAndError[]> => {
    const { spec, ...rest } = drawing(pool, experiments.at(-1)!, strategy);
    const campaign: Campaign = { ...rest, spec: { ...spec, parallel: batch, synchronous: true } };
    const records = await runSeeds(campaign, [...Array(runs).keys()], { registry: createRegistry() });
    return experiments.map((count) => meanAndError(records.map((record) => bestSoFar(record)[count - 1]!)));
  };
  log(`arylation: ${seeds} seeds`);
  const ours = await means({ initial: { trials: batch } }, seeds);
  log(`arylation: random, ${randomSeeds} seeds`);
  const random = await means({ acquisition: 'random', initial: { trials: batch } }, randomSeeds);
  const exact = experiments.map((count) => expectedBest(risingValues(pool), count));
  const line = (name: string, values: readonly MeanAndError[]) =>
    `${name.padEnd(16)} ${values.map((value) => showMean(value, 1)).join(' / ')}`;
  return {
    figures: { experiments, batch, seeds, ours, randomSeeds, random, randomExactly: exact },
    lines: [
      `mean best yield after ${experiments.join(' / ')} experiments, ${batch} at a time:`,
      line('ours', ours),
      line('random', random),
      `${'random, exactly'.padEnd(16)} ${exact.map((value) => value.toFixed(1)).join(' / ')}`,
    ],
  };
}
