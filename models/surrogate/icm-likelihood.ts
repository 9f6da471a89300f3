import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { DesignKernel } from '../kernel/design-kernel.js';
import { type CholeskyFactor, cholesky, inverse, logDeterminant, solve } from '../linalg/cholesky.js';
import type { Objective } from '../optimiser/lbfgs.js';
import { type IcmLayout, levelCovariance, ownShare } from './icm-hyperparameters.js';

/**
 * Covariance of the training rows, row-major [n × n], lower triangle and diagonal:
 * K = B[l, l']·((1 − w)·k(x, x') + w·[x = x']) + c0·[l = l'] + noise_l·[same row].
 */
export function icmCovariance(
  kernel: DesignKernel,
  layout: IcmLayout,
  designs: EncodedDesigns,
  levels: Int32Array,
  theta: ArrayLike<number>,
): Float64Array {
  const { B } = levelCovariance(layout, theta);
  const k = designCorrelation(kernel, layout, designs, designs, theta);
  const n = designs.n;
  const L = layout.levels;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const same = levels[i] === levels[j] ? layout.constantVariance : 0;
      const noise = i === j ? Math.exp(theta[layout.noiseAt + levels[i]!]!) : 0;
      k[i * n + j] = B[levels[i]! * L + levels[j]!]! * k[i * n + j]! + same + noise;
    }
  return k;
}

/** (1 − w)·k(x, x') + w·[x = x'] of all rows of a with all rows of b, row-major [a.n × b.n]. */
export function designCorrelation(
  kernel: DesignKernel,
  layout: IcmLayout,
  a: EncodedDesigns,
  b: EncodedDesigns,
  theta: ArrayLike<number>,
): Float64Array {
  const w = ownShare(layout, theta);
  const k = kernel.cross(a, b, inverseSquares(layout, theta));
  if (w > 0) for (let at = 0; at < k.length; at++) if (k[at] !== 1) k[at] = (1 - w) * k[at]!;
  return k;
}

/** 1/ℓ² of each lengthscale. */
export function inverseSquares(layout: IcmLayout, theta: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: layout.lengthscales }, (_, j) => Math.exp(-2 * theta[j]!));
}

/**
 * Minus the log posterior density of the hyperparameters (likelihood and priors), with its analytic gradient.
 *
 * −log p = ½·yᵀK⁻¹y + ½·log|K| + n/2·log 2π + Σ ½·((θ − μ)/σ)²;  ∂/∂θ = −½·tr((ααᵀ − K⁻¹)·∂K/∂θ) + (θ − μ)/σ²
 *
 * @param y - losses standardised per level, [n]; read at every call
 * @param byData - filled with the gradient by y, α = K⁻¹y, [n]
 */
export function icmObjective(
  kernel: DesignKernel,
  layout: IcmLayout,
  designs: EncodedDesigns,
  levels: Int32Array,
  y: Float64Array,
  byData?: Float64Array,
): Objective {
  const n = designs.n;
  const L = layout.levels;
  const correlation = new Float64Array(n * n);
  const slope = new Float64Array(n * n);
  const K = new Float64Array(n * n);
  return (theta, gradient) => {
    const { B, byU } = levelCovariance(layout, theta);
    const scales = inverseSquares(layout, theta);
    const w = ownShare(layout, theta);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const at = i * n + j;
        const m = kernel.radial(kernel.scaledDistance(designs, i, designs, j, scales));
        correlation[at] = m.value === 1 ? 1 : (1 - w) * m.value;
        slope[at] = (1 - w) * m.slope;
        K[at] =
          B[levels[i]! * L + levels[j]!]! * correlation[at]! + (levels[i] === levels[j] ? layout.constantVariance : 0);
      }
    for (let i = 0; i < n; i++) K[i * n + i] = K[i * n + i]! + Math.exp(theta[layout.noiseAt + levels[i]!]!);
    let factor: CholeskyFactor;
    try {
      factor = cholesky(K, n);
    } catch {
      return Number.POSITIVE_INFINITY;
    }
    const alpha = solve(factor, y);
    byData?.set(alpha);
    const inv = inverse(factor);
    let value = 0.5 * (logDeterminant(factor) + n * Math.log(2 * Math.PI));
    for (let i = 0; i < n; i++) value += 0.5 * y[i]! * alpha[i]!;
    gradient.fill(0);
    // M[a, b] = Σ W_ij·k_ij over pairs at levels a and b, W = −½(ααᵀ − K⁻¹) counted for both triangles.
    const M = new Float64Array(L * L);
    const byDistance = new Float64Array(layout.lengthscales);
    let ownSlope = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const at = i * n + j;
        const W = (i === j ? -0.5 : -1) * (alpha[i]! * alpha[j]! - inv[at]!);
        const pair = levels[i]! * L + levels[j]!;
        M[pair] = M[pair]! + W * correlation[at]!;
        if (i === j) {
          const noise = layout.noiseAt + levels[i]!;
          gradient[noise] = gradient[noise]! + W * Math.exp(theta[noise]!);
          continue;
        }
        // d correlation/d logit w = w·(1 − w)·([x = x'] − m) = −w·correlation for different designs
        if (w > 0 && correlation[at] !== 1) ownSlope -= W * B[pair]! * w * correlation[at]!;
        const weight = W * B[pair]! * slope[at]!;
        if (weight === 0) continue;
        kernel.addDistances(designs, i, j, weight, byDistance);
      }
    for (let c = 0; c < byDistance.length; c++) gradient[c] = byDistance[c]! * scales[c]!;
    if (w > 0) gradient[layout.shareAt] = ownSlope;
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
    for (let q = 0; q < layout.size; q++) {
      const z = (theta[q]! - layout.priorMean[q]!) / layout.priorSd[q]!;
      value += 0.5 * z * z;
      gradient[q] = gradient[q]! + z / layout.priorSd[q]!;
    }
    return value;
  };
}
