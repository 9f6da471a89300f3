import { ShapeError } from '../domain/errors.js';

/** Points in the space of losses, each lower being better: row-major [n × m]. */
export interface LossPoints {
  readonly losses: Float64Array;
  /** Number of objectives, 1 or more. */
  readonly m: number;
}

/** Number of points. @throws {ShapeError} if the losses are no whole number of points */
export function countOf({ losses, m }: LossPoints): number {
  const n = losses.length / m;
  if (!Number.isInteger(n)) throw new ShapeError(`${losses.length} losses are no points of ${m} objectives`);
  return n;
}

/**
 * Places of the points that none other is at least as good as in all objectives, rising; of equal points the first.
 *
 * @remarks Cost: O(n·log n) for two objectives, else O(n²·m).
 */
export function nonDominated(points: LossPoints): number[] {
  const { losses, m } = points;
  const n = countOf(points);
  if (m === 2) return staircase(losses, n).sort((a, b) => a - b);
  const kept: number[] = [];
  for (let i = 0; i < n; i++) {
    let out = false;
    for (let j = 0; j < n && !out; j++) {
      if (j === i) continue;
      let [worse, equal] = [false, true];
      for (let k = 0; k < m && !worse; k++) {
        const [other, own] = [losses[j * m + k]!, losses[i * m + k]!];
        worse = other > own;
        equal &&= other === own;
      }
      out = !worse && (!equal || j < i);
    }
    if (!out) kept.push(i);
  }
  return kept;
}

/** Of two objectives, by the first rising, so that the second falls. */
function staircase(losses: Float64Array, n: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  order.sort((a, b) => losses[2 * a]! - losses[2 * b]! || losses[2 * a + 1]! - losses[2 * b + 1]! || a - b);
  let least = Number.POSITIVE_INFINITY;
  return order.filter((i) => {
    const isBetter = losses[2 * i + 1]! < least;
    if (isBetter) least = losses[2 * i + 1]!;
    return isBetter;
  });
}

/** The points at these places. */
export function selectPoints({ losses, m }: LossPoints, places: readonly number[]): LossPoints {
  const chosen = new Float64Array(places.length * m);
  places.forEach((place, i) => {
    chosen.set(losses.subarray(place * m, (place + 1) * m), i * m);
  });
  return { losses: chosen, m };
}

/** Places of the points that are better than the reference in every objective. */
export function within(points: LossPoints, reference: ArrayLike<number>): number[] {
  const { losses, m } = points;
  if (reference.length !== m) throw new ShapeError(`a reference of ${reference.length} for ${m} objectives`);
  return Array.from({ length: countOf(points) }, (_, i) => i).filter((i) => {
    for (let k = 0; k < m; k++) if (!(losses[i * m + k]! < reference[k]!)) return false;
    return true;
  });
}
