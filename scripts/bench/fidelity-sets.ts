import path from 'node:path';
import { readTableFile } from '../../lab-adapters/table-file.js';
import { type Campaign, campaignSchema } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import { AthanorError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import type { Proposal } from '../../models/domain/proposal.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import type { Problem } from '../../models/problems/contract.js';
import { problemNamed } from '../../models/problems/problems.js';
import { Generator } from '../../models/random/generator.js';
import { sobol } from '../../models/random/sobol.js';
import { loadCampaign } from '../campaign-file.js';
import { designAtUnit } from './told-campaign.js';

/** A campaign, and what its trials give. */
export interface FidelityLab {
  readonly campaign: Campaign;
  /** Value of a trial at that level, the target last; larger is better at the target. */
  value(level: number, proposal: Proposal): number;
  /** What a trial cost; that of its fidelity where absent. */
  cost?(level: number, proposal: Proposal): number;
}

/** A pool with the values of every row at every fidelity. */
export interface FidelityPool {
  readonly campaign: Campaign;
  /** By level, the target last, then by row; larger is better at the target. */
  readonly values: readonly (readonly number[])[];
  /** What trials cost, by level, then by row; those of the fidelities where absent. */
  readonly costs?: readonly (readonly number[])[];
}

/** What becomes of the lower fidelities. */
export type Variant = 'plain' | 'flip' | 'perm' | 'trap';

/** A pool, and what its lower fidelities are made into. */
export interface FidelitySet {
  readonly name: string;
  readonly pool: string;
  readonly variant: Variant;
}

/** Every pool in every form that is measured. */
export const fidelitySets: readonly FidelitySet[] = [
  ...sets('plain', ['cofs', 'freesolv', 'bandgap', 'branin', 'hartmann']),
  ...sets('flip', ['cofs', 'freesolv']),
  ...sets('perm', ['cofs', 'freesolv', 'bandgap', 'branin']),
  ...sets('trap', ['cofs', 'freesolv', 'branin']),
];

function sets(variant: Variant, pools: readonly string[]): FidelitySet[] {
  return pools.map((pool) => ({ name: variant === 'plain' ? pool : `${pool}-${variant}`, pool, variant }));
}

/** Folder of each measured data set, and how many of its rows are taken, at random. */
const measured: Readonly<Record<string, { readonly folder: string; readonly rows?: number }>> = {
  cofs: { folder: 'cofs' },
  freesolv: { folder: 'freesolv' },
  bandgap: { folder: 'bandgap_expt_pbe', rows: 800 },
};

/** Fidelity inputs of test functions and their costs, the target last. */
const computed: Readonly<
  Record<string, { readonly problem: string; readonly inputs: readonly number[]; readonly costs: readonly number[] }>
> = {
  branin: { problem: 'augmentedBranin', inputs: [0.5, 1], costs: [0.1, 1] },
  hartmann: { problem: 'augmentedHartmann6', inputs: [0.2, 0.6, 1], costs: [0.05, 0.3, 1] },
  park: { problem: 'augmentedPark', inputs: [0, 1], costs: [0.1, 1] },
  borehole: { problem: 'augmentedBorehole', inputs: [0, 1], costs: [0.1, 1] },
};

/** Rows of a pool of a test function. */
const computedRows = 2000;

/** Share of rows below which a trap is faithful, how steeply it turns above, and its noise in sds of the target. */
const trap = { faithful: 0.8, slope: 1.5, noise: 0.1 } as const;

/** Pools whose values do not come from a folder. */
export function isComputed(pool: string): boolean {
  return pool in computed;
}

/**
 * The pool of that name.
 *
 * @param folder - of measured data sets
 * @param draw - by which the rows of a test function are drawn
 */
export function fidelityPool(pool: string, folder: string | undefined, draw = 7): Promise<FidelityPool> {
  if (isComputed(pool)) return Promise.resolve(computedPool(pool, draw));
  const found = measured[pool];
  if (found === undefined || folder === undefined) throw new AthanorError('BENCH', `no data set '${pool}'`);
  return measuredPool(path.join(folder, found.folder), found.rows);
}

async function measuredPool(folder: string, rows?: number): Promise<FidelityPool> {
  const campaign = await loadCampaign(folder);
  const table = await readTableFile(path.join(folder, 'data.csv'));
  if (!('columns' in table)) throw new AthanorError('BENCH', table.map(faultText).join('; '));
  const { designs, ids } = campaign.space.pool!;
  const order = new Generator(0, 'rows').permutation(ids.length);
  const kept = order.slice(0, rows ?? ids.length).sort((a, b) => a - b);
  const objective = campaign.spec.objectives[0]!.name;
  const sign = -orientationOf(primaryObjective(campaign.spec));
  const values = campaign.spec.fidelities.map(({ settings }) => {
    const cells = table.cells((settings.values as Record<string, string>)[objective]!);
    return kept.map((row) => sign * Number(cells[row]));
  });
  const pool = { ids: kept.map((row) => ids[row]!), designs: kept.map((row) => designs.at(row)!) };
  return { campaign: maximised(campaign, { ...campaign.space, pool }), values };
}

function computedPool(name: string, draw: number): FidelityPool {
  const { campaign, problem, inputs } = computedCampaign(name);
  const d = problem.bounds.length;
  const points = sobol(computedRows, d, draw);
  const designs: Design[] = Array.from({ length: computedRows }, (_, i) =>
    designAtUnit(problem.bounds, points.subarray(i * d, (i + 1) * d)),
  );
  const pool = { ids: designs.map((_, i) => `${i}`), designs };
  const values = inputs.map((input) => designs.map((design) => -functionValue(problem, design, input)));
  return { campaign: { ...campaign, space: { ...campaign.space, pool } }, values };
}

/** Test functions at several fidelities, by the names of their pools. */
export const computedNames = Object.keys(computed);

/** The whole space of a test function at several fidelities; larger is better. */
export function computedLab(name: string): FidelityLab & { /** Largest value at the target. */ readonly best: number } {
  const { campaign, problem, inputs } = computedCampaign(name);
  const value: FidelityLab['value'] = (level, { design }) => -functionValue(problem, design, inputs[level]!);
  return { campaign, value, best: -problem.minimum };
}

function computedCampaign(name: string) {
  const { problem: family, inputs, costs } = computed[name]!;
  const problem = problemNamed(family);
  const parameters = problem.bounds.map(
    (range, j): Parameter => ({ name: `x${j + 1}`, type: 'continuous', bounds: [...range] }),
  );
  const spec = campaignSchema.parse({
    name,
    space: { parameters },
    objectives: [{ name: 'f', direction: 'maximise' }],
    fidelities: costs.map((cost, level) => ({ name: `l${level}`, adapter: 'problem', cost })),
    budget: { cost: 1 },
  });
  const campaign: Campaign = { id: name, spec, space: { parameters, pool: null } };
  return { campaign, problem, inputs };
}

function functionValue(problem: Problem, design: Design, fidelity: number): number {
  return problem.evaluate(Object.values(design) as number[], [fidelity]);
}

/** The campaign over those rows, maximised as the values of pools are. */
export function maximised(campaign: Campaign, space: Campaign['space']): Campaign {
  const objectives = campaign.spec.objectives.slice(0, 1).map((one) => ({ ...one, direction: 'maximise' as const }));
  return { ...campaign, space, spec: { ...campaign.spec, objectives } };
}

/**
 * The pool with its lower fidelities turned round (`flip`), shuffled anew for every seed (`perm`), or right but for the
 * best fifth of the rows, which it mirrors downwards (`trap`).
 */
export function varied({ campaign, values }: FidelityPool, variant: Variant, seed: number): FidelityPool {
  const best = values.at(-1)!;
  const lower = values.slice(0, -1).map((own, level) => {
    if (variant === 'flip') return own.map((value) => -value);
    if (variant === 'perm') return new Generator(seed, `perm ${level}`).permutation(own.length).map((row) => own[row]!);
    if (variant === 'trap') return trapped(best, new Generator(99, `trap ${level}`));
    return own;
  });
  return { campaign, values: [...lower, best] };
}

function trapped(target: readonly number[], random: Generator): number[] {
  const rising = [...target].sort((a, b) => a - b);
  const turn = rising[Math.floor(trap.faithful * rising.length)]!;
  const mean = target.reduce((a, b) => a + b) / target.length;
  const sd = Math.sqrt(target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / target.length);
  return target.map(
    (value) => (value > turn ? turn - trap.slope * (value - turn) : value) + trap.noise * sd * random.normal(),
  );
}
