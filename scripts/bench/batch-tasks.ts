import { readFile } from 'node:fs/promises';
import { problemNamed } from '../../models/problems/problems.js';
import type { BatchTask } from './batch-run.js';
import { drawing, measuredPools } from './measured-pool.js';
import type { ReferenceDraws } from './paired-pools.js';
import { noises, type ReferenceCurves } from './regret-run.js';
import { designAtUnit, toldCampaign } from './told-campaign.js';

/** Draws from a pool after its first rows. */
const drawsAfterStart = 45;

/** The test functions of a file of reference curves, from its starts. */
export async function functionTasks(file: string): Promise<BatchTask[]> {
  const curves = JSON.parse(await readFile(file, 'utf8')) as Record<string, ReferenceCurves>;
  return Object.entries(curves).map(([name, { bounds, optimum, n0, evaluations, initialDesigns }]) => {
    const problem = problemNamed(name.replace(/noisy$|4$/, ''), bounds.length);
    return {
      name,
      optimum,
      n0,
      evaluations,
      noise: noises[name] ?? 0,
      truth: ({ design }) => problem.evaluate(Object.values(design) as number[], []),
      campaign: (seed) => {
        const designs = initialDesigns[`${seed}`]!.map((unit) => designAtUnit(bounds, unit));
        const initial = { designs, trials: n0 };
        return toldCampaign({ name, seed, bounds, direction: 'minimise', strategy: { initial } });
      },
    };
  });
}

/** The measured pools of a file of reference draws, from its first rows. */
export async function poolTasks(file: string, folder: string): Promise<BatchTask[]> {
  const references = JSON.parse(await readFile(file, 'utf8')) as Record<string, ReferenceDraws>;
  const pools = await measuredPools(folder, Object.keys(references));
  return pools.map((pool) => {
    const { start, optimum, engines } = references[pool.name]!;
    return {
      name: pool.name,
      optimum,
      n0: start,
      evaluations: Math.min(drawsAfterStart, pool.values.size - start),
      noise: 0,
      truth: ({ rowId }) => pool.values.get(rowId!)!,
      campaign: (seed) => {
        const rows = engines.botorch!.ids![seed]!.slice(0, start).map(String);
        const { spec, ...rest } = drawing(pool, pool.values.size, { initial: { rows, trials: start } });
        return { ...rest, spec: { ...spec, seed } };
      },
    };
  });
}
