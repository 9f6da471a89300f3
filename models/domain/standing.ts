import type { CampaignSpec, Objective } from './campaign.js';
import { type Combination, meritOf, type Wish } from './merit.js';
import type { Observation } from './trial.js';

/** Measured values by name of the outcome, each in its own unit; one that is missing was not measured. */
export type OutcomeValues = Readonly<Record<string, number>>;

/** What is wanted of an outcome. An objective of the file is none: what its tolerance means depends on the others (`goalsOf`). */
export type Goal = Pick<Objective, 'name' | 'direction' | 'value' | 'tolerance' | 'desirable' | 'weight'> & {
  readonly expression?: never;
  /** Of a target that is the one objective: the distance at which it is reached. */
  readonly within?: number | undefined;
};

/** Where an outcome has to lie for a trial to count; absent on a side without a bound. */
export interface OutcomeBound {
  readonly name: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** All that is wanted of the outcomes of a campaign; plain JSON, as the loop carries it. */
export interface Goals {
  /** The first decides, as long as acquisitions know of one. */
  readonly objectives: readonly Goal[];
  readonly bounds: readonly OutcomeBound[];
  /** How the objectives become one number; absent where their front is sought. */
  readonly combine?: Combination | undefined;
}

/** What the values of a trial are worth. */
export interface Judged {
  /** In the order of the objectives, lower being better; null where the outcome is missing. */
  readonly losses: readonly (number | null)[];
  /** Whether every bound is kept; null where none is broken that is known, but an outcome with bounds is missing. */
  readonly feasible: boolean | null;
  /** What the losses come to together, lower being better: see `meritOf`. Absent where none is stated, or an outcome is missing. */
  readonly merit?: number;
}

/**
 * What a campaign file wants of its outcomes.
 *
 * Beside other objectives all values within the tolerance of a target are as good, so that the others decide between them. Of one
 * objective alone the nearest value is the best, and the tolerance says only whether it is reached, as `within`.
 */
export function goalsOf({
  objectives,
  outcomes = [],
  combine,
}: Pick<CampaignSpec, 'objectives' | 'outcomes'> & Pick<Partial<CampaignSpec>, 'combine'>): Goals {
  const bounds = [...objectives, ...outcomes].flatMap(({ name, min, max }) =>
    min === undefined && max === undefined
      ? []
      : [{ name, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }],
  );
  return {
    ...(combine === undefined ? {} : { combine }),
    objectives: objectives.map(({ name, direction, value, tolerance, desirable, weight }) => ({
      name,
      direction,
      ...(value === undefined ? {} : { value }),
      ...(tolerance === undefined ? {} : objectives.length === 1 ? { within: tolerance } : { tolerance }),
      ...(combine === undefined || desirable === undefined ? {} : { desirable }),
      ...(combine === undefined || weight === undefined ? {} : { weight }),
    })),
    bounds,
  };
}

/** The objective that decides and by which runs are compared: the first. */
export function primaryObjective({ objectives }: Pick<CampaignSpec, 'objectives'>): Objective {
  return objectives[0]!;
}

/** What is wanted of the objective that decides. */
export function primaryGoal(spec: Pick<CampaignSpec, 'objectives'>): Goal {
  return goalsOf({ objectives: spec.objectives }).objectives[0]!;
}

/** The largest loss at which a value that is stated counts as reached: its own, or of a single target all within its tolerance. */
export function lossReaching(goal: Goal, stated: number): number {
  return Math.max(lossOf(goal, stated), goal.within ?? Number.NEGATIVE_INFINITY);
}

/** Whether a value is as near to the wanted one as the file says; of an objective with a target. */
export function isReached(
  { value = 0, tolerance = 0 }: Pick<Objective, 'value' | 'tolerance'>,
  given: number,
): boolean {
  return Math.abs(given - value) <= tolerance;
}

/**
 * Whether there is more to a campaign than a value to be made as low or as high as can be: several objectives, a wanted value,
 * or bounds on outcomes.
 */
export function hasSeveralGoals({ objectives, bounds }: Goals): boolean {
  return objectives.length > 1 || bounds.length > 0 || objectives[0]!.direction === 'target';
}

/** A bound on an outcome as surrogates are told it: turned with an objective that is maximised. */
export function turnedBound({ objectives }: Pick<Goals, 'objectives'>, { name, min, max }: OutcomeBound): OutcomeBound {
  const objective = objectives.find((one) => one.name === name);
  if (objective === undefined || orientationOf(objective) === 1) return { name, min, max };
  return { name, min: max === undefined ? undefined : -max, max: min === undefined ? undefined : -min };
}

/** Names of everything that a campaign measures or computes: its objectives, then its further outcomes. */
export function outcomeNames({
  objectives,
  outcomes = [],
}: Pick<CampaignSpec, 'objectives' | 'outcomes'>): readonly string[] {
  return [...objectives, ...outcomes].map(({ name }) => name);
}

/** Names of what is measured: all but the objectives that are computed. */
export function measuredNames(spec: Pick<CampaignSpec, 'objectives' | 'outcomes'>): readonly string[] {
  const computed = spec.objectives.flatMap(({ name, expression }) => (expression === undefined ? [] : [name]));
  return outcomeNames(spec).filter((name) => !computed.includes(name));
}

/**
 * Names of the outcomes that goals are stated on, which surrogates predict one by one: the objectives, then every other
 * one with bounds.
 */
export function modelledOutcomes({ objectives, bounds }: Goals): readonly string[] {
  return [...new Set([...objectives, ...bounds].map(({ name }) => name))];
}

/** Sign by which the outcome of an objective is turned so that lower is better; surrogates work on turned outcomes. */
export function orientationOf({ direction }: Pick<Goal, 'direction'>): 1 | -1 {
  return direction === 'maximise' ? -1 : 1;
}

/**
 * What a value of an objective's outcome loses: the value, its negative where it is maximised, and with a wanted value the
 * distance to it, where the goal has a tolerance that beyond it, max(0, |value − wanted| − tolerance).
 */
export function lossOf({ direction, value: wanted = 0, tolerance = 0 }: Goal, value: number): number {
  if (direction === 'target') return Math.max(0, Math.abs(value - wanted) - tolerance);
  return orientationOf({ direction }) * value;
}

/** The value of the outcome that stands for a turned one (a posterior mean, a bound); never a negative zero. */
export function ownValue(objective: Pick<Goal, 'direction'>, turned: number): number {
  return turned === 0 ? 0 : orientationOf(objective) * turned;
}

/** The losses of values, in the order of the objectives; null where an outcome is missing. */
export function lossesOf({ objectives }: Goals, values: OutcomeValues): readonly (number | null)[] {
  return objectives.map((goal) => {
    const value = Object.hasOwn(values, goal.name) ? values[goal.name] : undefined;
    return value === undefined ? null : lossOf(goal, value);
  });
}

/** Whether values keep every bound; see `Judged.feasible`. */
export function isFeasible({ bounds }: Goals, values: OutcomeValues): boolean | null {
  let known = true;
  for (const { name, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } of bounds) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) known = false;
    else if (value < min || value > max) return false;
  }
  return known ? true : null;
}

