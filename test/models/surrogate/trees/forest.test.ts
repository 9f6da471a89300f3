import { describe, expect, it } from 'vitest';
import { cholesky } from '../../../../models/linalg/cholesky.js';
import { Generator } from '../../../../models/random/generator.js';
import { Forest } from '../../../../models/surrogate/trees/forest.js';
import { someDesigns } from '../../../support/encoded.js';

describe('forest', () => {
  const n = 150;
  const designs = someDesigns(n, { numeric: 3 }, 5);
  const signal = (i: number) => 2 * (designs.numeric[3 * i]! > 0.6 ? 1 : -1) + designs.numeric[3 * i + 1]!;
  const random = new Generator(9);
  const noisy = Float64Array.from({ length: n }, (_, i) => (signal(i) + 0.5 * random.normal()) / 2);
  const forest = new Forest(designs, noisy, 1);

  it('has covariances that are positive definite with the variances on the diagonal', () => {
    const points = forest.view(someDesigns(40, { numeric: 3 }, 6));
    const C = forest.covariance(points, points);
    forest.variance(points).forEach((value, i) => {
      expect(C[i * 40 + i]).toBeCloseTo(value, 12);
    });
    for (let i = 0; i < 40; i++) C[i * 40 + i] = C[i * 40 + i]! + 1e-9;
    expect(cholesky(C, 40).jitter).toBe(0);
  });

  it('errs out of bag by about as much as it says, noise included', () => {
    const { mean, variance } = forest.outOfBag();
    const noise = forest.noise;
    const z = mean.map((value, i) => (noisy[i]! - value) ** 2 / (variance[i]! + noise));
    const average = z.reduce((a, b) => a + b) / n;
    expect(average).toBeGreaterThan(0.6);
    expect(average).toBeLessThan(1.5);
    const errors = mean.reduce((sum, value, i) => sum + (noisy[i]! - value) ** 2, 0) / n;
    const spread = noisy.reduce((sum, value) => sum + value * value, 0) / n;
    expect(errors).toBeLessThan(0.25 * spread);
  });

  it('is the same of the same seed, and another of another', () => {
    const points = someDesigns(5, { numeric: 3 }, 7);
    expect(new Forest(designs, noisy, 1).view(points).mean).toEqual(forest.view(points).mean);
    expect(new Forest(designs, noisy, 2).view(points).mean).not.toEqual(forest.view(points).mean);
  });

  it('knows nothing of a single row but that losses are standardised', () => {
    const alone = new Forest(someDesigns(1, { numeric: 3 }, 8), Float64Array.of(0), 1);
    expect(alone.outOfBag()).toEqual({ mean: Float64Array.of(0), variance: Float64Array.of(1) });
  });
});
