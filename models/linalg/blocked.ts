import { factoriseInPlace, invertInPlace, padded, solveInPlace, squareInPlace, strideOf, width } from './in-place.js';
import type { Kernel } from './kernel.js';

/** Right sides that are solved for at once, so that the working memory is bounded. */
const sidesAtOnce = 256;

/**
 * Cholesky factor K + jitter·I = L·Lᵀ; the columns of a block take what the blocks before them say, and are then solved
 * for.
 *
 * @param K - row-major [n × n]; the lower triangle is read
 * @param L - row-major [n × n], zero above the diagonal; its lower triangle is overwritten
 * @returns false if a pivot is not positive; null if the kernel has no memory for it
 */
export function factoriseBlocked(
  kernel: Kernel,
  K: Float64Array,
  L: Float64Array,
  n: number,
  jitter: number,
): boolean | null {
  const size = padded(n);
  const stride = strideOf(n);
  const work = kernel.memory(size * stride);
  if (work === null) return null;
  loadLower(work, stride, K, n);
  for (let i = 0; i < n; i++) work[i * stride + i] = work[i * stride + i]! + jitter;
  // The padding is a unit matrix: only rows of K can fail.
  const good = factoriseInPlace(kernel, { at: 0, stride, size, sides: 0 });
  if (good) copyLower(work, stride, L, n, n);
  kernel.release();
  return good;
}

/**
 * Solves L·X = B in place for m right sides.
 *
 * @param L - lower triangle, row-major [n × n]
 * @param B - row-major [n × m]
 * @returns false, with B as it was, if the kernel has no memory for it
 */
export function solveBlocked(kernel: Kernel, L: Float64Array, n: number, B: Float64Array, m: number): boolean {
  const size = padded(n);
  const stride = strideOf(n);
  // Right sides lie as rows below the factor, so that they are one more block of its column.
  const sides = size * stride;
  const work = kernel.memory(sides + padded(Math.min(m, sidesAtOnce)) * stride);
  if (work === null) return false;
  loadLower(work, stride, L, n);
  for (let from = 0; from < m; from += sidesAtOnce) {
    const count = Math.min(sidesAtOnce, m - from);
    const rows = padded(count);
    for (let r = 0; r < rows; r++) work.fill(0, sides + r * stride + (r < count ? n : 0), sides + r * stride + size);
    for (let i = 0; i < n; i++) for (let r = 0; r < count; r++) work[sides + r * stride + i] = B[i * m + from + r]!;
    solveInPlace(kernel, { at: 0, stride, size }, { at: sides, rows });
    for (let i = 0; i < n; i++) for (let r = 0; r < count; r++) B[i * m + from + r] = work[sides + r * stride + i]!;
  }
  kernel.release();
  return true;
}

/**
 * (L·Lᵀ)⁻¹ = U·Uᵀ with U = L⁻ᵀ, which is above the diagonal, so that half of either product is left out.
 *
 * @param L - lower triangle, row-major [n × n]
 * @param result - where it is written, row-major [n × n]; symmetric
 * @returns the result; null if the kernel has no memory for it
 */
export function inverseBlocked(
  kernel: Kernel,
  L: Float64Array,
  n: number,
  result = new Float64Array(n * n),
): Float64Array | null {
  const work = invertTransposed(kernel, L, n);
  if (work === null) return null;
  const size = padded(n);
  const stride = strideOf(n);
  const U = size * stride;
  // The factor is done with; its place takes −U·Uᵀ.
  squareInPlace(kernel, work, { at: U, stride, size }, 0);
  storeSymmetric(work, stride, result, n);
  kernel.release();
  return result;
}

/**
 * L⁻¹ of a lower triangle.
 *
 * @param L - lower triangle, row-major [n × n]
 * @returns row-major [n × n], zero above the diagonal; null if the kernel has no memory for it
 */
export function inverseLowerBlocked(kernel: Kernel, L: Float64Array, n: number): Float64Array | null {
  const work = invertTransposed(kernel, L, n);
  if (work === null) return null;
  const stride = strideOf(n);
  const U = padded(n) * stride;
  const result = new Float64Array(n * n);
  for (let top = 0; top < n; top += width)
    for (let i = top; i < n; i++)
      for (let j = top; j < Math.min(i + 1, top + width); j++) result[i * n + j] = work[U + j * stride + i]!;
  kernel.release();
  return result;
}

/** L at the start of the working memory and U = L⁻ᵀ, with zeros below its diagonal, behind it. */
function invertTransposed(kernel: Kernel, L: Float64Array, n: number): Float64Array | null {
  const size = padded(n);
  const stride = strideOf(n);
  const U = size * stride;
  const work = kernel.memory(2 * U);
  if (work === null) return null;
  loadLower(work, stride, L, n);
  invertInPlace(kernel, work, { at: 0, stride, size }, U);
  return work;
}

/** Lower triangle of an [n × n] matrix to the start of the working memory, with a unit matrix as padding. */
export function loadLower(work: Float64Array, stride: number, from: Float64Array, n: number): void {
  copyLower(from, n, work, stride, n);
  for (let i = n; i < padded(n); i++) {
    work.fill(0, i * stride, i * stride + i);
    work[i * stride + i] = 1;
  }
}

/** Copies a lower triangle between matrices of different stride. */
function copyLower(from: Float64Array, fromStride: number, to: Float64Array, toStride: number, n: number): void {
  for (let i = 0; i < n; i++) {
    const [a, b] = [i * fromStride, i * toStride];
    // For short rows the call costs more than the copy.
    if (i < 32) for (let j = 0; j <= i; j++) to[b + j] = from[a + j]!;
    else to.set(from.subarray(a, a + i + 1), b);
  }
}

/** Minus the lower triangle, to both triangles; by tiles, as one of them is written across its rows. */
function storeSymmetric(work: Float64Array, stride: number, result: Float64Array, n: number): void {
  for (let top = 0; top < n; top += width)
    for (let left = 0; left <= top; left += width)
      for (let i = top; i < Math.min(n, top + width); i++)
        for (let j = left; j <= Math.min(i, left + width - 1); j++) {
          const value = -work[i * stride + j]!;
          result[i * n + j] = value;
          result[j * n + i] = value;
        }
}
