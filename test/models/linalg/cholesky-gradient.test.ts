import { describe, expect, it } from 'vitest';
import { cholesky } from '../../../models/linalg/cholesky.js';
import { choleskyPullback } from '../../../models/linalg/cholesky-gradient.js';
import { Generator } from '../../../models/random/generator.js';
import { positiveDefinite } from '../../support/matrices.js';

describe('gradient through the Cholesky factor', () => {
  it.each([1, 2, 5, 9])('agrees with central differences for %s rows', (n) => {
    const K = positiveDefinite(n, 3 + n);
    const random = new Generator(n, 'weights');
    // A function of the factor: Σ w_ij·L_ij + ½·Σ L_ij², with gradient w + L.
    const w = Float64Array.from({ length: n * n }, (_, at) => (at % n <= Math.floor(at / n) ? random.normal() : 0));
    const value = (matrix: Float64Array) =>
      cholesky(matrix, n).L.reduce((sum, entry, at) => sum + w[at]! * entry + 0.5 * entry * entry, 0);
    const factor = cholesky(K, n);
    const found = choleskyPullback(
      factor,
      w.map((weight, at) => weight + factor.L[at]!),
    );
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const moved = (by: number) => {
          const copy = Float64Array.from(K);
          copy[i * n + j] = copy[i * n + j]! + by;
          if (i !== j) copy[j * n + i] = copy[j * n + i]! + by;
          return copy;
        };
        const difference = (value(moved(1e-6)) - value(moved(-1e-6))) / 2e-6;
        const ours = i === j ? found[i * n + i]! : found[i * n + j]! + found[j * n + i]!;
        // Rounding of the difference: 1e-16/1e-6, times the condition of K.
        expect(Math.abs(ours - difference)).toBeLessThan(1e-6 * Math.max(1, Math.abs(difference)));
        expect(found[j * n + i]).toBeCloseTo(found[i * n + j]!, 10);
      }
  });

  it('is the inverse for the log determinant', () => {
    // log |K| = 2·Σ log L_ii, whose gradient by K is K⁻¹.
    const K = positiveDefinite(4, 8);
    const factor = cholesky(K, 4);
    const byFactor = new Float64Array(16);
    for (let i = 0; i < 4; i++) byFactor[i * 5] = 2 / factor.L[i * 5]!;
    const found = choleskyPullback(factor, byFactor);
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        let product = 0;
        for (let k = 0; k < 4; k++) product += found[i * 4 + k]! * K[k * 4 + j]!;
        expect(product).toBeCloseTo(i === j ? 1 : 0, 11);
      }
  });

  it('refuses a gradient of another size', () => {
    expect(() => choleskyPullback(cholesky(positiveDefinite(3, 1), 3), new Float64Array(4))).toThrow(/4 entries/);
  });
});
