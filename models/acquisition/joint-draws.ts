import { ShapeError } from '../domain/errors.js';
import { type CholeskyFactor, cholesky } from '../linalg/cholesky.js';
import { choleskyPullback } from '../linalg/cholesky-gradient.js';

/** A joint normal of m values, and the standard-normal draws that it is averaged over. */
export interface JointNormal {
  /** [m] */
  readonly mean: Float64Array;
  /** Row-major [m × m]. */
  readonly covariance: Float64Array;
  /**
   * Standard-normal draws, row-major [S × m]; the same at every call, so that the average is smooth. Those of several
   * outcomes come from one call of `independentNormalDraws`.
   */
  readonly base: Float64Array;
}

/** Gradient of a number by mean and covariance; the latter symmetric, for a change dK Σ_ij byCovariance_ij·dK_ij. */
export interface JointGradient {
  readonly byMean: Float64Array;
  readonly byCovariance: Float64Array;
}

/** Draws of a joint normal, with the way back from a gradient by them. */
export interface JointDraws {
  readonly m: number;
  readonly draws: number;
  readonly factor: CholeskyFactor;
  /** Row-major [S × m]. */
  readonly values: Float64Array;
  /** Gradient by mean and covariance from that by the values, row-major [S × m]. */
  pullback(byValues: Float64Array): JointGradient;
}

/**
 * Draws y = μ + L·z of a joint normal, L the lower Cholesky factor of its covariance (jitter as needed).
 *
 * The way back: μ̄ = Σ_s ȳ_s,  L̄ = Σ_s ȳ_s·z_sᵀ,  then from L̄ to the covariance.
 *
 * @throws {ShapeError} if the sizes do not fit together, or there is no draw
 * @throws {NumericalError} if the covariance is not positive definite even with jitter
 * @remarks Cost: O(m³ + S·m²), each way.
 */
export function drawJoint({ mean, covariance, base }: JointNormal): JointDraws {
  const m = mean.length;
  const S = m === 0 ? 0 : base.length / m;
  if (covariance.length !== m * m || !Number.isInteger(S) || S === 0)
    throw new ShapeError(
      `${m} means, ${covariance.length} covariances and ${base.length} standard draws do not fit together`,
    );
  const factor = cholesky(covariance, m);
  const { L } = factor;
  const values = new Float64Array(S * m);
  for (let s = 0; s < S; s++)
    for (let i = 0; i < m; i++) {
      let value = mean[i]!;
      for (let k = 0; k <= i; k++) value += L[i * m + k]! * base[s * m + k]!;
      values[s * m + i] = value;
    }
  const pullback = (byValues: Float64Array): JointGradient => {
    const byMean = new Float64Array(m);
    const byFactor = new Float64Array(m * m);
    for (let s = 0; s < S; s++)
      for (let i = 0; i < m; i++) {
        const by = byValues[s * m + i]!;
        if (by === 0) continue;
        byMean[i] = byMean[i]! + by;
        for (let k = 0; k <= i; k++) byFactor[i * m + k] = byFactor[i * m + k]! + by * base[s * m + k]!;
      }
    return { byMean, byCovariance: choleskyPullback(factor, byFactor) };
  };
  return { m, draws: S, factor, values, pullback };
}
