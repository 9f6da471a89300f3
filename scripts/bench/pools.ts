import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createRegistry } from '../../lab-adapters/registry.js';
import { loadCampaign } from '../campaign-file.js';
import { runInProcess } from '../simulate/run-in-process.js';
import type { BenchOptions, BenchResult } from './index.js';
import { meanAndError } from './mean-and-error.js';

/** What other engines found in a pool: best value so far by seed and draw, from stated first rows. */
interface ReferenceDraws {
  readonly start: number;
  readonly optimum: number;
  readonly engines: Readonly<
    Record<
      string,
      { readonly ids?: readonly (readonly (string | number)[])[]; readonly best: readonly (readonly number[])[] }
    >
  >;
}

const counts = [20, 50] as const;

/**
 * Best value after 20 and 50 draws from measured pools, from the same first rows as a file of reference draws, minus
 * BoTorch's, as a share of the way from BoTorch's first draw to the optimum: positive where ours is better. Skipped
 * without reference draws and the data sets they are from.
 */
export async function benchPools(
  log: (line: string) => void,
  { draws: file, pools: folder, only }: BenchOptions,
): Promise<BenchResult> {
  if (file === undefined || folder === undefined)
    return { figures: null, lines: ['skipped: --draws and --pools name no reference draws and data sets'] };
  const curves = JSON.parse(await readFile(file, 'utf8')) as Record<string, ReferenceDraws>;
  const pools: { name: string; differences: readonly { mean: number; error: number }[] }[] = [];
  const line = ({ name, differences }: (typeof pools)[number]) =>
    `${name.padEnd(18)} ${differences.map(({ mean, error }) => `${mean.toFixed(3)} ± ${error.toFixed(3)}`).join(' / ')}`;
  const all = counts.map((): number[] => []);
  for (const [name, reference] of Object.entries(curves).filter(([pool]) => only?.includes(pool) ?? true)) {
    const found = await differencesOn(path.join(folder, name), reference);
    found.forEach((values, i) => {
      all[i]!.push(...values);
    });
    pools.push({ name, differences: found.map(meanAndError) });
    log(line(pools.at(-1)!));
  }
  const together = { name: 'together', differences: all.map(meanAndError) };
  return { figures: { draws: counts, pools, together }, lines: [...pools, together].map(line) };
}

/** Differences by number of draws and seed. */
async function differencesOn(folder: string, { start, optimum, engines }: ReferenceDraws): Promise<number[][]> {
  const { ids = [], best } = engines.botorch!;
  const differences = counts.map((): number[] => []);
  for (const [seed, rows] of ids.entries()) {
    const initial = { rows: rows.slice(0, start).map(String) };
    const campaign = await loadCampaign(folder, { overrides: { seed, budget: { trials: counts.at(-1)! }, initial } });
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const { name, direction } = campaign.spec.objectives[0]!;
    const sign = direction === 'maximise' ? 1 : -1;
    const values = record.trials.map((trial) => sign * trial.observation!.values[name]!);
    const way = Math.abs(optimum - best[seed]![0]!) || 1;
    counts.forEach((count, i) => {
      differences[i]!.push((Math.max(...values.slice(0, count)) - sign * best[seed]![count - 1]!) / way);
    });
  }
  return differences;
}
