import { describe, expect, it } from 'vitest';
import { quantile } from '../../../models/stats/quantile.js';

describe('a quantile', () => {
  it('lies between neighbours in proportion, as by numpy 2.3 quantile([1, 2, 4, 8], ...)', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1, 1.75, 3, 5, 8]);
    expect(quantile(Float64Array.of(7), 0.3)).toBe(7);
  });

  it('is infinite as soon as what was never reached has a part in it', () => {
    expect(quantile([1, 2, Number.POSITIVE_INFINITY], 0.5)).toBe(2);
    expect(quantile([1, 2, Number.POSITIVE_INFINITY], 0.6)).toBe(Number.POSITIVE_INFINITY);
  });
});
