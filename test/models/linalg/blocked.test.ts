import fc from 'fast-check';
import { inverse as inverseOf, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { factoriseBlocked, inverseBlocked, solveBlocked } from '../../../models/linalg/blocked.js';
import type { Kernel } from '../../../models/linalg/kernel.js';
import { createPlainKernel } from '../../../models/linalg/plain-kernel.js';
import { createWasmKernel } from '../../../models/linalg/wasm-kernel.js';
import { Generator } from '../../../models/random/generator.js';
import { positiveDefinite, relativeError, textbookFactor } from '../../support/matrices.js';

const plain = createPlainKernel();
const wasm = createWasmKernel()!;

/** Every remainder of 4, blocks of 32 rows and passes of 256 terms with their borders. */
const sizes = [...Array.from({ length: 70 }, (_, i) => i + 1), 127, 128, 129, 130, 255, 256, 257, 260, 321];

interface Results {
  readonly L: Float64Array;
  readonly X: Float64Array;
  readonly inv: Float64Array;
}

/** All three operations, each with a working memory full of what must not be read. */
function compute(kernel: Kernel, K: Float64Array, n: number, B: Float64Array, m: number): Results {
  const soil = () => kernel.memory(2 * n * n + 1000)?.fill(Number.NaN);
  soil();
  const L = new Float64Array(n * n);
  expect(factoriseBlocked(kernel, K, L, n, 0)).toBe(true);
  soil();
  const X = Float64Array.from(B);
  expect(solveBlocked(kernel, L, n, X, m)).toBe(true);
  soil();
  return { L, X, inv: inverseBlocked(kernel, L, n)! };
}

function sides(n: number, m: number): Float64Array {
  const random = new Generator(n + m);
  return Float64Array.from({ length: n * m }, () => random.normal());
}

describe('the kernels in WebAssembly and TypeScript', () => {
  it('give the same bits, which agree with a textbook, at every size', () => {
    for (const n of sizes) {
      const K = positiveDefinite(n, n);
      const m = (n % 9) + 1;
      const B = sides(n, m);
      const found = compute(wasm, K, n, B, m);
      const twin = compute(plain, K, n, B, m);
      for (const name of ['L', 'X', 'inv'] as const)
        expect(Buffer.from(found[name].buffer).equals(Buffer.from(twin[name].buffer)), `${name} of ${n}`).toBe(true);
      // A hundred times the unit round-off, for the sums of up to 321 terms.
      expect(relativeError(found.L, textbookFactor(K, n)), `L of ${n}`).toBeLessThan(1e-13);
    }
  });

  it('agree with ml-matrix on solutions and inverse', () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 140 }), fc.integer({ min: 1, max: 300 }), fc.nat(1e6));
    fc.assert(
      fc.property(cases, ([n, m, seed]) => {
        const K = positiveDefinite(n, seed);
        const B = sides(n, m);
        const { L, X, inv } = compute(wasm, K, n, B, m);
        const back = Matrix.from1DArray(n, n, L).mmul(Matrix.from1DArray(n, m, X));
        expect(relativeError(back.to1DArray(), B)).toBeLessThan(1e-12);
        // The condition number is at most some 50.
        expect(relativeError(inv, inverseOf(Matrix.from1DArray(n, n, K)).to1DArray())).toBeLessThan(1e-11);
      }),
      { seed: 5, numRuns: 25 },
    );
  });

  it('solve a right side to the same bits alone and among many', () => {
    const [n, m] = [37, 600];
    const L = textbookFactor(positiveDefinite(n, 1), n);
    const B = sides(n, m);
    const X = Float64Array.from(B);
    solveBlocked(wasm, L, n, X, m);
    for (const column of [0, 3, 255, 256, 599]) {
      const x = Float64Array.from({ length: n }, (_, i) => B[i * m + column]!);
      solveBlocked(plain, L, n, x, 1);
      expect([...x]).toEqual(Array.from({ length: n }, (_, i) => X[i * m + column]!));
    }
  });

  it('refuse a matrix at the same pivot, and go on to work', () => {
    for (const n of [1, 5, 64, 65, 131]) {
      for (const bad of new Set([0, n >> 1, n - 1])) {
        const K = positiveDefinite(n, 7);
        for (const value of [-1, 0, Number.NaN]) {
          K[bad * n + bad] = value;
          const L = new Float64Array(n * n);
          expect(factoriseBlocked(wasm, K, L, n, 0)).toBe(false);
          expect(factoriseBlocked(plain, K, L, n, 0)).toBe(false);
        }
      }
      const B = sides(n, 1);
      expect(compute(wasm, positiveDefinite(n, 8), n, B, 1)).toEqual(compute(plain, positiveDefinite(n, 8), n, B, 1));
    }
  });

  it('say so when there is no memory, and leave the right sides alone', () => {
    const none: Kernel = { ...plain, memory: () => null };
    const B = Float64Array.of(1, 2);
    expect(factoriseBlocked(none, Float64Array.of(1, 0, 0, 1), new Float64Array(4), 2, 0)).toBeNull();
    expect(solveBlocked(none, Float64Array.of(1, 0, 0, 1), 2, B, 1)).toBe(false);
    expect([...B]).toEqual([1, 2]);
    expect(inverseBlocked(none, Float64Array.of(1, 0, 0, 1), 2)).toBeNull();
    // More than the 4 GiB that WebAssembly can address.
    expect(wasm.memory(2 ** 30)).toBeNull();
  });

  it('give a large memory back, and start again with a fresh one', () => {
    expect(wasm.memory(2 ** 23 + 1)!.length).toBeGreaterThan(2 ** 23);
    wasm.release();
    expect(wasm.memory(8)!.length).toBeLessThan(2 ** 20);
    plain.memory(2 ** 20 + 1);
    plain.release();
    expect(plain.memory(8)!.length).toBe(8);
  });
});
