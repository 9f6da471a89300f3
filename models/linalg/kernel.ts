/**
 * The three operations on blocks of row-major matrices that factors, solutions and inverses are made of.
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
}
