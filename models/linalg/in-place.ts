import type { Kernel } from './kernel.js';

/** Columns, or rows, that are treated together; measured best of 16, 32 and 64 from n = 50 to 1,000. */
export const width = 32;

/** n up to a multiple of 4, as the kernel needs it. */
export function padded(n: number): number {
  return (n + 3) & ~3;
}

/** Distance of rows in the working memory: no multiple of 32, lest the rows of a block share their cache lines. */
export function strideOf(n: number): number {
  return padded(n) % 32 === 0 ? padded(n) + 4 : padded(n);
}

/** A square matrix in the working memory, its size a multiple of 4. */
export interface PlacedMatrix {
  readonly at: number;
  readonly stride: number;
  readonly size: number;
}

/**
 * Replaces a matrix in the working memory, of which the lower triangle is read, by its Cholesky factor L; above the
 * diagonal is left what there was, or something else.
 *
 * @param sides - rows below the matrix, a multiple of 4; each is a right side b and becomes L⁻¹·b
 * @returns false if a pivot is not positive
 */
export function factoriseInPlace(
  kernel: Kernel,
  { at, stride, size, sides }: PlacedMatrix & { readonly sides: number },
): boolean {
  for (let j = 0; j < size; j += width) {
    const block = Math.min(width, size - j);
    const row = at + j * stride;
    const corner = row + j;
    const rows = size + sides - j;
    kernel.subtract(corner, row, row, stride, rows, block, j);
    if (kernel.factorise(corner, stride, block) >= 0) return false;
    kernel.solve(corner + block * stride, corner, stride, rows - block, block);
  }
  return true;
}

/**
 * Turns right sides b, which lie as rows, into L⁻¹·b.
 *
 * @param sides - their place, with the stride of L and 0 in the columns of its padding; rows a multiple of 4
 */
export function solveInPlace(
  kernel: Kernel,
  { at, stride, size }: PlacedMatrix,
  sides: { readonly at: number; readonly rows: number },
): void {
  for (let top = 0; top < sides.rows; top += width) {
    const X = sides.at + top * stride;
    const height = Math.min(width, sides.rows - top);
    for (let j = 0; j < size; j += width) {
      const block = Math.min(width, size - j);
      kernel.subtract(X + j, X, at + j * stride, stride, height, block, j);
      kernel.solve(X + j, at + j * stride + j, stride, height, block);
    }
  }
}

/**
 * Writes U = L⁻ᵀ, with zeros below its diagonal.
 *
 * @param U - its place, of the size and stride of L
 */
export function invertInPlace(kernel: Kernel, M: Float64Array, { at, stride, size }: PlacedMatrix, U: number): void {
  M.fill(0, U, U + size * stride);
  for (let i = 0; i < size; i++) M[U + i * stride + i] = 1;
  for (let i = 0; i < size; i += width) {
    const height = Math.min(width, size - i);
    const row = U + i * stride;
    for (let j = i; j < size; j += width) {
      const block = Math.min(width, size - j);
      kernel.subtract(row + j, row + i, at + j * stride + i, stride, height, block, j - i);
      kernel.solve(row + j, at + j * stride + j, stride, height, block);
    }
  }
}

/** Writes −U·Uᵀ for U with zeros below its diagonal: its lower triangle, and in its blocks of the diagonal the upper. */
export function squareInPlace(
  kernel: Kernel,
  M: Float64Array,
  { at, stride, size }: PlacedMatrix,
  result: number,
): void {
  M.fill(0, result, result + size * stride);
  for (let i = 0; i < size; i += width) {
    const height = Math.min(width, size - i);
    for (let j = 0; j <= i; j += width) {
      const block = Math.min(width, size - j);
      kernel.subtract(
        result + i * stride + j,
        at + i * stride + i,
        at + j * stride + i,
        stride,
        height,
        block,
        size - i,
      );
    }
  }
}
