import {
  type Goal,
  type Goals,
  lossOf,
  modelledOutcomes,
  type OutcomeBound,
  turnedBound,
} from '../../domain/standing.js';
import { concatDesigns, type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import { boxesLeft } from '../../pareto/boxes.js';
import { type LossPoints, selectPoints } from '../../pareto/non-dominated.js';
import { deriveSeed } from '../../random/generator.js';
import { normalDraws } from '../../random/normal-draws.js';
import { logBetween } from '../../stats/log-between.js';
import type { LatentScale } from '../../surrogate/contract.js';
import { type DrawnFront, everInFront, frontOf } from './baseline.js';
import { boundedIntegral } from './bounded-integral.js';
import {
  ConditionalDraws,
  type DrawnWorth,
  type OutcomeMember,
  type OutcomePart,
  type PartMoments,
  type WorthInDraw,
} from './conditional-draws.js';
import { logHypervolumeImprovement } from './hypervolume-improvement.js';
import { lossIntegral, targetIntegral } from './loss-integral.js';
import { logScalarImprovement, type Merit } from './scalar-improvement.js';

/** Draws of the anchors: improvements of the front in closed form given them, of a merit with the candidate drawn too; to see what can be in the front. */
const draws = { front: 64, merit: 256, baseline: 256 } as const;

/** What several goals are valued from. */
export interface GoalSituation {
  /** Objectives, at least one, and bounds, on these or on other outcomes. */
  readonly goals: Goals;
  /** Surrogates of the outcomes, by name; they give values as surrogates are told them, turned where they are maximised. */
  readonly outcomes: ReadonlyMap<string, readonly OutcomeMember[]>;
  /** Designs measured at the target, and those that are pending there. */
  readonly measured: EncodedDesigns;
  readonly pending: EncodedDesigns;
  /** Losses beyond which nothing is won, [objectives]. */
  readonly reference: Float64Array;
  /** What is improved: the hypervolume, where `front`; a number that stands for all losses; or where nothing keeps the bounds yet, the probability that a candidate does. */
  readonly aim: 'front' | 'feasible' | Merit;
  readonly seed: number;
}

/** Several goals, ready to be valued at candidates. */
export interface PreparedGoals {
  readonly parts: readonly OutcomePart[];
  /** @param moments - by part */
  worth(moments: readonly PartMoments[]): DrawnWorth;
}

/**
 * Log of what a candidate adds to several goals: by joint draws of what was measured and what is pending, and in closed form of the
 * candidate given them.
 *
 * log 1/S·Σ_s I_s·Π_j P(min_j ≤ c_j ≤ max_j | s),  I_s the expected improvement of the hypervolume over the front of draw s,
 * without the designs that break their bounds in it, or that of a merit
 *
 * A bound on an objective is kept within its expectation (`boundedIntegral`); on a target, and beside a merit, its probability
 * multiplies as that of any other outcome does.
 *
 * It is what qLogNEHVI goes to, with the draw of the candidate replaced by its expectation. A single objective with bounds, or a
 * target, is the same with a front of one design.
 *
 * @param most - draws S of the anchors, but for a merit, of which it are 256
 * @see Daulton, Balandat and Bakshy 2021, arXiv:2105.08195; Ament et al. 2023, arXiv:2310.20708
 */
export function prepareGoals(situation: GoalSituation, most: number = draws.front): PreparedGoals {
  const { goals, outcomes, pending, aim, seed } = situation;
  const names = modelledOutcomes(goals);
  const members = names.map((name) => outcomes.get(name)!);
  const m = goals.objectives.length;
  const anchors = aim === 'feasible' ? pending : concatDesigns(baselineOf(situation, members), pending);
  const count = aim === 'front' || aim === 'feasible' ? most : draws.merit;
  const drawn = new ConditionalDraws(members, anchors, count, seed);
  const scaleIn = (draw: number, outcome: number): LatentScale =>
    drawn.parts[drawn.partOf[draw * names.length + outcome]!]!.surrogate.scale;
  const improvements = aim === 'feasible' ? null : improvementsOf(situation, aim, drawn, scaleIn);
  // Those on objectives whose front is sought are kept in its integrals.
  const bounds = placedBounds(goals)
    .filter(({ place }) => !(aim === 'front' && isIntegrated(goals.objectives[place])))
    .map(({ place, bound }) => ({
      place,
      inDraw: Array.from({ length: count }, (_, draw) => latentBound(bound, scaleIn(draw, place))),
    }));
  const worth: WorthInDraw = (draw, mean, variance, byMean, byVariance) => {
    let value = 0;
    byMean.fill(0);
    byVariance.fill(0);
    if (improvements !== null)
      value = improvements[draw]!(
        mean.subarray(0, m),
        variance.subarray(0, m),
        byMean.subarray(0, m),
        byVariance.subarray(0, m),
      );
    for (const { place, inDraw } of bounds) {
      const within = logBetween({ mean: mean[place]!, variance: variance[place]!, ...inDraw[draw]! });
      value += within.value;
      byMean[place] = byMean[place]! + within.byMean;
      byVariance[place] = byVariance[place]! + within.byVariance;
    }
    return value;
  };
  return { parts: drawn.parts, worth: (moments) => drawn.worth(moments, worth) };
}

/** The improvement of each draw. */
function improvementsOf(
  { goals, reference, seed }: GoalSituation,
  aim: 'front' | Merit,
  drawn: ConditionalDraws,
  scaleIn: (draw: number, outcome: number) => LatentScale,
) {
  const { objectives } = goals;
  const m = objectives.length;
  const fronts = [...frontsOf(goals, drawn)];
  const within = placedBounds(goals);
  if (aim === 'front')
    return fronts.map((front, draw) => {
      const boxes = boxesLeft(selectPoints(front.points, frontOf(front, reference)), reference);
      const integrals = objectives.map((goal, k) => {
        const scale = scaleIn(draw, k);
        const { direction, value = 0, tolerance = 0 } = goal;
        if (direction === 'target') return targetIntegral(boxes.coordinates[k]!, scale, { value, tolerance });
        const bound = within.find(({ place }) => place === k)?.bound;
        return bound === undefined
          ? lossIntegral(boxes.coordinates[k]!, scale)
          : boundedIntegral(boxes.coordinates[k]!, scale, bound);
      });
      return logHypervolumeImprovement({ boxes, integrals });
    });
  const zeta = normalDraws(drawn.draws, m, deriveSeed(seed, 'candidate'));
  const worst = aim(reference);
  return fronts.map(({ points, feasible }, draw) => {
    const best = feasible.reduce(
      (least, counts, i) => (counts ? Math.min(least, aim(points.losses.subarray(i * m, (i + 1) * m))) : least),
      worst,
    );
    const seen = objectives.map((goal, k) => ({ scale: scaleIn(draw, k), loss: lossOfTurned(goal) }));
    return logScalarImprovement(aim, best, seen, zeta.subarray(draw * m, (draw + 1) * m));
  });
}

/** The measured designs that can stand in the front. */
function baselineOf(
  { goals, measured, reference, seed }: GoalSituation,
  members: readonly (readonly OutcomeMember[])[],
): EncodedDesigns {
  if (measured.n === 0) return measured;
  const all = new ConditionalDraws(members, measured, draws.baseline, deriveSeed(seed, 'baseline'));
  return selectDesigns(measured, everInFront(frontsOf(goals, all), reference));
}

/** Losses at the anchors by draw, and which of them keep the bounds. */
function* frontsOf(goals: Goals, { values, draws: count }: ConditionalDraws): Iterable<DrawnFront> {
  const { objectives } = goals;
  const bounds = placedBounds(goals);
  const m = objectives.length;
  const p = values[0]!.length / count;
  const losses = objectives.map(lossOfTurned);
  for (let s = 0; s < count; s++) {
    const points: LossPoints = { losses: new Float64Array(p * m), m };
    for (let i = 0; i < p; i++)
      for (let k = 0; k < m; k++) points.losses[i * m + k] = losses[k]!(values[k]![s * p + i]!);
    const feasible = Array.from({ length: p }, (_, i) =>
      bounds.every(({ place, bound: { min, max } }) => {
        const value = values[place]![s * p + i]!;
        return !(value < (min ?? Number.NEGATIVE_INFINITY) || value > (max ?? Number.POSITIVE_INFINITY));
      }),
    );
    yield { points, feasible };
  }
}

/** Bounds as surrogates are told outcomes, with the places of these. */
function placedBounds(goals: Goals): { readonly place: number; readonly bound: OutcomeBound }[] {
  const names = modelledOutcomes(goals);
  return goals.bounds.map((bound) => ({ place: names.indexOf(bound.name), bound: turnedBound(goals, bound) }));
}

/** Whether a bound on an objective is a part of the integral of its loss: not of a target, which has two sides, nor of what is no objective. */
function isIntegrated(objective: Goal | undefined): boolean {
  return objective !== undefined && objective.direction !== 'target';
}

/** The loss of an outcome as surrogates are told it. */
function lossOfTurned(goal: Goal): (turned: number) => number {
  return goal.direction === 'target' ? (value) => lossOf(goal, value) : (turned) => turned;
}

function latentBound({ min, max }: OutcomeBound, scale: LatentScale) {
  return {
    min: min === undefined ? Number.NEGATIVE_INFINITY : scale.toLatent(min),
    max: max === undefined ? Number.POSITIVE_INFINITY : scale.toLatent(max),
  };
}
