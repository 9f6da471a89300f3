import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearTrend } from '../../../models/linalg/linear-trend.js';
import { Generator } from '../../../models/random/generator.js';

/** n rows of p columns, and values a + slope·x₀ + noise. */
function sample(n: number, p: number, slope: number, noise: number, seed: number) {
  const random = new Generator(seed, 'trend');
  const X = Float64Array.from({ length: n * p }, () => random.uniform());
  const y = Float64Array.from({ length: n }, (_, i) => slope * (X[i * p]! - 0.5) + noise * random.normal());
  return { X, y };
}

describe('linearTrend', () => {
  it('follows a line through noise, and predicts each value about as well as the noise allows', () => {
    const { X, y } = sample(40, 3, 4, 0.1, 1);
    const trend = linearTrend(X, y)!;
    expect(Math.abs(trend.at([0.9, 0.5, 0.5]) - 1.6)).toBeLessThan(0.25);
    expect(trend.leaveOneOut).toBeLessThan(2 * 0.01);
  });

  it('leaves one out as a fit to the others would, up to their scales', () => {
    const { X, y } = sample(25, 2, 3, 0.3, 2);
    const { leaveOneOut } = linearTrend(X, y)!;
    const errors = [...y].map((value, i) => {
      const others = [...y.keys()].filter((k) => k !== i);
      const rows = Float64Array.from(others.flatMap((k) => [...X.subarray(2 * k, 2 * k + 2)]));
      const trend = linearTrend(
        rows,
        Float64Array.from(others, (k) => y[k]!),
      )!;
      return (value - trend.at(X.subarray(2 * i, 2 * i + 2))) ** 2;
    });
    const refitted = errors.reduce((sum, e) => sum + e, 0) / errors.length;
    // Columns are standardised over one row less, and predictions kept within what was seen.
    expect(Math.abs(leaveOneOut / refitted - 1)).toBeLessThan(0.15);
  });

  it('says no more than the spread where values have nothing to do with the columns', () => {
    const { X, y } = sample(40, 5, 0, 1, 3);
    expect(linearTrend(X, y)!.leaveOneOut).toBeGreaterThan(0.7);
  });

  it('says nothing without a column or a value that varies', () => {
    expect(linearTrend(new Float64Array(6).fill(2), Float64Array.of(1, 2, 3))).toBeNull();
    expect(linearTrend(Float64Array.of(1, 2, 3), new Float64Array(3))).toBeNull();
    expect(linearTrend(new Float64Array(), Float64Array.of(1, 2))).toBeNull();
  });

  it('never leaves the range of the values', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 20 }),
        fc.integer(),
        fc.double({ min: -50, max: 50, noNaN: true }),
        (n, seed, x) => {
          const { X, y } = sample(n, 2, 5, 0.2, seed);
          const value = linearTrend(X, y)!.at([x, -x]);
          expect(value).toBeGreaterThanOrEqual(Math.min(...y));
          expect(value).toBeLessThanOrEqual(Math.max(...y));
        },
      ),
      { seed: 4, numRuns: 50 },
    ));
});
