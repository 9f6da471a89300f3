import { describe, expect, it } from 'vitest';
import { RowNoise } from '../../../../models/surrogate/noise/row-noise.js';

describe('noise of rows', () => {
  const noise = new RowNoise(Float64Array.of(Number.NaN, 0.04, 0), Float64Array.of(2, 3, 1));

  it('is the known one, or the learned one times the ratio', () => {
    expect([0, 1, 2].map((row) => noise.variance(row, 0.1))).toEqual([0.2, 0.04, 1e-8]);
  });

  it('moves with the logarithm of the known one above its floor', () => {
    expect([0, 1, 2].map((row) => noise.slopeByKnown(row))).toEqual([0, 0.04, 0]);
  });

  it('of a measurement to come is the mean of the known ones where all are known', () => {
    const levels = Int32Array.of(0, 1, 1);
    expect([0, 1, 2].map((level) => noise.typical(levels, level))).toEqual([NaN, (0.04 + 1e-8) / 2, NaN]);
  });

  it('grows by further rows, and can be of some rows alone', () => {
    const more = noise.extended(Float64Array.of(Number.NaN, 0.3));
    expect([0, 3, 4].map((row) => more.variance(row, 0.1))).toEqual([0.2, 0.1, 0.3]);
    expect([0, 1].map((row) => more.select([4, 0]).variance(row, 0.1))).toEqual([0.3, 0.2]);
  });

  it('moves with the logarithm of the learned one where it is not known', () => {
    expect([0, 1, 2].map((row) => noise.slope(row, 0.1))).toEqual([0.2, 0, 0]);
  });
});
