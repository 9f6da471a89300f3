import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { type CholeskyFactor, cholesky, inverse, logDeterminant, solve } from '../linalg/cholesky.js';
import type { Objective } from '../optimiser/lbfgs.js';
import { addPrior, type IcmLayout, levelCovariance } from './icm-hyperparameters.js';
import type { RowNoise } from './row-noise.js';

/** Rows that a process is conditioned on, their values apart. */
export interface IcmRows {
  readonly designs: EncodedDesigns;
  /** Fidelity of each row, [n]. */
  readonly levels: Int32Array;
  /** What is known of the noise of each row; null: nothing. */
  readonly noise: RowNoise | null;
}

/**
 * Covariance of the rows from the correlations of their designs in K, in place; row-major [n × n], lower triangle:
 * K = B[l, l']·k(x, x') + c0·[l = l'] + noise_i·[same row].
 */
export function addLevels(
  K: Float64Array,
  layout: IcmLayout,
  B: Float64Array,
  { designs, levels, noise }: IcmRows,
  theta: ArrayLike<number>,
): void {
  const n = designs.n;
  const L = layout.levels;
  const constant = layout.constantVariance ?? 0;
  for (let i = 0; i < n; i++) {
    const own = levels[i]!;
    const row = i * n;
    if (L === 1) for (let at = row; at <= row + i; at++) K[at] = B[0]! * K[at]! + constant;
    else
      for (let j = 0; j <= i; j++) {
        const level = levels[j]!;
        K[row + j] = B[own * L + level]! * K[row + j]! + (own === level ? constant : 0);
      }
    const learned = Math.exp(theta[layout.noiseAt + own]!);
    K[i * n + i] = K[i * n + i]! + (noise === null ? learned : noise.variance(i, learned));
  }
}

/** Covariance of the rows, factorised. */
export function icmFactor(layout: IcmLayout, rows: IcmRows, theta: ArrayLike<number>): CholeskyFactor {
  const n = rows.designs.n;
  const K = new Float64Array(n * n);
  layout.kernel.training(rows.designs).evaluate(theta, K);
  addLevels(K, layout, levelCovariance(layout, theta).B, rows, theta);
  return cholesky(K, n);
}

/** The constant that fits best, 1ᵀK⁻¹y/1ᵀK⁻¹1, where it is not integrated out; else 0. */
export function bestConstant(layout: IcmLayout, factor: CholeskyFactor, y: Float64Array): number {
  if (layout.constantVariance !== null) return 0;
  const weights = solve(factor, new Float64Array(factor.n).fill(1));
  let [above, below] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    above += weights[i]! * y[i]!;
    below += weights[i]!;
  }
  return above / below;
}

/**
 * Minus the log posterior density of the hyperparameters (likelihood and priors), with its analytic gradient.
 *
 * −log p = ½·rᵀK⁻¹r + ½·log|K| + n/2·log 2π + Σ ½·((θ − μ)/σ)², r = y − constant
 * ∂/∂θ = −½·tr((ααᵀ − K⁻¹)·∂K/∂θ) + (θ − μ)/σ², α = K⁻¹r
 *
 * @param y - losses standardised per level, [n]; read at every call
 * @param byData - filled with the gradient by y, α, [n]
 * @returns +∞ where the covariance cannot be factorised
 */
export function icmObjective(layout: IcmLayout, rows: IcmRows, y: Float64Array, byData?: Float64Array): Objective {
  const n = rows.designs.n;
  const training = layout.kernel.training(rows.designs);
  const correlation = new Float64Array(n * n);
  const K = new Float64Array(n * n);
  const L = new Float64Array(n * n);
  const W = new Float64Array(n * n);
  return (theta, gradient) => {
    const level = levelCovariance(layout, theta);
    training.evaluate(theta, correlation);
    K.set(correlation);
    addLevels(K, layout, level.B, rows, theta);
    let factor: CholeskyFactor;
    try {
      factor = cholesky(K, n, L);
    } catch {
      return Number.POSITIVE_INFINITY;
    }
    const constant = bestConstant(layout, factor, y);
    const residual = y.map((value) => value - constant);
    const alpha = solve(factor, residual);
    byData?.set(alpha);
    let value = 0.5 * (logDeterminant(factor) + n * Math.log(2 * Math.PI));
    for (let i = 0; i < n; i++) value += 0.5 * residual[i]! * alpha[i]!;
    gradient.fill(0);
    inverse(factor, W);
    addGradient(layout, rows, theta, { correlation, alpha, W, ...level }, gradient);
    training.pullback(W, gradient.subarray(0, layout.scaleAt));
    return value + addPrior(layout, theta, gradient);
  };
}

interface Derivatives {
  readonly correlation: Float64Array;
  readonly alpha: Float64Array;
  /** K⁻¹ on entry; on exit W·B, the weights of the design correlations. */
  readonly W: Float64Array;
  readonly B: Float64Array;
  readonly byU: readonly Float64Array[];
}

/** Gradient by scales, correlations of levels and noise. W = −½(ααᵀ − K⁻¹), counted for both triangles. */
function addGradient(
  layout: IcmLayout,
  { levels, noise }: IcmRows,
  theta: ArrayLike<number>,
  { correlation, alpha, W, B, byU }: Derivatives,
  gradient: Float64Array,
): void {
  const n = alpha.length;
  const L = layout.levels;
  // M[a, b] = Σ W_ij·k_ij over pairs at levels a and b.
  const M = new Float64Array(L * L);
  for (let i = 0; i < n; i++) {
    const own = levels[i]! * L;
    const weight = alpha[i]!;
    const row = i * n;
    if (L === 1) {
      let sum = 0;
      const b = B[0]!;
      for (let j = 0; j < i; j++) {
        const w = W[row + j]! - weight * alpha[j]!;
        sum += w * correlation[row + j]!;
        W[row + j] = w * b;
      }
      M[0] = M[0]! + sum;
    } else
      for (let j = 0; j < i; j++) {
        const pair = own + levels[j]!;
        const w = W[row + j]! - weight * alpha[j]!;
        M[pair] = M[pair]! + w * correlation[row + j]!;
        W[row + j] = w * B[pair]!;
      }
    const pair = own + levels[i]!;
    const w = 0.5 * (W[row + i]! - weight * weight);
    M[pair] = M[pair]! + w * correlation[row + i]!;
    W[row + i] = w * B[pair]!;
    const q = layout.noiseAt + levels[i]!;
    const learned = Math.exp(theta[q]!);
    gradient[q] = gradient[q]! + w * (noise === null ? learned : noise.slope(i, learned));
  }
  for (let a = 0; a < L; a++)
    for (let b = 0; b < L; b++) {
      const term = M[a * L + b]!;
      const half = 0.5 * term * B[a * L + b]!;
      gradient[layout.scaleAt + a] = gradient[layout.scaleAt + a]! + half;
      gradient[layout.scaleAt + b] = gradient[layout.scaleAt + b]! + half;
      byU.forEach((dB, q) => {
        gradient[layout.correlationAt + q] = gradient[layout.correlationAt + q]! + term * dB[a * L + b]!;
      });
    }
}
