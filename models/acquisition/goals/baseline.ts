import { type LossPoints, nonDominated, selectPoints, within } from '../../pareto/non-dominated.js';

/** Points that a baseline has at most: those most often in the front. */
const mostKept = 64;

/** Losses at some designs in one draw, and which of them keep the bounds. */
export interface DrawnFront {
  readonly points: LossPoints;
  /** [points] */
  readonly feasible: readonly boolean[];
}

/**
 * Designs that can stand in the front: those that do in any of the draws, below the reference and keeping the bounds. What the
 * others give changes no improvement but in draws that are rarer than that.
 *
 * @returns their places, rising
 */
export function everInFront(drawn: Iterable<DrawnFront>, reference: ArrayLike<number>): number[] {
  const times = new Map<number, number>();
  for (const one of drawn) for (const place of frontOf(one, reference)) times.set(place, (times.get(place) ?? 0) + 1);
  return [...times.keys()]
    .sort((a, b) => times.get(b)! - times.get(a)! || a - b)
    .slice(0, mostKept)
    .sort((a, b) => a - b);
}

/** Places of the points of the front in one draw. */
export function frontOf({ points, feasible }: DrawnFront, reference: ArrayLike<number>): number[] {
  const inside = within(points, reference).filter((place) => feasible[place]);
  return nonDominated(selectPoints(points, inside)).map((i) => inside[i]!);
}
