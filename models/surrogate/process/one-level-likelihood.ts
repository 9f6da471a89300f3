import type { InPlaceTraining } from '../../kernel/contract.js';
import { dot } from '../../linalg/dot.js';
import { factoriseInPlace, invertInPlace, padded, squareInPlace, strideOf } from '../../linalg/in-place.js';
import { openMemory } from '../../linalg/kernels.js';
import type { Objective } from '../../optimiser/lbfgs.js';
import { addPrior, type IcmLayout, levelCovariances } from './icm-hyperparameters.js';
import type { DataGradient, IcmRows } from './icm-rows.js';

/** Rows below the covariance, a multiple of 4: the values, ones, and what the kernel needs besides. */
const sides = 4;

/**
 * Minus the log posterior density of the hyperparameters as `icmObjective` gives it, of one level and one term, within
 * the working memory of the numerical kernel.
 *
 * With K = b·C + c0 + noise = L·Lᵀ, a = L⁻¹·1, z = L⁻¹y − constant·a and U = L⁻ᵀ:
 * rᵀK⁻¹r = z·z, α = U·z, K⁻¹ = U·Uᵀ, and with W = ½(K⁻¹ − ααᵀ), summed over all pairs,
 * Σ W·b·C = ½(n − z·z − c0·(a·a − (Σα)²)) − Σ_i W_ii·noise_i
 *
 * @param otherwise - gives it where the covariance is not positive definite as it is
 */
export function oneLevelObjective(
  layout: IcmLayout,
  { designs: { n }, noise }: IcmRows,
  y: Float64Array,
  { training, byData, otherwise }: OneLevelParts,
): Objective {
  const size = padded(n);
  const stride = strideOf(n);
  const [C, side, S] = [0, size * stride, (size + sides) * stride];
  const U = S + n * stride;
  const own = U + size * stride;
  const alpha = new Float64Array(n);
  const z = new Float64Array(n);
  const { kernelAt, constantVariance, noiseAt, structureAt } = { ...layout, kernelAt: layout.terms[0]!.at };
  return (theta, gradient) => {
    const level = levelCovariances(layout, theta);
    const scale = level.B[0]![0]!;
    const constant0 = constantVariance ?? 0;
    const learned = Math.exp(theta[noiseAt]!);
    const memory = openMemory(n, own + training.room);
    const { kernel, M } = memory;
    training.evaluate(theta.subarray(kernelAt), memory, { C, S, own });
    for (let i = 0; i < n; i++) {
      const row = i * stride;
      if (scale !== 1 || constant0 !== 0) for (let at = row; at <= row + i; at++) M[at] = scale * M[at]! + constant0;
      M[row + i] = M[row + i]! + (noise === null ? learned : noise.variance(i, learned));
    }
    for (let i = n; i < size; i++) {
      M.fill(0, i * stride, i * stride + i);
      M[i * stride + i] = 1;
    }
    M.fill(0, side, S);
    M.set(y, side);
    M.fill(1, side + stride, side + stride + n);
    if (!factoriseInPlace(kernel, { at: C, stride, size, sides })) return otherwise(theta, gradient);
    const { logDeterminant, products, squares } = sums(M, n, stride, side);
    const constant = constantVariance === null ? products / squares : 0;
    for (let i = 0; i < n; i++) z[i] = M[side + i]! - constant * M[side + stride + i]!;
    const fit = dot(z, z);
    const value = logDeterminant + 0.5 * (n * Math.log(2 * Math.PI) + fit);
    if (!Number.isFinite(value)) return otherwise(theta, gradient);
    invertInPlace(kernel, M, { at: C, stride, size }, U);
    timesUpper(M, U, stride, z, alpha);
    squareInPlace(kernel, M, { at: U, stride, size }, C);
    gradient.fill(0);
    let noisePart = 0;
    let byNoise = 0;
    for (let i = 0; i < n; i++) {
      const half = -0.5 * (M[i * stride + i]! + alpha[i]! * alpha[i]!);
      if (byData !== undefined) byData.noise[i] = half;
      byNoise += half * (noise === null ? learned : noise.slope(i, learned));
      noisePart += half * (noise === null ? learned : noise.variance(i, learned));
    }
    byData?.values.set(alpha);
    weigh(M, S, stride, alpha, scale);
    training.pullback(memory, { V: C, own }, gradient.subarray(kernelAt));
    const sum = alpha.reduce((total, one) => total + one, 0);
    const byScale = 0.5 * (n - fit - constant0 * (squares - sum * sum)) - noisePart;
    level.pullback([Float64Array.of(byScale / scale)], gradient.subarray(structureAt, noiseAt));
    gradient[noiseAt] = gradient[noiseAt]! + byNoise;
    kernel.release();
    return value + addPrior(layout, theta, gradient);
  };
}

/** What the density is computed with. */
interface OneLevelParts {
  readonly training: InPlaceTraining;
  /** See `icmObjective`. */
  readonly byData: DataGradient | undefined;
  readonly otherwise: Objective;
}

/** log |L|, and products and squares of the two rows below L: L⁻¹y and L⁻¹·1. */
function sums(M: Float64Array, n: number, stride: number, side: number) {
  let logDeterminant = 0;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const one = M[side + stride + i]!;
    logDeterminant += Math.log(M[i * stride + i]!);
    products += M[side + i]! * one;
    squares += one * one;
  }
  return { logDeterminant, products, squares };
}

/** result = U·z for the upper triangle at U. */
function timesUpper(M: Float64Array, U: number, stride: number, z: Float64Array, result: Float64Array): void {
  const n = z.length;
  for (let i = 0; i < n; i++) {
    const row = U + i * stride;
    let even = 0;
    let odd = 0;
    let j = i;
    for (; j + 1 < n; j += 2) {
      even += M[row + j]! * z[j]!;
      odd += M[row + j + 1]! * z[j + 1]!;
    }
    if (j < n) even += M[row + j]! * z[j]!;
    result[i] = even + odd;
  }
}

/**
 * Turns −K⁻¹ at 0 into b·(K⁻¹ − ααᵀ), both triangles counted, times what stands at S, with 0 from the diagonal up to a
 * multiple of 4.
 */
function weigh(M: Float64Array, S: number, stride: number, alpha: Float64Array, scale: number): void {
  for (let i = 0; i < alpha.length; i++) {
    const row = i * stride;
    const own = alpha[i]!;
    for (let j = 0; j < i; j++) M[row + j] = -scale * (M[row + j]! + own * alpha[j]!) * M[S + row + j]!;
    for (let at = row + i; at < row + ((i + 4) & ~3); at++) M[at] = 0;
  }
}
