import { placeRun } from '../models/domain/achieved.js';
import type { CampaignSpec } from '../models/domain/campaign.js';
import type { Design } from '../models/domain/design.js';
import { type DesignStanding, DesignStandings, standingsOf } from '../models/domain/design-standings.js';
import type { TrialRecord } from '../models/domain/record.js';
import {
  counts,
  type Goal,
  goalsOf,
  isReached,
  type Judged,
  leader,
  orientationOf,
} from '../models/domain/standing.js';
import { hypervolume } from '../models/pareto/hypervolume.js';
import { meritText } from '../models/strategy/explain/goals-text.js';
import { referenceOf } from '../models/strategy/rules/several-goals.js';
import { formatNumber, meanWords, type Wording } from './wording.js';

/** A design that none is better than. */
export interface TradeOff {
  /** The first trial that measured it. */
  readonly trialId: string;
  /** Of the objectives, in their order, each in its own unit; means where it was measured more than once. */
  readonly values: Readonly<Record<string, number>>;
  /** The trials whose means these are; absent where it was measured once. */
  readonly measuredIn?: readonly string[];
  readonly design: Design;
  readonly rowId: string | null;
}

/** What several objectives have come to. */
export interface TradeOffs {
  /** By the first objective, the best first. */
  readonly front: readonly TradeOff[];
  /** Values from which hypervolume is counted, by objective in its own unit; of one with a target, where two are as far, that on the side of the farthest trial. */
  readonly reference: Readonly<Record<string, number>>;
  /** What the front covers from there, in the product of the units. */
  readonly hypervolume: number;
  /** The same after each ended trial, in the order given. */
  readonly course: readonly number[];
  /** The best trial where objectives are combined, with what they come to there (see `meritOf`); absent where their front is sought. */
  readonly best?: TradeOff & { readonly merit: number };
}

const made = new WeakMap<readonly TrialRecord[], { readonly spec: CampaignSpec; readonly found: TradeOffs | null }>();

/** The front of a campaign with several objectives; null with one, and while no trial counts. Computed once for the same trials. */
export function tradeOffsOf(spec: CampaignSpec, trials: readonly TrialRecord[]): TradeOffs | null {
  const known = made.get(trials);
  if (known?.spec === spec) return known.found;
  const found = computeTradeOffs(spec, trials);
  made.set(trials, { spec, found });
  return found;
}

function computeTradeOffs(spec: CampaignSpec, trials: readonly TrialRecord[]): TradeOffs | null {
  const goals = goalsOf(spec);
  const m = goals.objectives.length;
  if (m < 2) return null;
  const counting = standingsOf(spec, trials).all.filter(counts);
  if (counting.length === 0) return null;
  const reference = referenceOf(spec, goals, counting);
  const covered = (some: readonly Judged[]) =>
    hypervolume({ losses: Float64Array.from(some.flatMap(({ losses }) => losses as readonly number[])), m }, reference);
  // By the losses alone, also where objectives are combined.
  const pareto = new DesignStandings<TrialRecord>(spec, { ...goals, combine: undefined });
  let so: readonly Judged[] = pareto.front;
  let last = 0;
  const course = trials.map((trial) => {
    pareto.add(trial);
    if (pareto.front !== so) last = covered(pareto.front);
    so = pareto.front;
    return last;
  });
  const told = ({ trialId, trial, values, measuredIn }: DesignStanding<TrialRecord>): TradeOff => ({
    trialId,
    values: Object.fromEntries(goals.objectives.map(({ name }) => [name, values[name]!])),
    ...(measuredIn === undefined ? {} : { measuredIn }),
    ...placeRun(trial.proposal, trial.observation),
  });
  const first = leader(counting)!;
  return {
    ...(first.merit === undefined ? {} : { best: { ...told(first), merit: first.merit } }),
    front: [...pareto.front].sort((a, b) => a.losses[0]! - b.losses[0]!).map(told),
    reference: Object.fromEntries(
      goals.objectives.map((goal, k) => [
        goal.name,
        goal.direction === 'target'
          ? referenceValue(
              goal,
              reference[k]!,
              spec,
              counting.map(({ values }) => values[goal.name]!),
            )
          : orientationOf(goal) * reference[k]!,
      ]),
    ),
    hypervolume: last,
    course,
  };
}

/** The value at a distance from a target: the one the file gives, or that on the side of the farthest of these values. */
function referenceValue(goal: Goal, loss: number, { objectives }: CampaignSpec, values: readonly number[]): number {
  const stated = objectives.find(({ name }) => name === goal.name)!.reference;
  if (stated !== undefined) return stated;
  const { value = 0, tolerance = 0 } = goal;
  const farthest = values.reduce((far, one) => (Math.abs(one - value) > Math.abs(far - value) ? one : far), value);
  return value + (farthest < value ? -1 : 1) * (tolerance + loss);
}

/** Values of the objectives in words, each with its unit, and of those with a target whether they reach it. */
export function valuesText({ objectives }: CampaignSpec, values: Readonly<Record<string, number>>): string {
  return objectives
    .flatMap((objective) => {
      const { name, unit, direction } = objective;
      const value = values[name];
      if (value === undefined) return [];
      const reached = direction === 'target' && isReached(objective, value) ? ' (on target)' : '';
      return [`${name} ${formatNumber(value)}${unit === undefined ? '' : ` ${unit}`}${reached}`];
    })
    .join(', ');
}

/** Trials of a front that are told in a text. */
const mostTold = 8;

/** The front as lines for people, a trial each; nothing where there is none. */
export function tradeOffLines(spec: CampaignSpec, tradeOffs: TradeOffs | null, wording: Wording): readonly string[] {
  if (tradeOffs === null) return [];
  const { front: trials, hypervolume: covered, reference, best } = tradeOffs;
  const line = ({ trialId, values, measuredIn, design, rowId }: TradeOff) =>
    `${valuesText(spec, values)}${meanWords(measuredIn?.length)}: ${wording.design(design, rowId)} (${trialId})`;
  const some = trials.slice(0, mostTold);
  return [
    ...(best === undefined ? [] : [`best in all, ${meritText(spec, best.merit)}: ${line(best)}`]),
    `${trials.length} trial${trials.length === 1 ? '' : 's'} that none is better than; hypervolume ${formatNumber(covered)} from ${valuesText(spec, reference)}`,
    ...some.map(line),
    ...(trials.length > some.length ? [`and ${trials.length - some.length} more`] : []),
  ];
}
