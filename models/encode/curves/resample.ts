import { mean, standardDeviation } from 'simple-statistics';
import type { Normalisation } from '../../domain/curve-spec.js';

/** A measured curve: numbers at places that increase. */
export interface Curve {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/**
 * Curves on one grid: that many places evenly over the stretch that all of them cover, by straight lines between what was measured.
 *
 * @param points - 2 or more
 * @returns null where there is no such stretch
 */
export function onGrid(curves: readonly Curve[], points: number): readonly Float64Array[] | null {
  const from = Math.max(...curves.map(({ x }) => x[0]!));
  const to = Math.min(...curves.map(({ x }) => x[x.length - 1]!));
  if (!(from < to)) return null;
  const grid = Float64Array.from({ length: points }, (_, t) => from + ((to - from) * t) / (points - 1));
  return curves.map((curve) => interpolated(curve, grid));
}

function interpolated({ x, y }: Curve, grid: Float64Array): Float64Array {
  let k = 0;
  return grid.map((place) => {
    while (k + 2 < x.length && x[k + 1]! < place) k++;
    const share = Math.min(1, Math.max(0, (place - x[k]!) / (x[k + 1]! - x[k]!)));
    return y[k]! * (1 - share) + y[k + 1]! * share;
  });
}

/** A curve at its scale; null where it has none: all its numbers are the same, or their area is not above 0. */
export function normalised(y: Float64Array, how: Normalisation): Float64Array | null {
  if (how === 'none') return y;
  const [centre, sd] = [mean([...y]), standardDeviation([...y])];
  if (how === 'area') return centre > 0 ? y.map((value) => value / centre) : null;
  return sd > 1e-12 * Math.abs(centre) ? y.map((value) => (value - centre) / sd) : null;
}
