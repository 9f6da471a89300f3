import { describe, expect, it } from 'vitest';
import { normalised, onGrid } from '../../../../models/encode/curves/resample.js';

describe('curves', () => {
  it('come to one grid over the stretch that all cover, by straight lines', () => {
    const [line, broken] = onGrid(
      [
        { x: [0, 10], y: [0, 20] },
        { x: [2, 4, 12], y: [1, 3, 3] },
      ],
      5,
    )!;
    expect([...line!]).toEqual([4, 8, 12, 16, 20]);
    expect([...broken!]).toEqual([1, 3, 3, 3, 3]);
    expect(
      onGrid(
        [
          { x: [0, 1], y: [0, 1] },
          { x: [1, 2], y: [0, 1] },
        ],
        3,
      ),
    ).toBeNull();
  });

  it('come to one scale, where they have one', () => {
    const y = Float64Array.from([1, 2, 6]);
    const snv = normalised(y, 'snv')!;
    expect(snv.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(snv.reduce((sum, value) => sum + value * value, 0) / 3).toBeCloseTo(1, 12);
    expect([...normalised(y, 'area')!]).toEqual([1 / 3, 2 / 3, 2]);
    expect(normalised(y, 'none')).toBe(y);
    // What is twice as strong is the same.
    expect(
      normalised(
        y.map((value) => 2 * value + 5),
        'snv',
      )!.every((z, t) => Math.abs(z - snv[t]!) < 1e-12),
    ).toBe(true);
    expect(normalised(Float64Array.from([0.1, 0.1, 0.1]), 'snv')).toBeNull();
    expect(normalised(Float64Array.from([1, -2, 1]), 'area')).toBeNull();
  });
});
