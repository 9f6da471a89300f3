import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readTableFile } from '../../lab-adapters/table-file.js';
import type { Campaign, Strategy } from '../../models/domain/campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import { loadCampaign } from '../campaign-file.js';

/** A measured data set, or one group of it, as a campaign at the target fidelity, with all its answers. */
export interface MeasuredPool {
  readonly name: string;
  readonly campaign: Campaign;
  /** Value of the objective by row. */
  readonly values: ReadonlyMap<string, number>;
}

const metaSchema = z.object({ groups: z.object({ column: z.string() }).optional() });

/**
 * The data sets in a folder: `NAME`, or `NAME-GROUP` for each group of one whose description has groups.
 *
 * @param only - names of data sets or groups; all where absent
 */
export async function measuredPools(folder: string, only?: readonly string[]): Promise<MeasuredPool[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const wanted = (name: string) => only?.includes(name) ?? true;
  const pools: MeasuredPool[] = [];
  for (const name of names.sort()) {
    if (!wanted(name) && only?.some((group) => group.startsWith(`${name}-`)) !== true) continue;
    const found = await poolsOf(path.join(folder, name), name);
    pools.push(...found.filter((pool) => wanted(name) || wanted(pool.name)));
  }
  return pools;
}

async function poolsOf(folder: string, name: string): Promise<MeasuredPool[]> {
  const campaign = targetOnly(await loadCampaign(folder));
  const table = await readTableFile(path.join(folder, 'data.csv'));
  if (!('columns' in table)) throw new AthanorError('BENCH', table.map(faultText).join('; '));
  const { groups } = metaSchema.parse(JSON.parse(await readFile(path.join(folder, 'meta.json'), 'utf8')));
  const objective = campaign.spec.objectives[0]!.name;
  const id = campaign.spec.space.pool!.id;
  const ids = id === undefined ? null : table.cells(id);
  const groupOf = groups === undefined ? null : table.cells(groups.column);
  const rows = table.cells(objective).map((value, i) => ({
    id: ids === null ? `${i}` : ids[i]!.trim(),
    value: Number(value),
    group: groupOf === null ? '' : groupOf[i]!,
  }));
  return [...new Set(rows.map((row) => row.group))].sort().map((group) => {
    const values = new Map(rows.filter((row) => row.group === group).map((row) => [row.id, row.value]));
    const full = group === '' ? name : `${name}-${group}`;
    return { name: full, campaign: withRows(campaign, full, values), values };
  });
}

function targetOnly(campaign: Campaign): Campaign {
  return { ...campaign, spec: { ...campaign.spec, fidelities: campaign.spec.fidelities.slice(-1) } };
}

function withRows(campaign: Campaign, id: string, rows: ReadonlyMap<string, number>): Campaign {
  const { pool, parameters } = campaign.space;
  const kept = [...pool!.ids.keys()].filter((i) => rows.has(pool!.ids[i]!));
  const ids = kept.map((i) => pool!.ids[i]!);
  const designs = kept.map((i) => pool!.designs.at(i)!);
  return { ...campaign, id, space: { parameters, pool: { ids, designs } } };
}

/** The pool's campaign with a number of trials and a way of choosing them. */
export function drawing(pool: MeasuredPool, trials: number, strategy: Strategy): Campaign {
  const { campaign } = pool;
  const budget = { trials: Math.min(trials, pool.values.size) };
  return { ...campaign, spec: { ...campaign.spec, strategy, budget } };
}

/** Best value of the objective after each trial of a record, larger being better: minus the loss. */
export function bestSoFar({ campaign, trials }: CampaignRecord): number[] {
  const sign = -orientationOf(primaryObjective(campaign.spec));
  const { name } = campaign.spec.objectives[0]!;
  let best = Number.NEGATIVE_INFINITY;
  return trials.map((trial) => {
    best = Math.max(best, sign * trial.observation!.values[name]!);
    return best;
  });
}

/** All values of a pool, larger being better, in rising order. */
export function risingValues({ campaign, values }: MeasuredPool): number[] {
  const sign = -orientationOf(primaryObjective(campaign.spec));
  return [...values.values()].map((value) => sign * value).sort((a, b) => a - b);
}

/**
 * Mean of the largest of k values drawn without putting any back.
 *
 * E = Σ v₍ᵢ₎·C(i − 1, k − 1)/C(n, k) over the values v₍₁₎ ≤ … ≤ v₍ₙ₎
 */
export function expectedBest(rising: readonly number[], k: number): number {
  const n = rising.length;
  let weight = k / n;
  let mean = 0;
  for (let i = n; i >= k; i--) {
    mean += weight * rising[i - 1]!;
    weight *= (i - k) / (i - 1);
  }
  return mean;
}