/** What values are worth. */
export function judged(goals: Goals, values: OutcomeValues): Judged {
  const losses = lossesOf(goals, values);
  const feasible = isFeasible(goals, values);
  const whole = losses.filter((loss) => loss !== null);
  const { combine } = goals;
  if (combine === undefined || whole.length < losses.length) return { losses, feasible };
  return { losses, feasible, merit: meritOf(combine, wishesOf(goals), whole) };
}

/** What each objective is worth beside the others, in losses; for goals that are combined. */
export function wishesOf({ objectives }: Pick<Goals, 'objectives'>): readonly Wish[] {
  return objectives.map((goal) => {
    const { from, to } = goal.desirable!;
    return { from: lossOf(goal, from), to: lossOf(goal, to), weight: goal.weight ?? 1 };
  });
}

/** What the values of an observation are worth; null where it is not of the target fidelity, or nothing was measured. */
export function judgedAt(spec: CampaignSpec, fidelity: string, observation: Observation): Judged | null {
  if (observation.outcome !== 'measured' || fidelity !== spec.fidelities.at(-1)!.name) return null;
  return judged(goalsOf(spec), observation.values);
}

/** Whether something was measured, but not the outcome of the first objective: then nothing is known of what decides. */
export function lacksPrimary(spec: Pick<CampaignSpec, 'objectives'>, { outcome, values }: Observation): boolean {
  return outcome === 'measured' && !Object.hasOwn(values, primaryObjective(spec).name);
}

