import type { CampaignSpec } from '../domain/campaign.js';
import { meritOf } from '../domain/merit.js';
import {
  compare,
  counts,
  front,
  type Goal,
  type Goals,
  goalsOf,
  type Judged,
  joined,
  lossOf,
  modelledOutcomes,
  type OutcomeBound,
  ownValue,
  turnedBound,
  wishesOf,
} from '../domain/standing.js';
import { type JudgedVisit, judgedVisits, type Visit } from './history.js';

/** Standard deviations within which values, leads and distances from bounds may be noise. */
const withinNoise = 1.96;

/**
 * What one more value of a design may change: which designs are the best, or on the front, and whether they keep their bounds.
 *
 * Two values of equal noise variance σ² differ by noise alone up to 1.96·√2·σ, one lies from what it measures up to 1.96·σ.
 */
export class Stakes {
  private readonly goals: Goals;
  private readonly outcomes: readonly string[];
  private readonly bounds: readonly (OutcomeBound & { readonly at: number })[];
  private readonly counting: readonly JudgedVisit[];
  /** What is the best, or on the front, by the values as they are. */
  readonly best: readonly JudgedVisit[];

  /** @param visits - one of each design, with the means of its values */
  constructor(spec: CampaignSpec, visits: readonly Visit[]) {
    this.goals = goalsOf(spec);
    this.outcomes = modelledOutcomes(this.goals);
    this.bounds = this.goals.bounds.map((bound) => ({
      ...turnedBound(this.goals, bound),
      at: this.outcomes.indexOf(bound.name),
    }));
    this.counting = judgedVisits(spec, visits).filter(counts);
    this.best = front(this.counting);
  }

  /**
   * Whether a design of these values would be the best, or on the front, where the best of them is right in each outcome, and better
   * yet by what may be noise.
   *
   * @param noises - variances by modelled outcome; infinite where nothing is known
   */
  mayJoin(turned: readonly Visit['turned'][], noises: readonly number[]): boolean {
    if (noises.includes(Number.POSITIVE_INFINITY)) return true;
    const told = this.outcomes.map((_, o) => turned.flatMap((values) => values[o] ?? []));
    const isOut = this.bounds.some(({ at, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }) => {
      const margin = withinNoise * Math.sqrt(noises[at]!);
      const values = told[at]!;
      return values.length > 0 && values.every((value) => value + margin < min || value - margin > max);
    });
    if (isOut) return false;
    // What was never measured of an objective may be anything.
    if (this.goals.objectives.some((_, k) => told[k]!.length === 0)) return true;
    const losses = this.goals.objectives.map((goal, k) =>
      Math.min(...told[k]!.map((value) => moved(goal, value, -lead(noises[k]!)))),
    );
    return joined(this.best, this.judgedBy(losses)) !== this.best;
  }

  /**
   * Whether noise may have made one of `best` what it is by its values: worse by what may be noise in every objective, another were better, or
   * some bound is no farther away than that.
   *
   * @param noises - as of `mayJoin`
   */
  isDoubtful(one: JudgedVisit, noises: readonly number[]): boolean {
    if (noises.every((noise) => noise === 0)) return false;
    if (noises.includes(Number.POSITIVE_INFINITY)) return true;
    const { turned } = one.visit;
    const isNear = this.bounds.some(({ at, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }) => {
      const margin = withinNoise * Math.sqrt(noises[at]!);
      return turned[at]! - margin < min || turned[at]! + margin > max;
    });
    if (isNear) return true;
    const worse = this.judgedBy(this.goals.objectives.map((goal, k) => moved(goal, turned[k]!, lead(noises[k]!))));
    return this.counting.some((other) => other !== one && compare(other, worse) < 0);
  }

  private judgedBy(losses: readonly number[]): Judged {
    const { combine } = this.goals;
    const merit = combine === undefined ? {} : { merit: meritOf(combine, wishesOf(this.goals), losses) };
    return { losses, feasible: true, ...merit };
  }
}

/** By how much two values may differ by noise of that variance. */
function lead(noise: number): number {
  return withinNoise * Math.sqrt(2 * noise);
}

/** The loss of a turned value that is worse by so much, or where that is negative, better. */
function moved(goal: Goal, turned: number, by: number): number {
  if (goal.direction !== 'target') return lossOf(goal, ownValue(goal, turned)) + by;
  const { value: wanted = 0, tolerance = 0 } = goal;
  return Math.max(0, Math.abs(turned - wanted) + by - tolerance);
}
