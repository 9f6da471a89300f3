import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kumaraswamy } from '../../../models/kernel/kumaraswamy.js';
import { relativeError } from '../../support/golden.js';

const unit = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const concentration = fc.double({ min: 0.2, max: 5, noNaN: true });

describe('kumaraswamy', () => {
  // mpmath 1.4.1, 40 digits: 1 − (1 − x^a)^b and its derivatives by numerical differentiation; ends moved by 1e-7.
  it.each([
    [0.3, 1.5, 0.7, 0.11808001948239752, 0.6069283440545953, -0.14614504408326154, 0.15830961573220972],
    [0.9, 0.4, 2.5, 0.9996540237388186, 0.008930633666265574, -0.00211710637851499, 0.0011028533594160102],
    [0, 0.5, 0.5, 0.00015812638498523322, 790.6944446962626, -0.0025488977380591464, 0.00031622776469880545],
    [1, 0.5, 0.5, 0.9997763931995138, 1118.0340309704143, -0.00022360679489604544, 0.003759108216280155],
    [1e-3, 3, 4, 3.999999994e-9, 1.1999999964e-5, -2.7631021033035487e-8, 9.999999965000002e-10],
  ])('x = %d, a = %d, b = %d', (x, a, b, value, byX, byA, byB) => {
    const warped = kumaraswamy(x, a, b);
    // At x = 1, 1 − x^a has a relative error of 2^-53/1e-7; 1e-9 of it enters the derivatives.
    const tolerance = x === 1 ? 1e-8 : 1e-12;
    expect(relativeError(warped.value, value)).toBeLessThan(tolerance);
    expect(relativeError(warped.byX, byX)).toBeLessThan(tolerance);
    expect(relativeError(warped.byA, byA)).toBeLessThan(tolerance);
    expect(relativeError(warped.byB, byB)).toBeLessThan(tolerance);
  });

  it('is the identity at a = b = 1, but for the ends', () => {
    fc.assert(
      fc.property(unit, (x) => {
        const warped = kumaraswamy(x, 1, 1);
        expect(Math.abs(warped.value - x)).toBeLessThan(1e-15);
        expect(Math.abs(warped.byX - 1)).toBeLessThan(1e-14);
      }),
      { seed: 1 },
    );
  });

  it('rises from 0 to 1, and is finite with its derivatives at the ends', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), concentration, concentration, (x, a, b) => {
        const warped = kumaraswamy(x, a, b);
        expect(Object.values(warped).every(Number.isFinite)).toBe(true);
        expect(warped.value >= 0 && warped.value <= 1 && warped.byX >= 0).toBe(true);
        expect(kumaraswamy(Math.min(1, x + 0.01), a, b).value).toBeGreaterThanOrEqual(warped.value);
      }),
      { seed: 2 },
    );
  });

  it('has derivatives that agree with central differences', () => {
    fc.assert(
      fc.property(unit, concentration, concentration, (x, a, b) => {
        const step = 1e-6;
        const central = (shift: (by: number) => number) => (shift(step) - shift(-step)) / (2 * step);
        const { byX, byA, byB } = kumaraswamy(x, a, b);
        const pairs = [
          [byX, central((by) => kumaraswamy(x + by * x, a, b).value) / x],
          [byA, central((by) => kumaraswamy(x, a + by, b).value)],
          [byB, central((by) => kumaraswamy(x, a, b + by).value)],
        ] as const;
        // Rounding of the difference is about 1e-16/1e-6, 1e-8 by x at its least; truncation is below it.
        for (const [ours, difference] of pairs)
          expect(Math.abs(ours - difference)).toBeLessThan(1e-7 * Math.max(1, Math.abs(difference)));
      }),
      { seed: 3 },
    );
  });
});
