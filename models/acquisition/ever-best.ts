import { normalDraws } from '../random/normal-draws.js';
import { drawJoint } from './joint-draws.js';

/** Joint draws that decide which points can be the best. */
const draws = 2048;

/** Standard deviations by which a point may miss the best before it is drawn at all. */
const reach = 5;

/**
 * Baseline points that can be the best: those with the lowest loss in any of 2,048 joint draws.
 *
 * The others change no improvement by more than what is rarer than that. Points whose mean less five standard
 * deviations is above another's mean plus five are left out before drawing.
 *
 * @param mean - of the losses, [n]
 * @param covariance - row-major [n × n]
 * @param most - points kept at most; the ones most often best
 * @returns their places, rising; at least one where n > 0
 */
export function everBest(
  { mean, covariance }: { readonly mean: Float64Array; readonly covariance: Float64Array },
  seed: number,
  most = Number.POSITIVE_INFINITY,
): number[] {
  const n = mean.length;
  const sd = mean.map((_, i) => Math.sqrt(Math.max(covariance[i * (n + 1)]!, 0)));
  const highest = mean.reduce((least, value, i) => Math.min(least, value + reach * sd[i]!), Number.POSITIVE_INFINITY);
  const near = [...mean.keys()].filter((i) => mean[i]! - reach * sd[i]! <= highest);
  const m = near.length;
  if (m <= 1) return near;
  const { values } = drawJoint({
    mean: Float64Array.from(near, (i) => mean[i]!),
    covariance: Float64Array.from(
      { length: m * m },
      (_, at) => covariance[near[Math.floor(at / m)]! * n + near[at % m]!]!,
    ),
    base: normalDraws(draws, m, seed),
  });
  const times = new Int32Array(m);
  for (let s = 0; s < draws; s++) {
    let best = 0;
    for (let i = 1; i < m; i++) if (values[s * m + i]! < values[s * m + best]!) best = i;
    times[best] = times[best]! + 1;
  }
  return [...near.keys()]
    .filter((i) => times[i]! > 0)
    .sort((a, b) => times[b]! - times[a]! || a - b)
    .slice(0, most)
    .map((i) => near[i]!)
    .sort((a, b) => a - b);
}
