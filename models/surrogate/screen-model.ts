import type { RadialKernelName } from '../kernel/radial-kernels.js';
import { radialKernels } from '../kernel/radial-kernels.js';
import { type CholeskyFactor, solveLowerInPlace } from '../linalg/cholesky.js';

/**
 * A Gaussian process of one level over numeric columns alone, in the form in which large pools are screened.
 *
 * k(x, x') = signalVariance·radial(Σ_j ((x_j − x'_j)·inverseLengthscales_j)²) + constantVariance
 */
export interface ScreenModel {
  readonly radial: RadialKernelName;
  /** Number of columns. */
  readonly d: number;
  /** Number of training rows. */
  readonly n: number;
  /** Coordinates in [0, 1], row-major [n × d]. */
  readonly inputs: Float64Array;
  /** 1/ℓ of each column, [d]. */
  readonly inverseLengthscales: Float64Array;
  /** K⁻¹(y − mean), [n]. */
  readonly alpha: Float64Array;
  /** Factor of the covariance K of the training rows, noise included. */
  readonly factor: CholeskyFactor;
  readonly signalVariance: number;
  /** Added to every covariance; 0 where the mean is a number. */
  readonly constantVariance: number;
  /** Constant mean of the process. */
  readonly mean: number;
}

/** Posterior mean and variance of rows, noise not included; a variance may come out below 0 by rounding. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/**
 * Posterior moments in double precision: what other ways of computing them are measured by.
 *
 * mean = m + kᵀα,  variance = k(x, x) − ‖L⁻¹k‖²
 *
 * @param rows - coordinates, row-major [m × d]; working memory is n·m numbers
 */
export function plainMoments(model: ScreenModel, rows: Float64Array, m: number): Moments {
  const { d, n, inputs, inverseLengthscales, alpha, factor, signalVariance, constantVariance } = model;
  const radial = radialKernels[model.radial];
  const K = new Float64Array(n * m);
  const mean = new Float64Array(m).fill(model.mean);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < m; c++) {
      let squared = 0;
      for (let j = 0; j < d; j++) {
        const difference = (inputs[i * d + j]! - rows[c * d + j]!) * inverseLengthscales[j]!;
        squared += difference * difference;
      }
      const k = signalVariance * radial(squared).value + constantVariance;
      K[i * m + c] = k;
      mean[c] = mean[c]! + k * alpha[i]!;
    }
  solveLowerInPlace(factor, K, m);
  const variance = new Float64Array(m).fill(signalVariance + constantVariance);
  for (let i = 0; i < n; i++) for (let c = 0; c < m; c++) variance[c] = variance[c]! - K[i * m + c]! * K[i * m + c]!;
  return { mean, variance };
}
