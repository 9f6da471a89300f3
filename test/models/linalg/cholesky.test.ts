import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  appendRow,
  cholesky,
  inverse,
  logDeterminant,
  solve,
  solveLower,
  solveLowerInPlace,
  solveLowerTransposed,
} from '../../../models/linalg/cholesky.js';
import { positiveDefinite, relativeError, textbookFactor } from '../../support/matrices.js';

describe('cholesky', () => {
  it('agrees with ml-matrix on inverse, determinant and solutions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const K = positiveDefinite(n, seed);
        const factor = cholesky(K, n);
        const oracle = Matrix.from1DArray(n, n, [...K]);
        const inv = inverse(factor);
        const product = oracle.mmul(Matrix.from1DArray(n, n, [...inv]));
        expect(Matrix.sub(product, Matrix.eye(n)).norm()).toBeLessThan(1e-8);
        const x = solve(
          factor,
          Float64Array.from({ length: n }, (_, i) => i - 1),
        );
        const back = oracle.mmul(Matrix.columnVector([...x])).to1DArray();
        back.forEach((value, i) => {
          expect(value).toBeCloseTo(i - 1, 6);
        });
        expect(factor.jitter).toBe(0);
        const B = Float64Array.from({ length: n * 3 }, (_, i) => Math.sin(i));
        const V = Float64Array.from(B);
        solveLowerInPlace(factor, V, 3);
        const L = Matrix.from1DArray(n, n, [...factor.L]);
        const again = L.mmul(Matrix.from1DArray(n, 3, [...V])).to1DArray();
        again.forEach((value, i) => {
          expect(value).toBeCloseTo(B[i]!, 8);
        });
        expect(Number.isFinite(logDeterminant(factor))).toBe(true);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('reports the jitter that a singular matrix needs, and refuses what none can mend', () => {
    expect(cholesky(Float64Array.of(1, 1, 1, 1), 2).jitter).toBeGreaterThan(0);
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/not positive definite/);
    expect(() => cholesky(Float64Array.of(Number.NaN), 1)).toThrow(/not finite/);
  });

  it('solves with either triangle, and reads the lower one of the matrix alone', () => {
    for (const n of [1, 2, 3, 4, 5, 31, 32, 33, 66]) {
      const K = positiveDefinite(n, n);
      const lower = Float64Array.from(K, (value, at) => (at % n > Math.floor(at / n) ? Number.NaN : value));
      const factor = cholesky(lower, n);
      expect(relativeError(factor.L, textbookFactor(K, n))).toBeLessThan(1e-13);
      const L = Matrix.from1DArray(n, n, factor.L);
      const b = Float64Array.from({ length: n }, (_, i) => Math.cos(i));
      const x = solveLower(factor, b);
      expect(relativeError(L.mmul(Matrix.columnVector(x)).to1DArray(), b)).toBeLessThan(1e-13);
      const back = L.transpose().mmul(Matrix.columnVector(solveLowerTransposed(factor, b)));
      expect(relativeError(back.to1DArray(), b)).toBeLessThan(1e-12);
    }
  });

  it('mends singular matrices of any size by the ladder, and says with what', () => {
    for (const n of [2, 31, 32, 33, 64, 65, 130]) {
      const K = new Float64Array(n * n).fill(4);
      const { L, jitter } = cholesky(K, n);
      const rung = Math.log10(jitter / 4);
      expect(rung).toBeCloseTo(Math.round(rung), 9);
      expect(rung).toBeGreaterThan(-8.5);
      expect(rung).toBeLessThan(-6.5);
      const product = Matrix.from1DArray(n, n, L).mmul(Matrix.from1DArray(n, n, L).transpose());
      for (let i = 0; i < n; i++) product.set(i, i, product.get(i, i) - jitter);
      expect(relativeError(product.to1DArray(), K)).toBeLessThan(1e-13);
    }
  });

  it('refuses entries that are not finite, wherever they are', () => {
    for (const n of [3, 40, 70])
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        for (const at of [0, n, n * n - 2, n * n - 1]) {
          const K = positiveDefinite(n, 3);
          K[at] = value;
          expect(() => cholesky(K, n)).toThrow(/not finite|not positive definite/);
        }
  });

  it('depends on the matrix alone, not on what was computed before', () => {
    const K = positiveDefinite(50, 1);
    const before = cholesky(K, 50);
    const inverseBefore = inverse(before);
    inverse(cholesky(positiveDefinite(200, 2), 200));
    expect(() => cholesky(new Float64Array(2500).fill(Number.NaN), 50)).toThrow();
    const after = cholesky(K, 50);
    expect(after).toEqual(before);
    expect(inverse(after)).toEqual(inverseBefore);
  });

  it('has an empty factor of an empty matrix', () => {
    const factor = cholesky(new Float64Array(0), 0);
    expect(inverse(factor)).toHaveLength(0);
    expect(logDeterminant(factor)).toBe(0);
  });
});

describe('appendRow', () => {
  it('agrees with the factor of the whole matrix, row after row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(8), fc.nat(1e6), (n, more, seed) => {
        const N = n + more;
        const K = positiveDefinite(N, seed);
        const part = (size: number) =>
          Float64Array.from({ length: size * size }, (_, at) => {
            return K[Math.floor(at / size) * N + (at % size)]!;
          });
        let factor = cholesky(part(n), n);
        for (let r = n; r < N; r++) factor = appendRow(factor, K.slice(r * N, r * N + r), K[r * N + r]!);
        expect(factor.n).toBe(N);
        expect(relativeError(factor.L, cholesky(K, N).L)).toBeLessThan(1e-12);
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it('keeps the jitter, and starts from nothing', () => {
    const { L, jitter } = appendRow(cholesky(Float64Array.of(1, 1, 1, 1), 2), Float64Array.of(0, 0), 4);
    expect(jitter).toBeGreaterThan(0);
    expect(L[8]).toBeCloseTo(Math.sqrt(4 + jitter), 15);
    expect([...appendRow(cholesky(new Float64Array(0), 0), new Float64Array(0), 9).L]).toEqual([3]);
  });

  it('refuses a row that says what is known, and one that does not fit', () => {
    const factor = cholesky(Float64Array.of(1, 0, 0, 1), 2);
    expect(() => appendRow(factor, Float64Array.of(1, 0), 1)).toThrow(/not positive definite with jitter 0/);
    expect(() => appendRow(factor, Float64Array.of(Number.NaN, 0), 1)).toThrow(/not positive definite/);
    expect(() => appendRow(factor, Float64Array.of(1), 1)).toThrow(/1 entries, the factor 2 rows/);
  });
});
