import { describe, expect, it } from 'vitest';
import { RowNoise } from '../../../models/surrogate/row-noise.js';

describe('noise of rows', () => {
  const noise = new RowNoise(Float64Array.of(Number.NaN, 0.04, 0), Float64Array.of(2, 3, 1));

  it('is the known one, or the learned one times the ratio', () => {
    expect([0, 1, 2].map((row) => noise.variance(row, 0.1))).toEqual([0.2, 0.04, 1e-6]);
  });

  it('moves with the logarithm of the learned one where it is not known', () => {
    expect([0, 1, 2].map((row) => noise.slope(row, 0.1))).toEqual([0.2, 0, 0]);
  });
});
