import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erfcx } from '../../../models/stats/erfcx.js';
import { cdf, inverseMillsRatio, log1mexp, logCdf, logImprovement } from '../../../models/stats/normal.js';
import { golden, relativeError } from '../../support/golden.js';

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
  });

  // mpmath 1.4.1, 60 digits: log(-expm1(x)), at both sides of the branch point.
  it.each([
    [-1e-300, -690.7755278982137],
    [-1e-10, -23.025850929990458],
    [-1e-5, -11.512930464966061],
    [-0.1, -2.3521684610440907],
    [-Math.LN2, -Math.LN2],
    [-0.7, -0.6863410028083852],
    [-3, -0.05106918094270159],
    [-40, -4.248354255291589e-18],
    [-800, 0],
  ])('log1mexp(%d)', (x, value) => {
    expect(relativeError(log1mexp(x), value)).toBeLessThan(1e-15);
  });

  // mpmath 1.4.1, 60 digits: npdf(u)/ncdf(u).
  it.each([
    [-1e8, 100000000.00000001],
    [-1e4, 10000.000099999997],
    [-40, 40.02496884720726],
    [-3, 3.2830986549304364],
    [-0.5, 1.1410777703680646],
    [0, 0.7978845608028654],
    [0.5, 0.5091604338370335],
    [3, 0.004437839042125664],
    [10, 7.694598626706419e-23],
    [30, 1.4736461348785476e-196],
  ])('φ/Φ at %d', (u, value) => {
    expect(relativeError(inverseMillsRatio(u), value)).toBeLessThan(1e-13);
  });

  it('multi-precision erfcx', () => {
    for (const { x, erfcx: value } of golden('special-erfcx').cases as unknown as { x: number; erfcx: number }[])
      expect(relativeError(erfcx(x), value), `x = ${x}`).toBeLessThan(1e-14);
  });

  it('multi-precision log EI and log Φ', () => {
    type Case = { u: number; logEI: number; logPhi: number };
    for (const { u, logEI, logPhi } of golden('special-log-ei').cases as unknown as Case[]) {
      expect(relativeError(logImprovement(u), logEI), `log EI at ${u}`).toBeLessThan(1e-12);
      expect(relativeError(logCdf(u), logPhi), `log Φ at ${u}`).toBeLessThan(1e-12);
    }
  });
});
