import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fatmax, logFatmoid, logFatplus, type Sloped } from '../../../models/stats/fat.js';

const real = (size: number) => fc.double({ min: -size, max: size, noNaN: true });

/** Compares the slope with a central difference of step `step`. */
function expectSlope(f: (x: number) => Sloped, x: number, step: number): void {
  const difference = (f(x + step).value - f(x - step).value) / (2 * step);
  expect(Math.abs(f(x).slope - difference), `at ${x}`).toBeLessThan(1e-6 * Math.max(1, Math.abs(difference)));
}

describe('fat positive part', () => {
  it('has the slope of its central difference, and rises everywhere', () => {
    fc.assert(
      fc.property(real(30), real(30), (x, other) => {
        expectSlope((y) => logFatplus(y, 0.7), x, 1e-5);
        expect(logFatplus(x, 0.7).slope).toBeGreaterThan(0);
        if (x < other) expect(logFatplus(x, 0.7).value).toBeLessThanOrEqual(logFatplus(other, 0.7).value);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('is the formula as it is written', () => {
    for (const y of [-12, -3, -0.5, 0, 0.2, 1, 9]) {
      const written = Math.log(0.3 * (Math.log(1 + Math.exp(y)) + 0.1 / (1 + y * y)));
      expect(logFatplus(0.3 * y, 0.3).value).toBeCloseTo(written, 13);
    }
  });

  it('is log x far above its width, and log(0.1·τ³/x²) far below 0, however far', () => {
    expect(logFatplus(2).value).toBeCloseTo(Math.log(2), 12);
    expect(logFatplus(2).slope).toBeCloseTo(0.5, 10);
    for (const x of [-1e-3, -1, -99, -101, -1e200]) {
      expect(logFatplus(x).value).toBeCloseTo(Math.log(0.1) + 3 * Math.log(1e-6) - 2 * Math.log(-x), 5);
      expect(logFatplus(x).slope * x).toBeCloseTo(-2, 5);
    }
    // On both sides of the change of formula at y = −1e8.
    expect(logFatplus(-100 * (1 + 1e-12)).value).toBeCloseTo(logFatplus(-100 * (1 - 1e-12)).value, 10);
  });
});

describe('fat maximum', () => {
  const terms = fc.array(real(1), { minLength: 1, maxLength: 6 });

  it('lies from the maximum to τ·log n above it, and does not depend on the order', () => {
    fc.assert(
      fc.property(terms, fc.constantFrom(1, 2, 4), (x, alpha) => {
        const slopes = new Float64Array(x.length);
        const value = fatmax(x, slopes, 0.05, alpha);
        const largest = Math.max(...x);
        expect(value).toBeGreaterThanOrEqual(largest);
        expect(value).toBeLessThanOrEqual(largest + 0.05 * Math.log(x.length) + 1e-15);
        expect(fatmax([...x].reverse(), slopes, 0.05, alpha)).toBeCloseTo(value, 13);
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it('has slopes that agree with central differences, are not negative and add up to 1', () => {
    fc.assert(
      fc.property(terms, fc.constantFrom(1, 2, 4), (x, alpha) => {
        const [first = 0, second = -9] = [...x].sort((a, b) => b - a);
        // With three terms or more there is a small kink where the largest two are equal.
        fc.pre(first - second > 1e-6);
        const slopes = new Float64Array(x.length);
        const other = new Float64Array(x.length);
        fatmax(x, slopes, 0.05, alpha);
        expect(slopes.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        x.forEach((_, i) => {
          const at = (shift: number) => fatmax(x.with(i, x[i]! + shift), other, 0.05, alpha);
          expect(slopes[i]!).toBeGreaterThanOrEqual(0);
          expect(Math.abs(slopes[i]! - (at(1e-7) - at(-1e-7)) / 2e-7)).toBeLessThan(1e-4);
        });
      }),
      { seed: 13, numRuns: 300 },
    );
  });

  it('shares the slope where terms are equal, and keeps one for terms far below', () => {
    const slopes = new Float64Array(2);
    expect(fatmax([3, 3], slopes)).toBeCloseTo(3 + 0.01 * Math.LN2, 14);
    expect([...slopes]).toEqual([0.5, 0.5]);
    fatmax([0, -50], slopes);
    // −p′(z) is 4/z³ to a share of 3/z far below, z = 5000.
    expect(Math.abs(slopes[1]! / (4 / 5000 ** 3) - 1)).toBeLessThan(4 / 5000);
  });

  it('takes infinite terms, and refuses none or too little room', () => {
    const slopes = new Float64Array(2);
    expect(fatmax([1, Number.NEGATIVE_INFINITY], slopes)).toBe(1);
    expect([...slopes]).toEqual([1, 0]);
    expect(fatmax([1, Number.POSITIVE_INFINITY], slopes)).toBe(Number.POSITIVE_INFINITY);
    expect(fatmax(new Float64Array(2).fill(Number.NEGATIVE_INFINITY), slopes)).toBe(Number.NEGATIVE_INFINITY);
    expect([...slopes]).toEqual([0, 0]);
    expect(() => fatmax([], new Float64Array())).toThrow(/0 terms/);
    expect(() => fatmax([1], slopes)).toThrow(/room for 2/);
  });
});

describe('fat sigmoid', () => {
  it('has the slope of its central difference, and rises everywhere', () => {
    fc.assert(
      fc.property(real(30), real(30), (x, other) => {
        expectSlope(logFatmoid, x, 1e-5);
        expect(logFatmoid(x).slope).toBeGreaterThan(0);
        if (x < other) expect(logFatmoid(x).value).toBeLessThanOrEqual(logFatmoid(other).value);
      }),
      { seed: 14, numRuns: 500 },
    );
  });

  it('is a half at 0, adds up to 1 with its mirror image, and has power-law tails', () => {
    expect(Math.exp(logFatmoid(0).value)).toBeCloseTo(0.5, 15);
    expect(logFatmoid(-1e-12).slope).toBeCloseTo(logFatmoid(1e-12).slope, 10);
    for (const x of [0.1, 1, 7, 300])
      expect(Math.exp(logFatmoid(x).value) + Math.exp(logFatmoid(-x).value)).toBeCloseTo(1, 14);
    expect(logFatmoid(-1e200).value).toBeCloseTo(Math.log(2 / 3) - 400 * Math.LN10, 9);
    expect(logFatmoid(-1e200).slope * 1e200).toBeCloseTo(2, 10);
    expect(logFatmoid(1e200)).toEqual({ value: -0, slope: 0 });
  });
});
