import path from 'node:path';
import type { Campaign } from '../../models/domain/campaign.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { readConfig } from '../config.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { bundleIn, codesOf, withCodes } from './encoded-pool.js';
import { type Decide, withContest } from './fidelity-contest.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { drawing, type MeasuredPool, measuredPools } from './measured-pool.js';
import { type SimulatedMolecules, simulatedMolecules, simulatedPool } from './simulated-molecules.js';

/** Rows drawn in all, the first of them at random; where regret is looked at. */
const [draws, start, counts] = [30, 5, [10, 20, 30]] as const;
/** Measured pool of one molecule a row, beside the simulated one, where no others are named. */
const measured = ['freesolv'];

/** One way of searching a pool, over the seeds. */
interface Arm {
  /** Draws until the best row of all was measured, by seed; one more than there were where it never was. */
  readonly toBest: readonly number[];
  /** Distance of the best draw from the best row in standard deviations of the pool, by seed, at each of `counts`. */
  readonly regret: readonly (readonly number[])[];
}

interface PoolRow {
  readonly pool: string;
  readonly rows: number;
  readonly found: Readonly<Record<'with' | 'without', number>>;
  readonly toBest: Readonly<Record<'with' | 'without' | 'difference', MeanAndError>>;
  readonly regret: readonly Readonly<Record<'with' | 'without' | 'difference', MeanAndError>>[];
}

/**
 * Searches of pools of molecules by the default strategy, with what an encoder tells of the molecules and without, from the same first
 * rows: draws to the best row, and regret, with the paired differences. The pools are FreeSolv, where the folder of data sets is there, and
 * the molecules of `tuning-pays`, where xtb is; or those that are named, also with several substances a row.
 */
export async function benchEncoderSearch(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { models = [], pools: folder, tables, seeds, only } = options;
  if (models.length === 0) return { figures: null, lines: ['skipped: --models names no folder of an encoder'] };
  const bundles = await Promise.all(models.map(bundleIn));
  const pools = folder === undefined ? [] : await measuredPools(folder, only ?? measured);
  if (only?.includes(simulatedPool) ?? true) {
    const found = await simulatedMolecules(tables ?? path.join(readConfig(process.env).home, 'bench'), log);
    if (found === null) log('without simulated molecules: there is no xtb');
    else pools.push(atTarget(found));
  }
  const rows: PoolRow[] = [];
  for (const pool of pools) {
    const codes = await Promise.all(bundles.map((bundle) => codesOf(bundle, pool.campaign.space)));
    const found = await withContest(seeds, log, async (contest) => {
      const arm = async (name: string, campaign: Campaign) =>
        armOf(
          pool,
          await contest.each(`${pool.name} ${name}`, (seed, decide) => search({ ...pool, campaign }, seed, decide)),
        );
      return {
        without: await arm('without', pool.campaign),
        with: await arm('with', withCodes(pool.campaign, codes)),
      };
    });
    rows.push(rowOf(pool, found));
    log(linesOf(rows.at(-1)!).join('\n'));
  }
  const worse = rows.flatMap(({ pool, toBest: { difference } }) =>
    difference.mean > difference.error
      ? [`${pool}: with an encoder the best row takes ${showMean(difference, 1)} draws more`]
      : [],
  );
  return {
    figures: { seeds, draws, start, counts, rows },
    lines: [
      `draws to the best row, and regret after ${counts.join(' / ')} draws in sds of the pool; with ${models.map((place) => path.basename(place)).join(', ')}, without, difference; ${seeds} seeds`,
      ...rows.flatMap(linesOf),
    ],
    missed: worse,
  };
}

/** The molecules whose target is known, at the target alone. */
function atTarget({ campaign, target }: SimulatedMolecules): MeasuredPool {
  const { parameters, pool } = campaign.space;
  const known = [...target.keys()].filter((row) => target[row] !== null);
  const ids = known.map((row) => pool!.ids[row]!);
  const spec = { ...campaign.spec, fidelities: campaign.spec.fidelities.slice(-1) };
  return {
    name: simulatedPool,
    campaign: {
      ...campaign,
      spec,
      space: { parameters, pool: { ids, designs: known.map((row) => pool!.designs.at(row)!) } },
    },
    values: new Map(known.map((row) => [pool!.ids[row]!, target[row]!])),
  };
}

/** Values of a run in the order of its draws, larger being better. */
async function search(pool: MeasuredPool, seed: number, decide: Decide): Promise<readonly number[]> {
  const { spec, ...rest } = drawing(pool, draws, { initial: { trials: start } });
  const planner = new Planner({ ...rest, spec: { ...spec, seed } }, [], { decide });
  const sign = -orientationOf(primaryObjective(spec));
  const found: number[] = [];
  while (found.length < draws) {
    const [proposal] = (await planner.ask(1)).proposals;
    const value = pool.values.get(proposal!.rowId!)!;
    found.push(sign * value);
    planner.tell([{ id: proposal!.id, value }]);
  }
  return found;
}

function armOf({ campaign, values }: MeasuredPool, runs: readonly (readonly number[])[]): Arm {
  const sign = -orientationOf(primaryObjective(campaign.spec));
  const all = [...values.values()].map((value) => sign * value);
  const best = Math.max(...all);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const sd = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  return {
    toBest: runs.map((run) => (run.includes(best) ? run.indexOf(best) : draws) + 1),
    regret: runs.map((run) => counts.map((count) => (best - Math.max(...run.slice(0, count))) / sd)),
  };
}

function rowOf({ name, values }: MeasuredPool, arms: Readonly<Record<'with' | 'without', Arm>>): PoolRow {
  const both = (of: (arm: Arm) => readonly number[]) => {
    const [own, plain] = [of(arms.with), of(arms.without)];
    const difference = meanAndError(own.map((value, seed) => value - plain[seed]!));
    return { with: meanAndError(own), without: meanAndError(plain), difference };
  };
  const found = ({ toBest }: Arm) => toBest.filter((at) => at <= draws).length;
  return {
    pool: name,
    rows: values.size,
    found: { with: found(arms.with), without: found(arms.without) },
    toBest: both(({ toBest }) => toBest),
    regret: counts.map((_, i) => both(({ regret }) => regret.map((one) => one[i]!))),
  };
}

function linesOf({ pool, rows, found, toBest, regret }: PoolRow): string[] {
  const cells = (one: PoolRow['toBest'], decimals: number) =>
    [one.with, one.without, one.difference].map((value) => showMean(value, decimals)).join(' / ');
  return [
    `${pool} (${rows} rows)  best found ${found.with} / ${found.without}, at draw ${cells(toBest, 1)}`,
    ...regret.map((one, i) => `  after ${counts[i]} draws  ${cells(one, 3)}`),
  ];
}
