import { describe, expect, it } from 'vitest';
import { lowestValues } from '../../../../models/acquisition/internal/lowest-values.js';
import { Generator } from '../../../../models/random/generator.js';

describe('lowestValues', () => {
  it('has the quantiles of the least of independent draws, within five standard errors', () => {
    const mean = Float64Array.of(0, 0.3, -0.2, 5);
    const variance = Float64Array.of(1, 0.5, 0.8, 1);
    const random = new Generator(3);
    const draws = 20_000;
    const least = Array.from({ length: draws }, () =>
      Math.min(...mean.map((m, i) => m + Math.sqrt(variance[i]!) * random.normal())),
    );
    lowestValues(mean, variance, 100).forEach((y, k) => {
      const p = 0.1 + 0.2 * k;
      const share = least.filter((value) => value < y).length / draws;
      expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
    });
  });

  it('lies below the incumbent, whatever the posterior', () => {
    const values = lowestValues(Float64Array.of(10, 12), Float64Array.of(1, 4), 3);
    for (const y of values) expect(y).toBeLessThanOrEqual(3 - 1e-3);
    expect([...values].sort((a, b) => a - b)).toEqual(values);
  });
});
