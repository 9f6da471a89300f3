import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxValueInformation } from '../../../../models/acquisition/internal/max-value-information.js';
import { logCdf, logDensity } from '../../../../models/stats/normal.js';
import { golden, relativeError } from '../../../support/golden.js';

/** Entropy of a standard normal less that of z given f ≤ f*, by a sum of 20,001 terms. */
function byQuadrature(gamma: number, r: number): number {
  const s = Math.sqrt(1 - r * r);
  const step = 24 / 20_000;
  let entropy = 0;
  for (let k = 0; k <= 20_000; k++) {
    const z = -12 + k * step;
    const log = logDensity(z) + logCdf((gamma - r * z) / s) - logCdf(gamma);
    entropy -= step * Math.exp(log) * log;
  }
  return 0.5 * Math.log(2 * Math.PI * Math.E) - entropy;
}

const gamma = fc.double({ min: -6, max: 5, noNaN: true });
const r = fc.double({ min: 1e-3, max: 0.9999, noNaN: true });

describe('maxValueInformation', () => {
  it('is the fall of entropy, by a fine quadrature', () => {
    fc.assert(
      fc.property(gamma, r, (g, c) => {
        const exact = byQuadrature(g, c);
        // The quadrature itself is good to about 1e-12.
        expect(Math.abs(Math.exp(maxValueInformation(g, c).log) - exact)).toBeLessThan(1e-6 * exact + 2e-12);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('has derivatives that agree with central differences', () => {
    fc.assert(
      fc.property(gamma, r, (g, c) => {
        const { byGamma, byR } = maxValueInformation(g, c);
        const step = 1e-6;
        const slopeG = (maxValueInformation(g + step, c).log - maxValueInformation(g - step, c).log) / (2 * step);
        // Relative to the distance from 1, where the slope grows without bound.
        const near = step * Math.min(c, 1 - c);
        const slopeR = (maxValueInformation(g, c + near).log - maxValueInformation(g, c - near).log) / (2 * near);
        expect(Math.abs(byGamma - slopeG)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slopeG)));
        expect(Math.abs(byR - slopeR)).toBeLessThan(2e-3 * Math.max(1, Math.abs(slopeR)));
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it('goes over into the closed form of the target itself, and vanishes with the correlation', () => {
    const g = 0.7;
    const closed = maxValueInformation(g, 1).log;
    expect(maxValueInformation(g, 1 - 1e-12).log).toBeCloseTo(closed, 5);
    expect(maxValueInformation(g, 0).log).toBe(Number.NEGATIVE_INFINITY);
    expect(maxValueInformation(g, 0.02 - 1e-9).log).toBeCloseTo(maxValueInformation(g, 0.02 + 1e-9).log, 6);
    expect(maxValueInformation(g, 1e-7).log).toBeCloseTo(maxValueInformation(g, 1e-5).log - 2 * Math.log(100), 6);
  });

  it('is finite and continuous where an improvement is all but impossible, and where it is certain', () => {
    for (const c of [0.1, 0.6, 0.9, 1]) {
      expect(maxValueInformation(8 + 1e-9, c).log).toBeCloseTo(maxValueInformation(8, c).log, 6);
      expect(Number.isFinite(maxValueInformation(1e7, c).log)).toBe(true);
      expect(Number.isFinite(maxValueInformation(-1e7, c).log)).toBe(true);
    }
  });

  it('agrees with reference values at several fidelities', () => {
    const cases = golden('multi-fidelity-mes').cases as unknown as Record<string, number>[];
    expect(cases.length).toBeGreaterThan(0);
    for (const c of cases) {
      const low = c.sdLow! ** 2;
      const noisy = Math.abs(c.correlation!) * Math.sqrt(low / (low + c.noiseVarianceLow!));
      const at = (c.maxValue! - c.meanTarget!) / c.sdTarget!;
      expect(Math.abs(Math.exp(maxValueInformation(at, noisy).log) - c.informationGain!)).toBeLessThan(1e-4);
    }
  });

  it('agrees with reference values at the target', () => {
    const cases = golden('max-value-entropy').cases as unknown as Record<
      'mean' | 'sd' | 'maxValues' | 'mes',
      number[]
    >[];
    expect(cases.length).toBeGreaterThan(0);
    for (const { mean, sd, maxValues, mes } of cases)
      mes.forEach((expected, i) => {
        const all = maxValues.map((y) => Math.exp(maxValueInformation((y - mean[i]!) / sd[i]!, 1).log));
        // What is far below 1 is beyond what the reference itself can tell: it adds numbers of either sign.
        if (expected > 1e-6)
          expect(relativeError(all.reduce((a, b) => a + b) / all.length, expected)).toBeLessThan(1e-10);
      });
  });
});
