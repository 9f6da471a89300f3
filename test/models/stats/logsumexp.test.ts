import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logsumexp } from '../../../models/stats/logsumexp.js';

const { NEGATIVE_INFINITY: minus, POSITIVE_INFINITY: plus, NaN: nan } = Number;

describe('logsumexp', () => {
  it('is the log of the sum where that can be formed', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 30 }), (x) => {
        const plain = Math.log(x.reduce((sum, value) => sum + Math.exp(value), 0));
        expect(Math.abs(logsumexp(x) - plain)).toBeLessThan(1e-13);
      }),
      { seed: 1 },
    );
  });

  it('moves with a shift that would overflow or underflow, and does not depend on the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: -1e6, max: 1e6 }),
        (x, shift) => {
          // A shift of 1e6 leaves an error of 1e6 · 2^-53 in each term.
          expect(Math.abs(logsumexp(x.map((value) => value + shift)) - shift - logsumexp(x))).toBeLessThan(1e-9);
          expect(Math.abs(logsumexp([...x].reverse()) - logsumexp(x))).toBeLessThan(1e-14);
        },
      ),
      { seed: 2 },
    );
  });

  it('keeps terms far below the largest one', () => {
    // log(1 + e^-50) = e^-50 to double precision.
    expect(logsumexp([0, -50])).toBe(Math.exp(-50));
    expect(logsumexp(Float64Array.of(-50, 0, minus))).toBe(Math.exp(-50));
  });

  it('has its limits', () => {
    expect(logsumexp([])).toBe(minus);
    expect(logsumexp([minus, minus])).toBe(minus);
    expect(logsumexp([3, plus])).toBe(plus);
    expect(logsumexp([-1234])).toBe(-1234);
    expect(logsumexp([1, nan])).toBeNaN();
    expect(logsumexp([nan, plus])).toBeNaN();
  });
});
