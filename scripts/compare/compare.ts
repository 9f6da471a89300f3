import type { CampaignSpec } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { type Goal, lossOf, ownValue, primaryGoal } from '../../models/domain/standing.js';
import { quantile } from '../../models/stats/quantile.js';
import { isCutShort } from '../outcome.js';
import { type Group, groupsOf, isRandom } from './groups.js';
import { type Judging, judgingOf, statedValue } from './judging.js';
import { lossAt, type Measure, type Run, runOf, spentTo, totalOf } from './runs.js';
import { type Middle, middleOf } from './spread.js';
import { sharedThresholds } from './thresholds.js';

/** Points of a curve at most. */
const mostPoints = 240;

/** Shares of what all runs have in common at which strategies are compared seed by seed. */
const shares = [0.25, 0.5, 1] as const;

/** Best so far over the seeds, against what was spent: infinite where fewer seeds than that have a value. In losses. */
export interface CurvePoint {
  readonly spent: number;
  readonly median: number;
  /** The quarter of the seeds that is best, and the quarter that is worst, begin here. */
  readonly better: number;
  readonly worse: number;
}

/** One group of runs in figures. Losses are minimised: the negative of what is maximised. */
export interface Compared {
  readonly group: Group;
  readonly curves: Readonly<Record<Measure, readonly CurvePoint[]>>;
  /** Losses at the end of each run. */
  readonly ends: readonly number[];
  readonly reached: readonly Reached[];
  /** Null for the baseline, and where there is none with a seed in common. */
  readonly beside: readonly Beside[] | null;
}

/** What it took to get as far as a threshold; infinite where that was never. */
export interface Reached {
  readonly threshold: number;
  readonly seeds: number;
  readonly cost: Middle;
  readonly trials: Middle;
  /** Of the seeds in common with the baseline: how many were there sooner by cost, how many later; the rest alike. */
  readonly sooner: number;
  readonly later: number;
}

/** How much better than the baseline at the same cost, seed by seed, in the unit of the objective; positive is better. */
export interface Beside {
  readonly spent: number;
  /** Null while in some seed one of both has no value yet. */
  readonly gain: Middle | null;
  readonly pairs: number;
  readonly ahead: number;
  readonly behind: number;
}

/** Several runs beside one another. */
export interface Comparison {
  readonly compared: readonly Compared[];
  /** Runs that were cut short, by group: in no figure. None where all were: then they are compared as they stand. */
  readonly leftOut: readonly Group[];
  /** Whether all runs were cut short. */
  readonly unfinished: boolean;
  readonly baseline: Group | null;
  /** Best values, in the objective's own direction. */
  readonly thresholds: readonly number[];
  /** Whether thresholds were asked for, or are those of stop rules and of what the runs have reached. */
  readonly stated: boolean;
  readonly objective: Judging['objective'];
  /** Whether every trial costs 1, so that cost and trials are the same. */
  readonly costIsTrials: boolean;
}

/**
 * Compares runs of several seeds and strategies, with random search as the baseline.
 *
 * @param stated - values whose reaching is asked for; those of stop rules and shared ones where there are none
 * @throws {InvalidInputError} if they are not after the same objective
 */
