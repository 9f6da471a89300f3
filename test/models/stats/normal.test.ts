import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erfcx } from '../../../models/stats/erfcx.js';
import { cdf, log1mexp, logCdf, logImprovement } from '../../../models/stats/normal.js';
import { golden, hasGolden, relativeError } from '../../support/golden.js';

describe('normal distribution', () => {
  // mpmath 1.3, 30 digits: exp(x^2)*erfc(x), log(ncdf(u)), log(npdf(u) + u*ncdf(u)).
  it.each([
    [0.5, 0.6156903441929259],
    [3, 0.17900115118139],
    [10, 0.05614099274382259],
  ])('erfcx(%d)', (x, value) => {
    expect(relativeError(erfcx(x), value)).toBeLessThan(1e-14);
  });

  it('log-improvement keeps its precision where EI itself is zero', () => {
    expect(relativeError(logImprovement(-40), -808.29856835662)).toBeLessThan(1e-12);
    expect(logImprovement(-1e8)).toBeLessThan(-4e15);
  });

  it('log-improvement rises with u and passes smoothly over its branch points', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e7, max: 30, noNaN: true }),
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        (u, d) => {
          expect(logImprovement(u + d)).toBeGreaterThan(logImprovement(u));
        },
      ),
      { seed: 1 },
    );
    expect(Math.abs(logImprovement(-1 + 1e-9) - logImprovement(-1 - 1e-9))).toBeLessThan(1e-8);
  });

  it('log Φ of both sides add up to one', () => {
    for (const u of [0, 0.3, 1, 4, 8]) expect(Math.abs(cdf(u) + cdf(-u) - 1)).toBeLessThan(1e-15);
    expect(log1mexp(-1e-20)).toBeCloseTo(Math.log(1e-20), 10);
  });

  it.skipIf(!hasGolden('special-erfcx'))('multi-precision erfcx (skipped without the reference folder)', () => {
    for (const { x, erfcx: value } of golden('special-erfcx').cases as unknown as { x: number; erfcx: number }[])
      expect(relativeError(erfcx(x), value), `x = ${x}`).toBeLessThan(1e-14);
  });

  it.skipIf(!hasGolden('special-log-ei'))(
    'multi-precision log EI and log Φ (skipped without the reference folder)',
    () => {
      type Case = { u: number; logEI: number; logPhi: number };
      for (const { u, logEI, logPhi } of golden('special-log-ei').cases as unknown as Case[]) {
        expect(relativeError(logImprovement(u), logEI), `log EI at ${u}`).toBeLessThan(1e-12);
        expect(relativeError(logCdf(u), logPhi), `log Φ at ${u}`).toBeLessThan(1e-12);
      }
    },
  );
});
