import { readFile } from 'node:fs/promises';
import { createRegistry } from '../../lab-adapters/registry.js';
import { defaultChoice, surrogateChoice } from '../../models/surrogate/surrogates.js';
import { runSeeds } from '../simulate/run-seeds.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { bestSoFar, drawing, type MeasuredPool, measuredPools, risingValues } from './measured-pool.js';
import { type ReferenceCurves, regretRun } from './regret-run.js';

/** Draws from pools at which the best value is looked at. */
const counts = [20, 50] as const;
const start = 5;

/** Regret below which nothing counts. */
const leastRegret = 1e-6;

/** What one surrogate came to in one task, larger being better: by moment, then by seed. */
export type Scores = readonly (readonly number[])[];

/** The ensemble on one task beside each of its members alone, on the same starts, at each moment. */
export interface EnsembleTask {
  readonly name: string;
  /** Mean paired difference to each member, positive where the ensemble is better; by moment. */
  readonly toMembers: Readonly<Record<string, readonly MeanAndError[]>>;
  /** The member that is best there on the mean, by moment, and whether the ensemble is worse by more than an error. */
  readonly best: readonly { readonly member: string; readonly isWorse: boolean }[];
}

/**
 * What an ensemble is worth: the default one of lists of designs against each of its members alone, from the same starts,
 * by the share of the way from the mean to the optimum of measured pools after 20 and 50 draws, and by minus the log10
 * regret on test functions at half and at all evaluations (where `gp` alone is the default). The best member is chosen
 * with hindsight, task by task.
 */
export async function benchEnsemble(
  log: (line: string) => void,
  { pools: folder, curves, only, seeds }: BenchOptions,
): Promise<BenchResult> {
  const ensemble = defaultChoice(1, { finite: true, coded: false });
  const members = surrogateChoice(ensemble).members.map(({ type }) => type.name);
  const groups: { readonly title: string; readonly tasks: EnsembleTask[]; readonly together: EnsembleTask }[] = [];
  const compare = async (
    title: string,
    names: AsyncIterable<readonly [string, (surrogate: string) => Promise<Scores>]>,
  ) => {
    const all: Record<string, Scores>[] = [];
    const tasks: EnsembleTask[] = [];
    for await (const [name, run] of names) {
      const scores: Record<string, Scores> = {};
      for (const surrogate of [ensemble, ...members]) scores[surrogate] = await run(surrogate);
      all.push(scores);
      tasks.push(comparison(name, scores, ensemble));
      log(line(tasks.at(-1)!));
    }
    if (all.length > 0) groups.push({ title, tasks, together: comparison('together', joined(all), ensemble) });
  };
  if (folder !== undefined) await compare('share of the way at 20 / 50 draws', poolTasks(folder, only, seeds));
  if (curves !== undefined)
    await compare('minus log10 regret at half / at all evaluations', problemTasks(curves, only, seeds));
  return {
    figures: { ensemble, members, seeds, groups },
    lines: groups.flatMap(({ title, tasks, together }) => [
      `${ensemble} minus each member alone, ${title}; the best member with hindsight, * where worse by more than an error:`,
      ...[...tasks, together].map(line),
      ...counts.map((_, moment) => summary(tasks, moment)),
    ]),
  };
}

async function* poolTasks(folder: string, only: readonly string[] | undefined, seeds: number) {
  for (const pool of await measuredPools(folder, only))
    yield [pool.name, (surrogate: string) => poolScores(pool, surrogate, seeds)] as const;
}

async function poolScores(pool: MeasuredPool, surrogate: string, seeds: number): Promise<Scores> {
  const campaign = drawing(pool, counts.at(-1)!, { initial: { trials: start }, surrogate });
  const records = await runSeeds(campaign, [...Array(seeds).keys()], { registry: createRegistry() });
  const rising = risingValues(pool);
  const mean = meanAndError(rising).mean;
  const bests = records.map(bestSoFar);
  return counts.map((count) => bests.map((best) => (best[count - 1]! - mean) / (rising.at(-1)! - mean)));
}

async function* problemTasks(file: string, only: readonly string[] | undefined, seeds: number) {
  const curves = JSON.parse(await readFile(file, 'utf8')) as Record<string, ReferenceCurves>;
  for (const [name, reference] of Object.entries(curves))
    if (only?.includes(name) ?? true)
      yield [name, (surrogate: string) => problemScores(name, reference, surrogate, seeds)] as const;
}

async function problemScores(
  name: string,
  reference: ReferenceCurves,
  surrogate: string,
  seeds: number,
): Promise<Scores> {
  const { n0, evaluations, optimum, initialDesigns } = reference;
  const bests: (readonly number[])[] = [];
  for (let seed = 0; seed < Math.min(seeds, Object.keys(initialDesigns).length); seed++)
    bests.push((await regretRun(name, reference, seed, { surrogate, batch: 1 })).best);
  return [Math.floor(evaluations / 2), evaluations].map((after) =>
    bests.map((best) => -Math.log10(Math.max(leastRegret, best[n0 + after - 1]! - optimum))),
  );
}

/** Runs of all tasks as those of one. */
function joined(all: readonly Record<string, Scores>[]): Record<string, Scores> {
  return Object.fromEntries(
    Object.keys(all[0]!).map((surrogate) => [
      surrogate,
      all[0]![surrogate]!.map((_, moment) => all.flatMap((scores) => scores[surrogate]![moment]!)),
    ]),
  );
}

/** Compares the scores of an ensemble with those of the other surrogates, run by run. */
export function comparison(name: string, scores: Readonly<Record<string, Scores>>, ensemble: string): EnsembleTask {
  const own = scores[ensemble]!;
  const others = Object.keys(scores).filter((surrogate) => surrogate !== ensemble);
  const difference = (surrogate: string, moment: number) =>
    meanAndError(own[moment]!.map((score, run) => score - scores[surrogate]![moment]![run]!));
  const toMembers = Object.fromEntries(
    others.map((surrogate) => [surrogate, own.map((_, moment) => difference(surrogate, moment))]),
  );
  const best = own.map((_, moment) => {
    const at = (surrogate: string) => toMembers[surrogate]![moment]!;
    const member = others.reduce((a, b) => (at(b).mean < at(a).mean ? b : a));
    return { member, isWorse: at(member).mean < -at(member).error };
  });
  return { name, toMembers, best };
}

function line({ name, toMembers, best }: EnsembleTask): string {
  const cells = Object.entries(toMembers).map(
    ([member, differences]) => `${member} ${differences.map((one) => showMean(one, 3)).join(' / ')}`,
  );
  const found = best.map(({ member, isWorse }) => `${member}${isWorse ? ' *' : ''}`).join(' / ');
  return `${name.padEnd(20)} ${cells.join('   ')}   (${found})`;
}

function summary(tasks: readonly EnsembleTask[], moment: number): string {
  const worse = tasks.filter(({ best }) => best[moment]!.isWorse).length;
  return `${moment === 0 ? 'first' : 'second'} moment: worse than the best member by more than an error on ${worse} of ${tasks.length}`;
}
