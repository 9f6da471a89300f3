import { NumericalError, ShapeError } from '../domain/errors.js';
import { factoriseBlocked, inverseBlocked, inverseLowerBlocked, solveBlocked } from './blocked.js';
import { dotRow } from './dot.js';
import { kernelFor, plainKernel } from './kernels.js';

/** Lower Cholesky factor of a covariance matrix, row-major [n × n], with what had to be added to its diagonal. */
export interface CholeskyFactor {
  readonly n: number;
  readonly L: Float64Array;
  /** Added to every diagonal entry; 0 unless the matrix was not positive definite as it stood. */
  readonly jitter: number;
}

/**
 * Cholesky factor K + jitter·I = L·Lᵀ of a symmetric matrix, of which the lower triangle is read.
 *
 * Tries no jitter first, then 1e-8 of the mean diagonal, ten times more at each of up to five further tries.
 *
 * @param K - row-major [n × n]; left as it is
 * @param L - where the factor is written, [n × n], zero above the diagonal; a new array where absent
 * @throws {NumericalError} if an entry is not finite, or the last jitter did not help
 */
export function cholesky(K: Float64Array, n: number, L = new Float64Array(n * n)): CholeskyFactor {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += K[i * n + i]!;
  if (!Number.isFinite(trace)) throw new NumericalError('the covariance matrix has an entry that is not finite');
  for (let attempt = 0; attempt <= 6; attempt++) {
    const jitter = attempt === 0 ? 0 : (trace / n) * 1e-9 * 10 ** attempt;
    const good = factoriseBlocked(kernelFor(n), K, L, n, jitter) ?? factoriseBlocked(plainKernel(), K, L, n, jitter);
    if (good) return { n, L, jitter };
  }
  throw new NumericalError(`the ${n} × ${n} covariance matrix is not positive definite, even with jitter 1e-3`);
}

/** Solves L·x = b, [n]. */
export function solveLower({ L, n }: CholeskyFactor, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) x[i] = (x[i]! - dotRow(L, i * n, x, i)) / L[i * n + i]!;
  return x;
}

/** Solves Lᵀ·x = b, [n]. */
export function solveLowerTransposed(factor: CholeskyFactor, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  solveLowerTransposedInPlace(factor, x, 1);
  return x;
}

/** Solves K·x = b, [n]. */
export function solve(factor: CholeskyFactor, b: Float64Array): Float64Array {
  return solveLowerTransposed(factor, solveLower(factor, b));
}

/**
 * Solves L·X = B in place for m right sides, B row-major [n × m].
 *
 * A right side gives the same bits alone and among others.
 */
export function solveLowerInPlace({ L, n }: CholeskyFactor, B: Float64Array, m: number): void {
  if (!solveBlocked(kernelFor(n), L, n, B, m)) solveBlocked(plainKernel(), L, n, B, m);
}

/** Solves Lᵀ·X = B in place for m right sides, B row-major [n × m]. */
export function solveLowerTransposedInPlace({ L, n }: CholeskyFactor, B: Float64Array, m: number): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * m;
    const pivot = L[i * n + i]!;
    for (let c = 0; c < m; c++) B[row + c] = B[row + c]! / pivot;
    for (let k = 0; k < i; k++) {
      const l = L[i * n + k]!;
      for (let c = 0; c < m; c++) B[k * m + c] = B[k * m + c]! - l * B[row + c]!;
    }
  }
}

/** L⁻¹, row-major [n × n], zero above the diagonal. */
export function inverseLower({ L, n }: CholeskyFactor): Float64Array {
  return inverseLowerBlocked(kernelFor(n), L, n) ?? inverseLowerBlocked(plainKernel(), L, n)!;
}

/** K⁻¹, row-major [n × n], symmetric. @param result - where it is written; a new array where absent */
export function inverse({ L, n }: CholeskyFactor, result = new Float64Array(n * n)): Float64Array {
  return inverseBlocked(kernelFor(n), L, n, result) ?? inverseBlocked(plainKernel(), L, n, result)!;
}

/**
 * Factor of the matrix with one more row and column, in O(n²).
 *
 * With l = L⁻¹·row the new row of L is (l, √(diagonal + jitter − l·l)). The jitter of the factor stays what it was.
 *
 * @param row - covariance of the new row with those of the factor, [n]
 * @param diagonal - variance of the new row, noise included
 * @throws {ShapeError} if row has another length
 * @throws {NumericalError} if the larger matrix is not positive definite with this jitter; `cholesky` finds a larger one
 */
export function appendRow(factor: CholeskyFactor, row: Float64Array, diagonal: number): CholeskyFactor {
  const { n, jitter } = factor;
  if (row.length !== n) throw new ShapeError(`the new row has ${row.length} entries, the factor ${n} rows`);
  const l = solveLower(factor, row);
  const pivot = diagonal + jitter - dotRow(l, 0, l, n);
  if (!(pivot > 0 && pivot < Number.POSITIVE_INFINITY))
    throw new NumericalError(
      `the ${n + 1} × ${n + 1} covariance matrix is not positive definite with jitter ${jitter}`,
    );
  const L = new Float64Array((n + 1) * (n + 1));
  for (let i = 0; i < n; i++) L.set(factor.L.subarray(i * n, i * n + i + 1), i * (n + 1));
  L.set(l, n * (n + 1));
  L[n * (n + 1) + n] = Math.sqrt(pivot);
  return { n: n + 1, L, jitter };
}

/** log |K| = 2·Σ log L_ii. */
export function logDeterminant({ L, n }: CholeskyFactor): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(L[i * n + i]!);
  return 2 * sum;
}
