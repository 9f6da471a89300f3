import { solveLowerInPlace } from '../../linalg/cholesky.js';
import { radialKernels } from '../../linalg/radial/radial-kernels.js';
import type { ScreenModel } from '../contract.js';

/** Posterior mean and variance of rows, noise not included; a variance may come out below 0 by rounding. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/**
 * Posterior moments in double precision: what other ways of computing them are measured by.
 *
 * mean = m + kᵀα,  variance = sd²·(k(x, x) − ‖L⁻¹k‖²)
 *
 * @param rows - coordinates, row-major [m × d]; working memory is n·m numbers
 */
export function plainMoments(model: ScreenModel, rows: Float64Array, m: number): Moments {
  const { d, n, inputs, inverseLengthscales, alpha, factor, signalVariance, constantVariance, sd } = model;
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
  return { mean, variance: variance.map((value) => value * sd * sd) };
}
