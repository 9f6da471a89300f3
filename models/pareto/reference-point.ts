import { countOf, type LossPoints, nonDominated, selectPoints } from './non-dominated.js';

/** How far the reference lies beyond the front, in its ranges. */
const margin = 0.1;

/**
 * The point from which hypervolume is counted where none is given: the worst losses of the front, and a tenth of its range beyond.
 *
 * r_k = max_i f_ik + 0.1·(max_i f_ik − min_i f_ik), i over the front
 *
 * Of an objective in which the front has no range, that of all points, and where they have none either, a tenth of the size of the
 * loss, at least 0.1.
 *
 * @param points - lower being better, at least one
 * @returns [m]
 * @see Ishibuchi et al. 2018, Evol. Comput. 26, 411; BoTorch `infer_reference_point`
 */
export function inferredReference(points: LossPoints): Float64Array {
  const front = selectPoints(points, nonDominated(points));
  return Float64Array.from({ length: points.m }, (_, k) => {
    const [least, most] = rangeOf(front, k);
    const all = rangeOf(points, k);
    const range = most > least ? most - least : all[1] - all[0];
    return most + margin * (range > 0 ? range : Math.max(1, Math.abs(most)));
  });
}

/** Least and largest loss of an objective. */
export function rangeOf(points: LossPoints, k: number): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < countOf(points); i++) {
    const loss = points.losses[i * points.m + k]!;
    [least, most] = [Math.min(least, loss), Math.max(most, loss)];
  }
  return [least, most];
}
