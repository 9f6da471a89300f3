import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { solveLower, solveLowerTransposed } from '../../linalg/cholesky.js';
import { normalDraws } from '../../random/normal-draws.js';
import { logsumexp } from '../../stats/logsumexp.js';
import type { FittedSurrogate } from '../../surrogate/contract.js';
import type { PreparedAcquisition } from '../contract.js';
import { drawJoint } from '../joint-draws.js';
import { type LogWorth, perCost } from '../per-cost.js';
import { logEi } from './log-ei.js';

/** Joint draws of the anchors; the improvement itself is exact in each. */
const draws = 64;

/** Least share of a candidate's variance that the anchors leave it; below, rounding decides. */
const leastShare = 1e-8;

/** As LogWorth, and [p] by the covariances with the anchors. */
export interface AnchoredWorth extends LogWorth {
  readonly byAnchors: Float64Array;
}

/**
 * Log of the expected improvement of a candidate on the best of losses that are not known exactly: the anchors', which
 * are drawn jointly, and the incumbent.
 *
 * log 1/S·Σ_s EI(min(incumbent, min_j f_sj) | μ + wᵀz_s, σ² − wᵀw)
 * f_s = μ_A + L·z_s,  L·Lᵀ = covariance of the anchors,  w = L⁻¹·c,  c = covariance of candidate and anchors
 *
 * It is what improvement over joint draws of candidate and anchors goes to (`qLogNei`), with the draw of the candidate
 * replaced by its expectation: smaller error from the same draws, and no smoothing.
 *
 * @param anchors - joint posterior of the losses at the anchors, [p] and row-major [p × p]
 * @param incumbent - +∞ where the anchors alone count
 * @returns the value at a candidate of the given mean, variance and covariances with the anchors, [p]
 * @throws {NumericalError} if the covariance of the anchors is not positive definite even with jitter
 * @see Letham et al. 2019, Bayesian Analysis 14, 495 (noisy improvement in closed form given the draws); Ament et al.
 * 2023, arXiv:2310.20708 (in logarithms)
 * @remarks Cost: O(p³) once, then O(p² + S·p) a candidate, S = 64.
 */
export function drawnImprovement(
  anchors: { readonly mean: Float64Array; readonly covariance: Float64Array },
  incumbent: number,
  seed: number,
): (mean: number, variance: number, withAnchors: Float64Array) => AnchoredWorth {
  const p = anchors.mean.length;
  const base = normalDraws(draws, p, seed);
  const { factor, values } = drawJoint({ ...anchors, base });
  const bests = Float64Array.from({ length: draws }, (_, s) =>
    values.subarray(s * p, (s + 1) * p).reduce((least, value) => Math.min(least, value), incumbent),
  );
  return (mean, variance, withAnchors) => {
    const w = solveLower(factor, withAnchors);
    const left = w.reduce((rest, weight) => rest - weight * weight, variance);
    const floored = !(left > leastShare * variance);
    const conditional = floored ? leastShare * variance : left;
    const logs = new Float64Array(draws);
    const worths: LogWorth[] = [];
    for (let s = 0; s < draws; s++) {
      let shifted = mean;
      for (let j = 0; j < p; j++) shifted += w[j]! * base[s * p + j]!;
      const worth = logEi(bests[s]!, shifted, conditional);
      worths.push(worth);
      logs[s] = worth.value;
    }
    const total = logsumexp(logs);
    let byMean = 0;
    let byConditional = 0;
    const byW = new Float64Array(p);
    for (let s = 0; s < draws; s++) {
      const share = Math.exp(logs[s]! - total);
      const worth = worths[s]!;
      byMean += share * worth.byMean;
      byConditional += share * worth.byVariance;
      for (let j = 0; j < p; j++) byW[j] = byW[j]! + share * worth.byMean * base[s * p + j]!;
    }
    if (!floored) for (let j = 0; j < p; j++) byW[j] = byW[j]! - 2 * w[j]! * byConditional;
    return {
      value: total - Math.log(draws),
      byMean,
      byVariance: floored ? leastShare * byConditional : byConditional,
      byAnchors: solveLowerTransposed(factor, byW),
    };
  };
}

/**
 * `drawnImprovement` on these anchors as an acquisition: × ρ² per cost, as `perCost` has it.
 *
 * @param incumbent - +∞ where the anchors alone count
 */
export function preparedImprovement(
  surrogate: FittedSurrogate,
  designs: EncodedDesigns,
  incumbent: number,
  seed: number,
): PreparedAcquisition {
  const anchors = surrogate.anchored(designs);
  const improvement = drawnImprovement(anchors, incumbent, seed);
  return {
    surrogate,
    anchors,
    anchored: 'target',
    evaluate: (input, withAnchors) => {
      const worth = improvement(input.mean, input.variance, withAnchors);
      return { ...perCost(worth, input), byAnchors: worth.byAnchors };
    },
  };
}
