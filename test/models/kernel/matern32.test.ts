import { describe, expect, it } from 'vitest';
import { matern32 } from '../../../models/kernel/matern32.js';

describe('matern32', () => {
  it('has the slope that gradients use', () => {
    for (const squared of [0.01, 0.5, 4]) {
      const difference = (matern32(squared + 1e-6).value - matern32(squared - 1e-6).value) / 2e-6;
      expect(matern32(squared).slope).toBeCloseTo(-2 * difference, 6);
    }
    expect(matern32(0)).toEqual({ value: 1, slope: 3 });
  });

  it('is (1 + √3)·exp(−√3) at distance 1', () => {
    expect(matern32(1).value).toBeCloseTo(0.4833577245965077, 14);
  });
});
