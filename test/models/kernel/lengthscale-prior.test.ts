import { describe, expect, it } from 'vitest';
import { gammaPrior, longLengthscales, scaledLengthscales } from '../../../models/kernel/lengthscale-prior.js';

describe('priors on lengthscales', () => {
  it("have the mode of BoTorch's LogNormal, exp(√2 − 3)·√d", () => {
    for (const d of [1, 4, 25]) expect(Math.exp(scaledLengthscales(d).mean)).toBeCloseTo(0.2047867 * Math.sqrt(d), 6);
  });

  it('have the centre 0.4·√d + 4 where they are long', () => {
    expect(Math.exp(longLengthscales(25).mean)).toBeCloseTo(6, 12);
    expect(longLengthscales(25).start).toBe(longLengthscales(25).mean);
  });

  it('stand for a Gamma density with its mode and its curvature in log coordinates', () => {
    for (const [shape, rate] of [
      [3, 6],
      [6, 2],
      [2, 0.15],
    ] as const) {
      const { mean, sd } = gammaPrior(shape, rate);
      const density = (log: number) => (shape - 1) * log - rate * Math.exp(log);
      const [below, at, above] = [density(mean - 1e-3), density(mean), density(mean + 1e-3)];
      expect((above - below) / 2e-3).toBeCloseTo(0, 5);
      expect((above - 2 * at + below) / 1e-6).toBeCloseTo(-1 / sd ** 2, 4);
    }
  });
});
