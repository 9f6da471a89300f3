import { AthanorError } from '../../models/domain/errors.js';
import type { Source } from '../../models/domain/source.js';
import { problemNamed } from '../../models/problems/problems.js';
import { Generator } from '../../models/random/generator.js';
import { type FidelityRunOptions, fidelityRun } from './fidelity-run.js';
import { type FidelityPool, fidelityPool } from './fidelity-sets.js';
import { measuredPools } from './measured-pool.js';

/** A pool to be searched, and values of its rows, or of others, that an earlier campaign may have measured. */
export interface TransferPool {
  /** At the target alone. */
  readonly target: FidelityPool;
  /** What was searched before, by name. */
  readonly earlier: ReadonlyMap<string, FidelityPool>;
}

/** Earlier campaigns of one seed, as they ended. */
export type Earlier = readonly Source[];

/** What becomes of what was measured earlier: as it is, turned round, or shuffled anew for every seed. */
export type TransferVariant = 'related' | 'flip' | 'perm';

/** How far the earlier function is moved along each input, as a share of its range. */
const shift = 0.08;

/** Trials of an earlier campaign. */
const measured = 40;

/** The pools by name; a new one is one line here. */
const pools: Readonly<Record<string, (folder: string | undefined) => Promise<TransferPool>>> = {
  branin: () => shifted('branin', 'branin'),
  hartmann: () => shifted('hartmann', 'hartmann6'),
  cofs: (folder) => lowered('cofs', folder),
  freesolv: (folder) => lowered('freesolv', folder),
  buchwald: (folder) => others('buchwald_hartwig', folder, ['c', 'a', 'b']),
};

/** Names of the pools; without a folder of data sets, those that need none. */
export function transferPoolNames(folder: string | undefined): string[] {
  return Object.keys(pools).filter((name) => folder !== undefined || name === 'branin' || name === 'hartmann');
}

/** The pool of that name. @param folder - of measured data sets */
export function transferPool(name: string, folder: string | undefined): Promise<TransferPool> {
  return pools[name]!(folder);
}

/** The earlier campaigns of that seed: each a search by default, to its end. @param decide - makes their decisions */
export async function earlierOf(
  { earlier }: TransferPool,
  seed: number,
  decide?: FidelityRunOptions['decide'],
): Promise<Earlier> {
  const sources: Source[] = [];
  for (const [name, pool] of earlier) {
    const enough = Number.POSITIVE_INFINITY;
    const options = { seed: 1000 + seed, budget: measured, enough, strategy: 'default' as const };
    const { trials } = await fidelityRun(pool, decide === undefined ? options : { ...options, decide });
    const objective = pool.campaign.spec.objectives[0]!.name;
    sources.push({
      name,
      designs: trials.map(({ proposal }) => proposal.design),
      values: trials.map(({ observation }) => observation!.values[objective]!),
      leftOut: 0,
    });
  }
  return sources;
}

/** The same in another form. */
export function variedEarlier(earlier: Earlier, variant: TransferVariant, seed: number): Earlier {
  return earlier.map((source) => {
    const { name, values } = source;
    const order = new Generator(seed, `shuffled ${name}`).permutation(values.length);
    const given = {
      related: () => values,
      flip: () => values.map((value) => -value),
      perm: () => order.map((at) => values[at]!),
    };
    return { ...source, values: given[variant]() };
  });
}

/** The test function on its pool, and the same moved along every input. */
async function shifted(pool: string, problem: string): Promise<TransferPool> {
  const target = targetOnly(await fidelityPool(pool, undefined));
  const { bounds, evaluate } = problemNamed(problem);
  const values = Array.from(target.campaign.space.pool!.designs, (design) => {
    const x = Object.values(design) as number[];
    return -evaluate(
      x.map((value, j) => value + shift * (bounds[j]![1] - bounds[j]![0])),
      [],
    );
  });
  return { target, earlier: new Map([['moved', { ...target, values: [values] }]]) };
}

/** A measured pool, and its lowest fidelity. */
async function lowered(pool: string, folder: string | undefined): Promise<TransferPool> {
  const both = await fidelityPool(pool, folder);
  const target = targetOnly(both);
  return { target, earlier: new Map([['lower', { ...target, values: both.values.slice(0, 1) }]]) };
}

/** One group of a measured pool, and others of its groups, of the same parameters. */
async function others(
  pool: string,
  folder: string | undefined,
  [wanted, ...rest]: readonly string[],
): Promise<TransferPool> {
  const groups = await measuredPools(
    folder!,
    [wanted!, ...rest].map((group) => `${pool}-${group}`),
  );
  const found = (group: string): FidelityPool => {
    const one = groups.find(({ name }) => name === `${pool}-${group}`);
    if (one === undefined) throw new AthanorError('BENCH', `no group '${group}' of '${pool}'`);
    const { campaign, values } = one;
    return { campaign, values: [campaign.space.pool!.ids.map((id) => values.get(id)!)] };
  };
  return { target: found(wanted!), earlier: new Map(rest.map((name) => [name, found(name)])) };
}

function targetOnly({ campaign, values }: FidelityPool): FidelityPool {
  const spec = { ...campaign.spec, fidelities: campaign.spec.fidelities.slice(-1) };
  return { campaign: { ...campaign, spec }, values: values.slice(-1) };
}
