import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lossScale } from '../../../../models/surrogate/contract.js';
import {
  inUnits,
  lossUnit,
  refuseNotFinite,
  transformInUnits,
} from '../../../../models/surrogate/outputs/loss-unit.js';
import { standardise } from '../../../../models/surrogate/outputs/standardise.js';
import { extremes } from '../../../support/bad-numbers.js';

describe('the unit of losses', () => {
  it('is 1 for ordinary losses, and for those that count as none', () => {
    for (const losses of [[], [0, -0], [1e-100, 0], [-1e100, 3], [1e-251], [5e-324]])
      expect(lossUnit(Float64Array.from(losses))).toBe(1);
  });

  it('leaves losses that can be squared, without rounding any', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...extremes), { minLength: 1 }), (values) => {
        const losses = Float64Array.from(values);
        const unit = lossUnit(losses);
        const size = Math.max(...losses.map(Math.abs)) / unit;
        expect(Number.isFinite(size * size * losses.length)).toBe(true);
        if (unit === 1) return;
        expect(Number.isInteger(Math.log2(unit))).toBe(true);
        expect(size).toBeGreaterThanOrEqual(0.5);
        expect(size).toBeLessThan(2);
        expect(size * unit).toBe(Math.max(...losses.map(Math.abs)));
      }),
      { seed: 12 },
    );
  });

  it('turns a scale into one of losses, level by level, and leaves it where there is nothing to turn', () => {
    expect(inUnits(lossScale, [1, 1])).toBe(lossScale);
    const scale = inUnits(lossScale, [2 ** 900, 1]);
    expect([scale.toLatent(2 ** 901, 0), scale.toLatent(3, 1), scale.toLatent(3)]).toEqual([2, 3, 3]);
    expect([scale.toLoss(2, 0), scale.toLoss(3, 1), scale.slope(7)]).toEqual([2 ** 901, 3, 1]);
    expect([scale.toLoss(1e300, 0), scale.toLoss(-1e300, 0)]).toEqual([Number.MAX_VALUE, -Number.MAX_VALUE]);
  });

  it('changes no transformed value, whatever the unit', () => {
    const losses = Float64Array.of(3, -1, 0.5, 2);
    const plain = standardise.of(losses, 0);
    const large = transformInUnits(standardise, [2 ** 1000]).of(
      losses.map((loss) => loss * 2 ** 1000),
      0,
    );
    expect(large.values).toEqual(plain.values);
    expect(large.toLatent(2 ** 1000)).toBe(plain.toLatent(1));
    expect(large.toLoss(0.25)).toBe(plain.toLoss(0.25) * 2 ** 1000);
    expect(large.slope(0)).toBe(plain.slope(0) / 2 ** 1000);
    expect(transformInUnits(standardise, [1])).toBe(standardise);
  });

  it('is of no use to losses that are not finite: their row is named', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(() => refuseNotFinite(Float64Array.of(1, 2, bad, bad))).toThrow(
        `the loss of row 2 is ${bad}; finite numbers are wanted`,
      );
    expect(() => refuseNotFinite(Float64Array.of(Number.MAX_VALUE, -0))).not.toThrow();
  });
});
