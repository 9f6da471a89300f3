import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp } from '../../../models/stats/exp.js';
import { relativeError } from '../../support/golden.js';

describe('exp', () => {
  it('agrees with Math.exp', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 0, noNaN: true }), (x) => {
        expect(relativeError(exp(x), Math.exp(x))).toBeLessThan(1e-15);
      }),
      { seed: 1, numRuns: 5000 },
    );
    expect(exp(0)).toBe(1);
  });

  it('stays above 0 however low, and passes NaN on', () => {
    for (const x of [-701, -1e6, Number.NEGATIVE_INFINITY]) expect(exp(x)).toBe(exp(-700));
    expect(exp(Number.NaN)).toBeNaN();
  });
});
