import { hypervolume } from '../../pareto/hypervolume.js';
import { type LossPoints, nonDominated, selectPoints, within } from '../../pareto/non-dominated.js';

/** Points that a baseline has at most: those that the front would miss most. */
const mostKept = 64;

/** Draws that what the front would miss is averaged over, where there are more: by the time that volumes of so many objectives take. */
const weighedDraws = (m: number) => (m <= 3 ? 32 : 8);

/** Losses at some designs in one draw, and which of them keep the bounds. */
export interface DrawnFront {
  readonly points: LossPoints;
  /** [points] */
  readonly feasible: readonly boolean[];
}

/**
 * Designs that can stand in the front: those that do in any of the draws, below the reference and keeping the bounds. What the
 * others give changes no improvement but in draws that are rarer than that. Of more than 64, those with the largest share of the
 * hypervolume: what each alone covers, on average over draws.
 *
 * @returns their places, rising
 */
export function everInFront(drawn: Iterable<DrawnFront>, reference: ArrayLike<number>): number[] {
  const fronts: { readonly points: LossPoints; readonly places: readonly number[] }[] = [];
  const times = new Map<number, number>();
  for (const one of drawn) {
    const places = frontOf(one, reference);
    fronts.push({ points: one.points, places });
    for (const place of places) times.set(place, (times.get(place) ?? 0) + 1);
  }
  const ever = [...times.keys()].sort((a, b) => a - b);
  if (ever.length <= mostKept) return ever;
  const shares = new Map<number, number>();
  const step = Math.max(1, Math.floor(fronts.length / weighedDraws(reference.length)));
  for (let s = 0; s < fronts.length; s += step)
    for (const [place, share] of sharesOf(fronts[s]!, reference)) shares.set(place, (shares.get(place) ?? 0) + share);
  const shareOf = (place: number) => shares.get(place) ?? 0;
  return ever
    .sort((a, b) => shareOf(b) - shareOf(a) || times.get(b)! - times.get(a)! || b - a)
    .slice(0, mostKept)
    .sort((a, b) => a - b);
}

/** What each point of a front covers alone. */
function sharesOf(
  { points, places }: { readonly points: LossPoints; readonly places: readonly number[] },
  reference: ArrayLike<number>,
): [place: number, share: number][] {
  const whole = hypervolume(selectPoints(points, [...places]), reference);
  return places.map((place) => [
    place,
    whole -
      hypervolume(
        selectPoints(
          points,
          places.filter((other) => other !== place),
        ),
        reference,
      ),
  ]);
}

/** Places of the points of the front in one draw. */
export function frontOf({ points, feasible }: DrawnFront, reference: ArrayLike<number>): number[] {
  const inside = within(points, reference).filter((place) => feasible[place]);
  return nonDominated(selectPoints(points, inside)).map((i) => inside[i]!);
}
