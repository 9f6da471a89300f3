import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standardiserOf } from '../../../models/encode/standardise.js';

const vectors = fc.integer({ min: 1, max: 6 }).chain((length) =>
  fc.array(
    fc.array(
      fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 8),
      { minLength: length, maxLength: length },
    ),
    {
      minLength: 2,
      maxLength: 12,
    },
  ),
);

describe('standardiser', () => {
  it('gives mean 0 and standard deviation 1, and leaves out what does not vary', () => {
    const { width, standardise } = standardiserOf([
      [1, 7, 0.1],
      [3, 7, 0.3],
    ]);
    expect(width).toBe(2);
    const [low, high] = [standardise([1, 7, 0.1]), standardise([3, 7, 0.3])];
    for (const [i, value] of [-1, -1].entries()) expect(low[i]).toBeCloseTo(value, 12);
    for (const [i, value] of [1, 1].entries()) expect(high[i]).toBeCloseTo(value, 12);
  });

  it('keeps every entry finite and within four standard deviations', () => {
    fc.assert(
      fc.property(vectors, (given) => {
        const { width, standardise } = standardiserOf(given);
        for (const vector of given) {
          const z = standardise(vector);
          expect(z).toHaveLength(width);
          expect(z.every((value) => Math.abs(value) <= 4)).toBe(true);
        }
      }),
      { seed: 5 },
    );
  });

  it('does not depend on the unit of an entry', () => {
    fc.assert(
      fc.property(vectors, fc.integer({ min: -20, max: 20 }), (given, power) => {
        // A power of two scales without rounding.
        const scaled = given.map((vector) => vector.map((value) => value * 2 ** power));
        const [a, b] = [standardiserOf(given), standardiserOf(scaled)];
        expect(a.width).toBe(b.width);
        given.forEach((vector, i) => {
          expect([...b.standardise(scaled[i]!)]).toEqual([...a.standardise(vector)]);
        });
      }),
      { seed: 6 },
    );
  });

  it('clips an outlier, and knows no entry of equal vectors or of none', () => {
    const many = [...Array.from({ length: 99 }, (_, i) => [i % 2]), [1000]];
    expect(standardiserOf(many).standardise([1000])[0]).toBe(4);
    expect(standardiserOf([[0.1], [0.1], [0.1]]).width).toBe(0);
    expect(standardiserOf([]).width).toBe(0);
  });
});
