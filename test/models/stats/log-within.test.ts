import { describe, expect, it } from 'vitest';
import { logWithin } from '../../../models/stats/log-within.js';
import { logCdf } from '../../../models/stats/normal.js';

describe('the log probability of being within a bound', () => {
  it('is that of the standard normal at the distance in standard deviations', () => {
    expect(logWithin({ mean: 1, variance: 4, bound: 4 }).value).toBe(logCdf(1.5));
    expect(logWithin({ mean: 2, variance: 9, bound: 2 }).value).toBeCloseTo(Math.log(0.5), 14);
  });

  it('has derivatives that agree with central differences, also far outside', () => {
    const h = 1e-5;
    for (const mean of [-3, 0.2, 20]) {
      const at = (more: object) => logWithin({ mean, variance: 0.7, bound: 0.5, ...more }).value;
      const { byMean, byVariance } = logWithin({ mean, variance: 0.7, bound: 0.5 });
      expect(byMean).toBeCloseTo((at({ mean: mean + h }) - at({ mean: mean - h })) / (2 * h), 5);
      // Differences of values near -300 carry rounding of 1e-8 or so.
      const slope = (at({ variance: 0.7 + h }) - at({ variance: 0.7 - h })) / (2 * h);
      expect(byVariance / slope).toBeCloseTo(1, 5);
    }
  });
});
