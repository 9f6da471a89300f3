import type { TrainingKernel } from '../../kernel/contract.js';
import { type CholeskyFactor, cholesky, inverse, logDeterminant, solve } from '../../linalg/cholesky.js';
import type { Objective } from '../../optimiser/lbfgs.js';
import { addPrior, type IcmLayout, levelCovariances } from './icm-hyperparameters.js';
import type { DataGradient, IcmRows } from './icm-rows.js';
import { oneLevelObjective } from './one-level-likelihood.js';

/**
 * Covariance of the rows from the kernels of the terms, into K; row-major [n × n], lower triangle:
 * K = Σ_q B_q[l, l']·k_q(x, x') + c0·[l = l'] + noise_i·[same row].
 *
 * @param kernels - k_q of the designs, [n × n] each; K may be one of them if it is the only one
 */
function addLevels(
  K: Float64Array,
  layout: IcmLayout,
  B: readonly Float64Array[],
  kernels: readonly Float64Array[],
  { designs, levels, noise }: IcmRows,
  theta: Float64Array,
): void {
  const n = designs.n;
  const L = layout.levels;
  const constant = layout.constantVariance ?? 0;
  kernels.forEach((k, q) => {
    const Bq = B[q]!;
    for (let i = 0; i < n; i++) {
      const own = levels[i]!;
      if (L === 1 && q === 0) {
        for (let at = i * n; at <= i * n + i; at++) K[at] = Bq[0]! * k[at]! + constant;
        continue;
      }
      for (let j = 0; j <= i; j++) {
        const at = i * n + j;
        const level = levels[j]!;
        const value = Bq[own * L + level]! * k[at]!;
        K[at] = q === 0 ? value + (own === level ? constant : 0) : K[at]! + value;
      }
    }
  });
  for (let i = 0; i < n; i++) {
    const learned = Math.exp(theta[layout.noiseAt + levels[i]!]!);
    K[i * n + i] = K[i * n + i]! + (noise === null ? learned : noise.variance(i, learned));
  }
}

/** Covariance of the rows, factorised. */
export function icmFactor(layout: IcmLayout, rows: IcmRows, theta: Float64Array): CholeskyFactor {
  const n = rows.designs.n;
  const kernels = layout.terms.map(({ kernel, at }) => {
    const k = new Float64Array(n * n);
    kernel.training(rows.designs).evaluate(theta.subarray(at), k);
    return k;
  });
  const K = kernels[0]!;
  addLevels(K, layout, levelCovariances(layout, theta).B, kernels, rows, theta);
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
 * @param y - losses standardised per level, [n]; read at every call, as is the noise of the rows
 * @param byData - filled with the gradients by the values and the noise variances of the rows
 * @returns +∞ where the covariance cannot be factorised
 */
export function icmObjective(layout: IcmLayout, rows: IcmRows, y: Float64Array, byData?: DataGradient): Objective {
  const trainings = layout.terms.map(({ kernel }) => kernel.training(rows.designs));
  const training = trainings[0]!.inPlace;
  if (layout.levels > 1 || trainings.length > 1 || training === undefined)
    return anyLevelsObjective(layout, rows, y, trainings, byData);
  let general: Objective | null = null;
  const otherwise: Objective = (theta, gradient) => {
    general ??= anyLevelsObjective(layout, rows, y, trainings, byData);
    return general(theta, gradient);
  };
  return oneLevelObjective(layout, rows, y, { training, byData, otherwise });
}

/** The same, whatever the levels and terms. */
function anyLevelsObjective(
  layout: IcmLayout,
  rows: IcmRows,
  y: Float64Array,
  trainings: readonly TrainingKernel[],
  byData: DataGradient | undefined,
): Objective {
  const n = rows.designs.n;
  const kernels = trainings.map(() => new Float64Array(n * n));
  const K = new Float64Array(n * n);
  const L = new Float64Array(n * n);
  const W = new Float64Array(n * n);
  return (theta, gradient) => {
    const level = levelCovariances(layout, theta);
    trainings.forEach((training, q) => {
      training.evaluate(theta.subarray(layout.terms[q]!.at), kernels[q]!);
    });
    addLevels(K, layout, level.B, kernels, rows, theta);
    let factor: CholeskyFactor;
    try {
      factor = cholesky(K, n, L);
    } catch {
      return Number.POSITIVE_INFINITY;
    }
    const constant = bestConstant(layout, factor, y);
    const residual = y.map((value) => value - constant);
    const alpha = solve(factor, residual);
    byData?.values.set(alpha);
    let value = 0.5 * (logDeterminant(factor) + n * Math.log(2 * Math.PI));
    for (let i = 0; i < n; i++) value += 0.5 * residual[i]! * alpha[i]!;
    gradient.fill(0);
    inverse(factor, W);
    const weights = K;
    addWeights(layout, rows, theta, { alpha, W }, gradient);
    byData?.noise.set(alpha.map((_, i) => W[i * n + i]!));
    const M = trainings.map((training, q) => {
      const { kernel, at } = layout.terms[q]!;
      const sums = weighted(W, rows.levels, kernels[q]!, level.B[q]!, weights);
      training.pullback(weights, gradient.subarray(at, at + kernel.hyperparameters.length));
      return sums;
    });
    level.pullback(M, gradient.subarray(layout.structureAt, layout.noiseAt));
    return value + addPrior(layout, theta, gradient);
  };
}

/**
 * Turns W = K⁻¹ into the derivatives by the entries of K, −½(ααᵀ − K⁻¹) counted for both triangles, in place, and adds
 * the gradient by the noise.
 */
function addWeights(
  layout: IcmLayout,
  { levels, noise }: IcmRows,
  theta: Float64Array,
  { alpha, W }: { readonly alpha: Float64Array; readonly W: Float64Array },
  gradient: Float64Array,
): void {
  const n = alpha.length;
  for (let i = 0; i < n; i++) {
    const weight = alpha[i]!;
    const row = i * n;
    for (let j = 0; j < i; j++) W[row + j] = W[row + j]! - weight * alpha[j]!;
    const at = row + i;
    W[at] = 0.5 * (W[at]! - weight * weight);
    const q = layout.noiseAt + levels[i]!;
    const learned = Math.exp(theta[q]!);
    gradient[q] = gradient[q]! + W[at] * (noise === null ? learned : noise.slope(i, learned));
  }
}

/**
 * What one term takes of the derivatives W by the covariances.
 *
 * @param into - filled with W_ij·B[l_i, l_j], the derivatives by the kernel's values; lower triangle
 * @returns derivatives by B: M[a, b] = Σ_{j ≤ i} W_ij·k_ij over pairs at levels a and b
 */
function weighted(
  W: Float64Array,
  levels: Int32Array,
  k: Float64Array,
  B: Float64Array,
  into: Float64Array,
): Float64Array {
  const n = levels.length;
  const L = Math.sqrt(B.length);
  const M = new Float64Array(B.length);
  for (let i = 0; i < n; i++) {
    const own = levels[i]! * L;
    if (L === 1) {
      let sum = 0;
      for (let at = i * n; at <= i * n + i; at++) {
        sum += W[at]! * k[at]!;
        into[at] = W[at]! * B[0]!;
      }
      M[0] = M[0]! + sum;
      continue;
    }
    for (let j = 0; j <= i; j++) {
      const at = i * n + j;
      const pair = own + levels[j]!;
      const w = W[at]!;
      M[pair] = M[pair]! + w * k[at]!;
      into[at] = w * B[pair]!;
    }
  }
  return M;
}
