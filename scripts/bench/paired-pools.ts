import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createRegistry } from '../../lab-adapters/registry.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import { loadCampaign } from '../campaign-file.js';
import { runInProcess } from '../simulate/run-in-process.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { bestSoFar } from './measured-pool.js';

/** What other engines found in a pool: best value so far by seed and draw, from stated first rows. */
export interface ReferenceDraws {
  readonly start: number;
  readonly optimum: number;
  readonly engines: Readonly<
    Record<
      string,
      { readonly ids?: readonly (readonly (string | number)[])[]; readonly best: readonly (readonly number[])[] }
    >
  >;
}

/** Differences to BoTorch in one pool, or in all, at each number of draws. */
export interface PairedPool {
  readonly name: string;
  readonly differences: readonly MeanAndError[];
}

/**
 * Best value after some numbers of draws from the pools of a file of reference draws, from the same first rows, minus
 * BoTorch's, as a share of the way from BoTorch's first draw to the optimum: positive where ours is better. The last
 * entry is all pools together.
 */
export async function pairedPools(
  file: string,
  folder: string,
  counts: readonly number[],
  { only, seeds, log }: { only?: readonly string[] | undefined; seeds: number; log: (line: string) => void },
): Promise<PairedPool[]> {
  const curves = JSON.parse(await readFile(file, 'utf8')) as Record<string, ReferenceDraws>;
  const pools: PairedPool[] = [];
  const all = counts.map((): number[] => []);
  for (const [name, reference] of Object.entries(curves).filter(([pool]) => only?.includes(pool) ?? true)) {
    const found = await differencesOn(path.join(folder, name), reference, counts, seeds);
    found.forEach((values, i) => {
      all[i]!.push(...values);
    });
    pools.push({ name, differences: found.map(meanAndError) });
    log(pairedLine(pools.at(-1)!));
  }
  return [...pools, { name: 'together', differences: all.map(meanAndError) }];
}

/** One pool for people. */
export function pairedLine({ name, differences }: PairedPool): string {
  return `${name.padEnd(20)} ${differences.map((difference) => showMean(difference, 3)).join(' / ')}`;
}

/** Differences by number of draws and seed. */
async function differencesOn(
  folder: string,
  { start, optimum, engines }: ReferenceDraws,
  counts: readonly number[],
  seeds: number,
): Promise<number[][]> {
  const { ids = [], best } = engines.botorch!;
  const differences = counts.map((): number[] => []);
  for (const [seed, rows] of ids.slice(0, seeds).entries()) {
    const initial = { rows: rows.slice(0, start).map(String) };
    const campaign = await loadCampaign(folder, {
      overrides: { seed, budget: { trials: Math.max(...counts) }, initial },
    });
    const ours = bestSoFar(await runInProcess(campaign, { registry: createRegistry() }));
    const sign = -orientationOf(primaryObjective(campaign.spec));
    const way = Math.abs(optimum - best[seed]![0]!) || 1;
    counts.forEach((count, i) => {
      differences[i]!.push((ours[count - 1]! - sign * best[seed]![count - 1]!) / way);
    });
  }
  return differences;
}
