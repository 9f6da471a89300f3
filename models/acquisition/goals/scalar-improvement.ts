import { logFatplus } from '../../stats/fat.js';
import type { LatentScale } from '../../surrogate/contract.js';

/** Several losses as one number, lower being better, of about unit size; it need be smooth almost everywhere only. */
export type Merit = (losses: Float64Array) => number;

/** An objective as one draw sees it. */
export interface DrawnObjective {
  readonly scale: LatentScale;
  /** The loss of an outcome as surrogates are told it. */
  readonly loss: (turned: number) => number;
}

/** Part of a loss by which it is moved to see how a merit changes; at least that of 1. */
const step = 1e-6;

/**
 * Log of by how much the merit of a candidate is below the best of a draw, at one draw of the candidate itself.
 *
 * log fatplus(best − g(f)),  f_k = loss(scale⁻¹(μ_k + σ_k·ζ_k))
 *
 * @param zeta - standard-normal draws of the candidate, [m]
 * @returns a function that gives it at means and variances on the scales, [m], and fills their derivatives, that of g taken by
 *   central differences
 */
export function logScalarImprovement(
  merit: Merit,
  best: number,
  objectives: readonly DrawnObjective[],
  zeta: Float64Array,
) {
  const m = objectives.length;
  const losses = new Float64Array(m);
  return (mean: Float64Array, variance: Float64Array, byMean: Float64Array, byVariance: Float64Array): number => {
    const outcomes = objectives.map(({ scale }, k) => scale.toLoss(mean[k]! + Math.sqrt(variance[k]!) * zeta[k]!));
    objectives.forEach(({ loss }, k) => {
      losses[k] = loss(outcomes[k]!);
    });
    const { value, slope } = logFatplus(best - merit(losses));
    objectives.forEach(({ loss, scale }, k) => {
      const h = step * Math.max(1, Math.abs(outcomes[k]!));
      const own = losses[k]!;
      losses[k] = loss(outcomes[k]! + h);
      const above = merit(losses);
      losses[k] = loss(outcomes[k]! - h);
      const below = merit(losses);
      losses[k] = own;
      const by = (-slope * (above - below)) / (2 * h * scale.slope(outcomes[k]!));
      byMean[k] = by;
      byVariance[k] = (by * zeta[k]!) / (2 * Math.sqrt(variance[k]!));
    });
    return value;
  };
}

/**
 * The augmented Chebyshev merit of losses: how far they are from ideal ones, by the worst of them and a little of all.
 *
 * max_k w_k·x_k + 0.05·Σ_k w_k·x_k,  x_k = (f_k − ideal_k)/(nadir_k − ideal_k)
 *
 * @see Knowles 2006, IEEE Trans. Evol. Comput. 10, 50 (ParEGO); Daulton, Balandat and Bakshy 2020, arXiv:2006.05078 (qNParEGO)
 */
export function chebyshev(weights: Float64Array, ideal: Float64Array, nadir: Float64Array): Merit {
  return (losses) => {
    let [largest, sum] = [Number.NEGATIVE_INFINITY, 0];
    for (let k = 0; k < weights.length; k++) {
      const one = (weights[k]! * (losses[k]! - ideal[k]!)) / (nadir[k]! - ideal[k]!);
      if (one > largest) largest = one;
      sum += one;
    }
    return largest + 0.05 * sum;
  };
}
