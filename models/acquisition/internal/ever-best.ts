import { normalDraws } from '../../random/normal-draws.js';
import { drawJoint } from '../joint-draws.js';

/** Joint draws that decide which points can be the best. */
const draws = 2048;

/** Standard deviations by which a point may miss the best before it is drawn at all. */
const reach = 5;

/**
 * Points that can have the lowest loss, by their own moments: those whose mean less five standard deviations is not
 * above another's mean plus five.
 *
 * @param variance - [n]
 * @param most - points kept at most; the ones whose losses reach lowest
 * @returns their places, rising; at least one where n > 0
 */
export function withinReach(mean: Float64Array, variance: Float64Array, most = Number.POSITIVE_INFINITY): number[] {
  const below = (i: number, sds: number) => mean[i]! + sds * Math.sqrt(Math.max(variance[i]!, 0));
  const highest = mean.reduce((least, _, i) => Math.min(least, below(i, reach)), Number.POSITIVE_INFINITY);
  return [...mean.keys()]
    .filter((i) => below(i, -reach) <= highest)
    .sort((a, b) => below(a, -reach) - below(b, -reach) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}

/**
 * Points that can be the best: those with the lowest loss in any of 2,048 joint draws.
 *
 * The others change no improvement by more than what is rarer than that.
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
  const near = withinReach(
    mean,
    mean.map((_, i) => covariance[i * (n + 1)]!),
  );
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
