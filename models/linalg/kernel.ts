import type { CorrelatePlaces, GatherPlaces } from './plain-radial.js';
import type { RadialNumber } from './radial/radial-kernels.js';

/**
 * The operations on blocks of row-major matrices that factors, solutions and inverses are made of, and those that make
 * covariance matrices.
 *
 * All matrices lie in one working memory and have one stride; places are indices into that memory, and all places,
 * counts and the stride are multiples of 4. Every implementation does the same floating-point operations in the same
 * order, so that results are equal bit for bit wherever they are computed.
 */
export interface Kernel {
  /**
   * Working memory of at least so many numbers, with whatever they hold; null if there is not so much. Taking it ends
   * the use of what was given before.
   */
  memory(count: number): Float64Array | null;
  /** Tells that the working memory is no longer in use, so that a large one can be given back. */
  release(): void;
  /** C -= A·Bᵀ with C [rows × columns], A [rows × depth], B [columns × depth]. */
  subtract(C: number, A: number, B: number, stride: number, rows: number, columns: number, depth: number): void;
  /**
   * Replaces the block D [size × size] by its lower Cholesky factor; above the diagonal it leaves what it likes.
   *
   * @returns -1, or the row of the first pivot that is not positive, where it stops
   */
  factorise(D: number, stride: number, size: number): number;
  /** Solves X·Dᵀ = X₀ in place, with X [rows × size] and the lower triangle D [size × size]. */
  solve(X: number, D: number, stride: number, rows: number, size: number): void;
  /**
   * Radial correlations of the rows of A with the columns of B: C = value and S = slope (see radial/contract.ts) at the
   * squared distance C[i, j] + Σ_t (A[i, t] − B[t, j])².
   *
   * A [rows × depth] has rows of its own length and needs no multiples of 4; B [depth × columns], C and S have the stride.
   * Where triangular, row i is computed up to its place i, rounded up to a multiple of 4.
   */
  correlate(kind: RadialNumber, places: CorrelatePlaces): void;
  /** G[t] += Σ_{i, j} V[i, j]·(A[i, t] − B[t, j])² over j up to i rounded up to a multiple of 4; A and B as above. */
  gather(places: GatherPlaces): void;
}
