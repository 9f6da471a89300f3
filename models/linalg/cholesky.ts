import { NumericalError } from '../domain/errors.js';

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
 * @throws {NumericalError} if an entry is not finite, or the last jitter did not help
 */
export function cholesky(K: Float64Array, n: number): CholeskyFactor {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += K[i * n + i]!;
  if (!Number.isFinite(trace)) throw new NumericalError('the covariance matrix has an entry that is not finite');
  const L = new Float64Array(n * n);
  for (let attempt = 0; attempt <= 6; attempt++) {
    const jitter = attempt === 0 ? 0 : (trace / n) * 1e-9 * 10 ** attempt;
    if (factorise(K, L, n, jitter)) return { n, L, jitter };
  }
  throw new NumericalError(`the ${n} × ${n} covariance matrix is not positive definite, even with jitter 1e-3`);
}

function factorise(K: Float64Array, L: Float64Array, n: number, jitter: number): boolean {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j < i; j++) {
      const rowJ = j * n;
      let sum = K[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= L[rowI + k]! * L[rowJ + k]!;
      L[rowI + j] = sum / L[rowJ + j]!;
    }
    let diagonal = K[rowI + i]! + jitter;
    for (let k = 0; k < i; k++) diagonal -= L[rowI + k]! * L[rowI + k]!;
    if (!(diagonal > 0)) return false;
    L[rowI + i] = Math.sqrt(diagonal);
  }
  return true;
}

/** Solves L·x = b, [n]. */
export function solveLower({ L, n }: CholeskyFactor, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= L[i * n + k]! * x[k]!;
    x[i] = sum / L[i * n + i]!;
  }
  return x;
}

/** Solves Lᵀ·x = b, [n]. */
export function solveLowerTransposed({ L, n }: CholeskyFactor, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = n - 1; i >= 0; i--) {
    x[i] = x[i]! / L[i * n + i]!;
    const xi = x[i]!;
    for (let k = 0; k < i; k++) x[k] = x[k]! - L[i * n + k]! * xi;
  }
  return x;
}

/** Solves K·x = b, [n]. */
export function solve(factor: CholeskyFactor, b: Float64Array): Float64Array {
  return solveLowerTransposed(factor, solveLower(factor, b));
}

/** Solves L·X = B in place for m right sides, B row-major [n × m]. */
export function solveLowerInPlace({ L, n }: CholeskyFactor, B: Float64Array, m: number): void {
  for (let i = 0; i < n; i++) {
    const row = B.subarray(i * m, (i + 1) * m);
    for (let k = 0; k < i; k++) {
      const factor = L[i * n + k]!;
      if (factor === 0) continue;
      const other = B.subarray(k * m, (k + 1) * m);
      for (let c = 0; c < m; c++) row[c] = row[c]! - factor * other[c]!;
    }
    const scale = 1 / L[i * n + i]!;
    for (let c = 0; c < m; c++) row[c] = row[c]! * scale;
  }
}

/** K⁻¹, row-major [n × n], symmetric. */
export function inverse(factor: CholeskyFactor): Float64Array {
  const { L, n } = factor;
  const U = new Float64Array(n * n);
  // Row j of U is column j of L⁻¹; it starts at its diagonal.
  for (let j = 0; j < n; j++) {
    const row = U.subarray(j * n, (j + 1) * n);
    row[j] = 1 / L[j * n + j]!;
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= L[i * n + k]! * row[k]!;
      row[i] = sum / L[i * n + i]!;
    }
  }
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += U[i * n + k]! * U[j * n + k]!;
      result[i * n + j] = sum;
      result[j * n + i] = sum;
    }
  return result;
}

/** log |K| = 2·Σ log L_ii. */
export function logDeterminant({ L, n }: CholeskyFactor): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(L[i * n + i]!);
  return 2 * sum;
}
