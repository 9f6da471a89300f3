import { ShapeError } from '../domain/errors.js';
import { type CholeskyFactor, solveLowerTransposed } from './cholesky.js';

/**
 * Gradient by a matrix K of a function whose gradient by the Cholesky factor of K is known: backpropagation through
 * K = L·Lᵀ.
 *
 * K̄ = L⁻ᵀ·M·L⁻¹,  M = ½·(P + Pᵀ),  P = lower triangle of Lᵀ·L̄ with its diagonal halved
 *
 * Symmetric: a change dK of K, itself symmetric, changes the function by Σ_ij K̄_ij·dK_ij. Jitter counts as constant.
 *
 * @param byFactor - L̄, row-major [n × n]; only its lower triangle is read
 * @returns K̄, row-major [n × n]
 * @throws {ShapeError} if byFactor has another size
 * @see Murray 2016, arXiv:1602.07527, eq. 10
 * @remarks Cost: O(n³).
 */
export function choleskyPullback(factor: CholeskyFactor, byFactor: Float64Array): Float64Array {
  const { n, L } = factor;
  if (byFactor.length !== n * n)
    throw new ShapeError(`the gradient by a factor of ${n} rows has ${byFactor.length} entries`);
  const M = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += L[k * n + i]! * byFactor[k * n + j]!;
      M[i * n + j] = sum / 2;
      M[j * n + i] = sum / 2;
    }
  // M is symmetric, so its rows are its columns: after one pass the rows hold (L⁻ᵀ·M)ᵀ.
  const half = solveRows(factor, M);
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) turned[j * n + i] = half[i * n + j]!;
  return solveRows(factor, turned);
}

/** Solves Lᵀ·x = b for every row b. */
function solveRows(factor: CholeskyFactor, rows: Float64Array): Float64Array {
  const { n } = factor;
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result.set(solveLowerTransposed(factor, rows.subarray(i * n, (i + 1) * n)), i * n);
  return result;
}
