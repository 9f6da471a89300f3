import type { Kernel } from './kernel.js';
import { correlatePlain, gatherPlain } from './plain-radial.js';

const passDepth = 256;

/**
 * The kernel in TypeScript: oracle of the one in WebAssembly, used in its place for small matrices and where
 * WebAssembly is missing.
 *
 * Each sum of `subtract` is taken in passes of 256 terms, apart over even and odd terms, as the two lanes of the vector
 * instructions take it.
 *
 * @remarks About a fifth of the speed of the one in WebAssembly for large matrices; the same bits.
 */
export function createPlainKernel(): Kernel {
  let M = new Float64Array(0);

  function subtract(C: number, A: number, B: number, stride: number, rows: number, columns: number, depth: number) {
    for (let done = 0; done < depth; done += passDepth)
      pass(C, A + done, B + done, stride, rows, columns, Math.min(passDepth, depth - done));
  }

  function pass(C: number, A: number, B: number, stride: number, rows: number, columns: number, depth: number) {
    const m = M;
    for (let i = 0; i < rows; i += 2)
      for (let j = 0; j < columns; j += 2) {
        const a = A + i * stride;
        const b = B + j * stride;
        // Sums of row and column: 00, 01, 10, 11, each over even (e) and odd (o) terms.
        let e00 = 0;
        let o00 = 0;
        let e01 = 0;
        let o01 = 0;
        let e10 = 0;
        let o10 = 0;
        let e11 = 0;
        let o11 = 0;
        for (let k = 0; k < depth; k += 2) {
          const a0 = m[a + k]!;
          const a1 = m[a + stride + k]!;
          const b0 = m[b + k]!;
          const b1 = m[b + stride + k]!;
          e00 += a0 * b0;
          e01 += a0 * b1;
          e10 += a1 * b0;
          e11 += a1 * b1;
          const c0 = m[a + k + 1]!;
          const c1 = m[a + stride + k + 1]!;
          const d0 = m[b + k + 1]!;
          const d1 = m[b + stride + k + 1]!;
          o00 += c0 * d0;
          o01 += c0 * d1;
          o10 += c1 * d0;
          o11 += c1 * d1;
        }
        const c = C + i * stride + j;
        m[c] = m[c]! - (e00 + o00);
        m[c + 1] = m[c + 1]! - (e01 + o01);
        m[c + stride] = m[c + stride]! - (e10 + o10);
        m[c + stride + 1] = m[c + stride + 1]! - (e11 + o11);
      }
  }

  function factorise(D: number, stride: number, size: number): number {
    for (let j = 0; j < size; j += 4) {
      const row = D + j * stride;
      const corner = row + j;
      subtract(corner, row, row, stride, size - j, 4, j);
      for (let r = 0; r < 4; r++) {
        const rowR = corner + r * stride;
        for (let c = 0; c < r; c++) {
          const rowC = corner + c * stride;
          let sum = M[rowR + c]!;
          for (let k = 0; k < c; k++) sum -= M[rowR + k]! * M[rowC + k]!;
          M[rowR + c] = sum * (1 / M[rowC + c]!);
        }
        let pivot = M[rowR + r]!;
        for (let k = 0; k < r; k++) pivot -= M[rowR + k]! * M[rowR + k]!;
        if (!(pivot > 0)) return j + r;
        M[rowR + r] = Math.sqrt(pivot);
      }
      solveFour(corner + 4 * stride, corner, stride, size - j - 4);
    }
    return -1;
  }

  function solve(X: number, D: number, stride: number, rows: number, size: number) {
    for (let j = 0; j < size; j += 4) {
      const row = D + j * stride;
      subtract(X + j, X, row, stride, rows, 4, j);
      solveFour(X + j, row + j, stride, rows);
    }
  }

  /** Forward substitution of four columns along each row. */
  function solveFour(X: number, D: number, stride: number, rows: number) {
    const m = M;
    const [d1, d2, d3] = [D + stride, D + 2 * stride, D + 3 * stride];
    const [r0, r1, r2, r3] = [1 / m[D]!, 1 / m[d1 + 1]!, 1 / m[d2 + 2]!, 1 / m[d3 + 3]!];
    const [l10, l20, l21] = [m[d1]!, m[d2]!, m[d2 + 1]!];
    const [l30, l31, l32] = [m[d3]!, m[d3 + 1]!, m[d3 + 2]!];
    for (let i = 0; i < rows; i++) {
      const x = X + i * stride;
      const x0 = m[x]! * r0;
      const x1 = (m[x + 1]! - x0 * l10) * r1;
      const x2 = (m[x + 2]! - x0 * l20 - x1 * l21) * r2;
      const x3 = (m[x + 3]! - x0 * l30 - x1 * l31 - x2 * l32) * r3;
      m[x] = x0;
      m[x + 1] = x1;
      m[x + 2] = x2;
      m[x + 3] = x3;
    }
  }

  return {
    memory(count) {
      if (M.length < count) M = new Float64Array(count);
      return M;
    },
    release() {
      if (M.length > 2 ** 20) M = new Float64Array(0);
    },
    subtract,
    factorise,
    solve,
    correlate: (kind, places) => correlatePlain(M, kind, places),
    gather: (places) => gatherPlain(M, places),
  };
}
