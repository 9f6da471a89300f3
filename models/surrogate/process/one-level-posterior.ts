import { type EncodedDesigns, sliceDesigns } from '../../encode/encoded-designs.js';
import type { InPlaceCross } from '../../kernel/contract.js';
import { loadLower } from '../../linalg/blocked.js';
import type { CholeskyFactor } from '../../linalg/cholesky.js';
import { dotRow } from '../../linalg/dot.js';
import { padded, solveInPlace, strideOf } from '../../linalg/in-place.js';
import { openMemory } from '../../linalg/kernels.js';
import type { IcmLayout } from './icm-hyperparameters.js';

/** Candidates that lie in the working memory at once, a multiple of 4. */
const rowsAtOnce = 64;

/** A process of one level and one term, conditioned on its rows. */
export interface OneLevelProcess {
  readonly cross: InPlaceCross;
  readonly factor: CholeskyFactor;
  /** K⁻¹(y − constant), [n]. */
  readonly alpha: Float64Array;
  readonly constant: number;
  /** Variance b of the kernel, and c0 of the constant. */
  readonly scale: number;
  readonly constantVariance: number;
}

/** A kernel with the rows in the working memory; null for several levels or terms, or where there is no such way. */
export function crossInPlace(
  { levels, terms }: IcmLayout,
  theta: Float64Array,
  designs: EncodedDesigns,
): InPlaceCross | null {
  const { kernel, at } = terms[0]!;
  return levels > 1 || terms.length > 1 ? null : (kernel.against?.(theta.subarray(at), designs) ?? null);
}

/**
 * Mean and variance at candidates, of standardised values: μ = constant + kᵀα, σ² = b + c0 − ‖L⁻¹k‖² with
 * k = b·C + c0. Each candidate is a row of the working memory, so that nothing is turned or copied.
 *
 * A candidate gives the same bits alone and among others.
 *
 * @returns [m] each; variances may fall below 0 by rounding
 */
export function oneLevelMoments(
  { cross, factor, alpha, constant, scale, constantVariance }: OneLevelProcess,
  candidates: EncodedDesigns,
): { mean: Float64Array; variance: Float64Array } {
  const { n, L } = factor;
  const size = padded(n);
  const stride = strideOf(n);
  const most = Math.min(rowsAtOnce, padded(candidates.n));
  const C = size * stride;
  const S = C + most * stride;
  const own = S + most * stride;
  const mean = new Float64Array(candidates.n);
  const variance = new Float64Array(candidates.n);
  const memory = openMemory(n, own + cross.room(most));
  const { kernel, M } = memory;
  loadLower(M, stride, L, n);
  cross.load(memory, own);
  for (let from = 0; from < candidates.n; from += most) {
    const count = Math.min(most, candidates.n - from);
    cross.write(memory, { C, S, own }, sliceDesigns(candidates, from, count));
    for (let c = 0; c < count; c++) {
      const row = C + c * stride;
      if (scale !== 1 || constantVariance !== 0)
        for (let at = row; at < row + n; at++) M[at] = scale * M[at]! + constantVariance;
      mean[from + c] = constant + dotRow(M, row, alpha, n);
      for (let at = row + n; at < row + size; at++) M[at] = 0;
    }
    const rows = padded(count);
    M.fill(0, C + count * stride, C + rows * stride);
    solveInPlace(kernel, { at: 0, stride, size }, { at: C, rows });
    for (let c = 0; c < count; c++) {
      variance[from + c] = scale + constantVariance - squaredNorm(M, C + c * stride, n);
    }
  }
  kernel.release();
  return { mean, variance };
}

/** Σ M[at + k]² over the first n. */
function squaredNorm(M: Float64Array, at: number, n: number): number {
  let even = 0;
  let odd = 0;
  let k = 0;
  for (; k + 1 < n; k += 2) {
    even += M[at + k]! * M[at + k]!;
    odd += M[at + k + 1]! * M[at + k + 1]!;
  }
  if (k < n) even += M[at + k]! * M[at + k]!;
  return even + odd;
}