export function compare(records: readonly CampaignRecord[], stated: readonly number[] = []): Comparison {
  const all = groupsOf(records);
  const unfinished = records.every(isCutShort);
  const groups = unfinished ? all : part(all, (record) => !isCutShort(record));
  const judging = judgingOf(records);
  const { objective } = judging;
  const runs = new Map(groups.map((group) => [group, group.records.map((record) => runOf(record, judging))]));
  const baseline = groups.find(isRandom) ?? null;
  const basic = baseline === null ? [] : runs.get(baseline)!;
  const ends = (of: readonly Run[]) => of.map((run) => run.steps.at(-1)?.loss ?? Number.POSITIVE_INFINITY);
  const targets = records.flatMap(({ campaign: { spec } }) =>
    spec.objectives.length > 1
      ? []
      : spec.stop.flatMap((rule) => (rule.type === 'targetReached' ? [statedOf(spec, rule.value)] : [])),
  );
  const shared = sharedThresholds([...runs.values()].map(ends), ends(basic)).map((loss) => ownValue(objective, loss));
  const told = stated.map((value) => statedOf(records[0]!.campaign.spec, value));
  const asked = told.length > 0 ? told : [...targets, ...shared];
  const thresholds = [...new Set(asked)].sort((a, b) => lossOf(objective, b) - lossOf(objective, a));
  const compared = groups.map((group): Compared => {
    const own = runs.get(group)!;
    const pairs = group === baseline ? [] : pairsOf(own, basic);
    return {
      group,
      curves: { cost: curve(own, 'cost'), trials: curve(own, 'trials') },
      ends: ends(own),
      reached: thresholds.map((threshold) => reachedBy(own, pairs, objective, threshold)),
      beside: pairs.length === 0 ? null : besideOf(pairs),
    };
  });
  const costIsTrials = [...runs.values()]
    .flat()
    .every(({ steps }) => steps.every((step) => near(step.cost, step.trials)));
  return {
    compared,
    leftOut: unfinished ? [] : part(all, isCutShort),
    unfinished,
    baseline,
    thresholds,
    stated: stated.length > 0,
    objective,
    costIsTrials,
  };
}

/** A value that a person states, as a value of that by which runs are compared. */
function statedOf(spec: CampaignSpec, value: number): number {
  return spec.objectives.length > 1 ? value : statedValue(primaryGoal(spec), value);
}

/** The groups with some of their records; without those that have none of them. */
function part(groups: readonly Group[], wanted: (record: CampaignRecord) => boolean): readonly Group[] {
  return groups
    .map((group) => ({ ...group, records: group.records.filter(wanted) }))
    .filter((group) => group.records.length > 0);
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * b;
}

type Pair = readonly [run: Run, basic: Run];

/** The runs with the runs of the baseline that have the same seed, and so the same first trials. */
function pairsOf(runs: readonly Run[], basic: readonly Run[]): Pair[] {
  const seedOf = ({ record }: Run) => record.campaign.spec.seed;
  return runs.flatMap((run) => {
    const other = basic.find((one) => seedOf(one) === seedOf(run));
    return other === undefined ? [] : [[run, other] as const];
  });
}

function curve(runs: readonly Run[], measure: Measure): CurvePoint[] {
  const places = [...new Set(runs.flatMap(({ steps }) => steps.map((step) => step[measure])))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(places.length / mostPoints));
  const kept = places.filter((_, i) => i % every === 0 || i === places.length - 1);
  return kept.map((spent) => {
    const losses = runs.map((run) => lossAt(run, measure, spent)).sort((a, b) => a - b);
    return {
      spent,
      median: quantile(losses, 0.5),
      better: quantile(losses, 0.25),
      worse: quantile(losses, 0.75),
    };
  });
}

function reachedBy(runs: readonly Run[], pairs: readonly Pair[], objective: Goal, threshold: number): Reached {
  const loss = lossOf(objective, threshold);
  const costs = runs.map((run) => spentTo(run, 'cost', loss));
  const costsOf = pairs.map((pair) => pair.map((run) => spentTo(run, 'cost', loss)) as [number, number]);
  return {
    threshold,
    seeds: costs.filter(Number.isFinite).length,
    cost: middleOf(costs),
    trials: middleOf(runs.map((run) => spentTo(run, 'trials', loss))),
    sooner: costsOf.filter(([run, basic]) => run < basic).length,
    later: costsOf.filter(([run, basic]) => run > basic).length,
  };
}

function besideOf(pairs: readonly Pair[]): Beside[] {
  const common = Math.min(...pairs.flat().map((run) => totalOf(run, 'cost')));
  return shares.map((share) => {
    const spent = share * common;
    const losses = pairs.map((pair) => pair.map((run) => lossAt(run, 'cost', spent)) as [number, number]);
    const gains = losses.map(([run, basic]) => basic - run);
    return {
      spent,
      gain: losses.flat().every(Number.isFinite) ? middleOf(gains) : null,
      pairs: pairs.length,
      ahead: losses.filter(([run, basic]) => run < basic).length,
      behind: losses.filter(([run, basic]) => run > basic).length,
    };
  });
}
