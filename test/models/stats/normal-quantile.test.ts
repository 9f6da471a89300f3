import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../../models/domain/errors.js';
import { logCdf } from '../../../models/stats/normal.js';
import { normalQuantile } from '../../../models/stats/normal-quantile.js';
import { golden, relativeError } from '../../support/golden.js';

describe('normal quantile', () => {
  // mpmath 1.4.1, 60 digits, by Newton steps on ncdf: for the double p itself, at both sides of each branch point.
  it.each([
    [5e-324, -38.467405617144344],
    [1e-310, -37.663060331949524],
    [1e-100, -21.273453560965326],
    [0.001, -3.0902323061678136],
    [0.075, -1.439531470938456],
    [0.0750001, -1.4395307645017297],
    [0.4, -0.2533471031357997],
    [0.49999999, -2.5066282733116222e-8],
    [0.9, 1.2815515655446006],
    [1 - 2 ** -53, 8.209536151601387],
  ])('of %d', (p, z) => {
    expect(relativeError(normalQuantile(p), z)).toBeLessThan(1e-15);
  });

  it('multi-precision', () => {
    const cases = golden('special-normal-quantile').cases as unknown as { p: number; z: number }[];
    expect(cases.length).toBeGreaterThan(0);
    for (const { p, z } of cases) {
      const error = z === 0 ? Math.abs(normalQuantile(p)) : relativeError(normalQuantile(p), z);
      expect(error, `p = ${p}`).toBeLessThan(1e-14);
    }
  });

  it('is undone by log Φ over the whole lower tail', () => {
    fc.assert(
      fc.property(fc.double({ min: -740, max: Math.log(0.5), noNaN: true }), (logP) => {
        const p = Math.exp(logP);
        // log Φ turns a relative error e of z into about z²·e, and log p of a subnormal p is what p still says.
        const z = normalQuantile(p);
        expect(Math.abs(logCdf(z) - Math.log(p))).toBeLessThan(2e-15 * (1 + z * z));
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it('is odd about one half, and rises', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 52 - 1 }), fc.integer({ min: 1, max: 2 ** 30 }), (k, step) => {
        // Multiples of 2^-53 whose complement is exact.
        const p = k / 2 ** 53;
        expect(normalQuantile(1 - p)).toBe(-normalQuantile(p));
        const next = Math.min(0.5, p + (step / 2 ** 30) * p + 2 ** -50);
        if (next > p) expect(normalQuantile(next)).toBeGreaterThanOrEqual(normalQuantile(p));
      }),
      { seed: 3, numRuns: 1000 },
    );
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalQuantile(0.5)).toBe(0);
  });

  it('refuses what is no probability', () => {
    for (const p of [-1e-300, 1.1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => normalQuantile(p)).toThrow(NumericalError);
  });
});
