import { describe, expect, it } from 'vitest';
import { longLengthscales, scaledLengthscales } from '../../../models/kernel/lengthscale-prior.js';

describe('priors on lengthscales', () => {
  it("have the mode of BoTorch's LogNormal, exp(√2 − 3)·√d", () => {
    for (const d of [1, 4, 25]) expect(Math.exp(scaledLengthscales(d).mean)).toBeCloseTo(0.2047867 * Math.sqrt(d), 6);
  });

  it('have the centre 0.4·√d + 4 where they are long', () => {
    expect(Math.exp(longLengthscales(25).mean)).toBeCloseTo(6, 12);
    expect(longLengthscales(25).start).toBe(longLengthscales(25).mean);
  });
});