/** Whether what counts of a trial stays: what decides was measured, or it failed as chemistry. Any other may be done again. */
export function isFinal(spec: Pick<CampaignSpec, 'objectives'>, observation: Observation): boolean {
  if (observation.outcome === 'measured') return !lacksPrimary(spec, observation);
  return observation.cause?.class === 'chemistry';
}

/** Whether a trial may stand in the front: every objective is measured and every bound is known to be kept. */
export function counts({ losses, feasible }: Judged): boolean {
  return feasible === true && losses.every((loss) => loss !== null);
}

/**
 * Which of two trials is better: negative for the first, positive for the second, 0 where neither is. One that counts is
 * better than one that does not; of two that count one of lower merit, or without merits one that is nowhere worse and somewhere better (Pareto).
 */
export function compare(a: Judged, b: Judged): number {
  if (!counts(a) || !counts(b)) return Number(counts(b)) - Number(counts(a));
  return Number(isAtLeastAsGood(b, a)) - Number(isAtLeastAsGood(a, b));
}

/** A front with one trial more: those that it beats leave; it stays out where one in it is as good in all. */
export function joined<T extends Judged>(front: readonly T[], trial: T): readonly T[] {
  if (!counts(trial) || front.some((other) => isAtLeastAsGood(other, trial))) return front;
  return [...front.filter((other) => !isAtLeastAsGood(trial, other)), trial];
}

/**
 * A front with one trial more, as a loop hears of them: in the order of their ids, whichever ended first. Of those that are as good
 * in all it names the one whose id comes first, as all do who read the store, and keeps since when the first it heard of stands.
 */
export function joinedById<T extends Judged & { readonly trialId: string; readonly round: number }>(
  front: readonly T[],
  trial: T,
): readonly T[] {
  const next = joined(front, trial);
  const named = (one: T) => (isEqual(one, trial) && byId(trial, one) < 0 ? { ...trial, round: one.round } : one);
  return (next === front ? front.map(named) : [...next]).sort(byId);
}

/** The trials that none is better than, of equals the first: one alone where there is one objective. */
export function front<T extends Judged>(trials: Iterable<T>): readonly T[] {
  let found: readonly T[] = [];
  for (const trial of trials) found = joined(found, trial);
  return found;
}

/**
 * Which of two trials comes first in a list: that which counts, or of two that do, or do not, that with the lower merit where they have one,
 * or else the lower first loss.
 */
export function byFirstObjective(a: Judged, b: Judged): number {
  const of = ({ merit, losses }: Judged) => merit ?? losses[0] ?? Number.POSITIVE_INFINITY;
  const [x, y] = [of(a), of(b)];
  return Number(counts(b)) - Number(counts(a)) || (x === y ? 0 : x - y);
}

/** Of a front the trial with the lowest merit, or loss by the first objective, of equals the first; null of an empty one. */
export function leader<T extends Judged>(trials: readonly T[]): T | null {
  return trials.reduce<T | null>((best, one) => (best !== null && byFirstObjective(best, one) <= 0 ? best : one), null);
}

function isAtLeastAsGood(a: Judged, b: Judged): boolean {
  if (a.merit !== undefined && b.merit !== undefined) return a.merit <= b.merit;
  return a.losses.every((loss, i) => loss! <= b.losses[i]!);
}

function isEqual(a: Judged, b: Judged): boolean {
  return a.feasible === b.feasible && a.losses.every((loss, i) => loss === b.losses[i]);
}

/** By round, then by place in the round: as `compareTrialIds`, without what that needs. */
function byId(a: { readonly trialId: string }, b: { readonly trialId: string }): number {
  const [x, y] = [a, b].map(({ trialId }) => /\/r(\d+)\/p(\d+)$/.exec(trialId)?.slice(1).map(Number) ?? [0, 0]);
  return x![0]! - y![0]! || x![1]! - y![1]!;
}
