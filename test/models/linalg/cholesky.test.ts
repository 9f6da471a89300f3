import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { cholesky, inverse, logDeterminant, solve, solveLowerInPlace } from '../../../models/linalg/cholesky.js';
import { Generator } from '../../../models/random/generator.js';

/** A Aᵀ + I of a random matrix. */
function positiveDefinite(n: number, seed: number): Float64Array {
  const random = new Generator(seed);
  const A = Float64Array.from({ length: n * n }, () => random.normal());
  const K = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      K[i * n + j] = i === j ? 1 : 0;
      for (let k = 0; k < n; k++) K[i * n + j]! += A[i * n + k]! * A[j * n + k]!;
    }
  return K;
}

describe('cholesky', () => {
  it('agrees with ml-matrix on inverse, determinant and solutions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
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
});
