import { selectDesigns } from '../encode/encoded-designs.js';
import { bestOfPool } from '../screen/best-of-pool.js';
import type { PoolMember, PoolScore } from '../screen/screen-pool.js';
import {
  type AcquisitionSurface,
  acquisitionValues,
  combined,
  type SurfacePart,
} from '../search/acquisition-surface.js';
import type { Listed } from './candidates.js';

/** Rows from which a list is screened before it is computed exactly. */
const screenedFrom = 20_000;

const none = new Float64Array();

/** Variances are never taken to be less, in units of sd²; the surrogates have the same floor. */
const leastVariance = 1e-10;

/**
 * The rows of a large list among which the maximum of the acquisition is, so that only they need be computed exactly;
 * null where all are to be computed: short lists, several fidelities, columns that are not numeric or seen by another than
 * one radial kernel, an acquisition that sees candidates together with others, or no ONNX Runtime.
 *
 * The maximum, and the first row that has it, is the same either way; see `bestOfPool` for how sure that is.
 *
 * @param taken - not 0 at rows that may not be proposed, [rows]
 */
export async function shortlist(
  surface: AcquisitionSurface,
  { encoded }: Listed,
  taken: Uint8Array,
): Promise<Int32Array | null> {
  if (encoded.n < screenedFrom || surface.costs.length !== 1 || surface.levels.length !== 1) return null;
  const members: PoolMember[] = [];
  // No acquisition rises with the cost, so that of the lowest cost is a bound on all.
  const cost = surface.costsAt?.(0, encoded)?.reduce((a, b) => Math.min(a, b)) ?? surface.costs[0]!;
  for (const part of surface.parts) {
    const model = part.acquisition.anchors === null ? part.acquisition.surrogate.screen : null;
    if (model === null) return null;
    members.push({ model, score: boundOf(part, cost, leastVariance * model.sd * model.sd) });
  }
  return bestOfPool({
    members,
    together: combined(surface),
    pool: encoded.numeric,
    excluded: taken,
    exact: (rows) => acquisitionValues(surface, selectDesigns(encoded, [...rows]))[0]!,
  });
}

/**
 * Upper bound on the acquisition within a slack. Acquisitions fall with the mean, so the lowest mean is the best one;
 * by the variance they may rise or fall, so that either end may be. One that rises with the mean is not judged.
 */
function boundOf({ acquisition, incumbent }: SurfacePart, cost: number, least: number): PoolScore {
  const noise = acquisition.surrogate.noise[0]!;
  const at = (mean: number, given: number) => {
    const variance = Math.max(given, least);
    const levels = { levelVariance: variance, covariance: variance, noise, isTarget: true, cost };
    return acquisition.evaluate({ incumbent, mean, variance, ...levels }, none);
  };
  return (mean, variance, slack) => {
    const high = at(mean - slack.mean, variance + slack.variance);
    if (high.byMean > 0) return Number.POSITIVE_INFINITY;
    if (high.byVariance >= 0) return high.value;
    return Math.max(high.value, at(mean - slack.mean, variance - slack.variance).value);
  };
}
