import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { Heads, initialWeights } from '../../../../models/surrogate/networks/heads.js';

const shape = { heads: 3, inputs: 4, hidden: 6 };

describe('networks', () => {
  const random = new Generator(3);
  const heads = new Heads(shape, initialWeights(shape, random.split('weights')));
  const row = () => Float64Array.from({ length: 4 }, () => random.normal());

  it('begin with other weights each, which the seed says', () => {
    const again = initialWeights(shape, new Generator(3).split('weights'));
    expect(again).toEqual(heads.weights);
    const [first, second, third] = heads.means(row(), 1).map(([mean]) => mean!) as [number, number, number];
    expect(new Set([first, second, third]).size).toBe(3);
    expect(heads.weights.b1.every((value) => value === 0)).toBe(true);
  });

  it('say of many rows what they say of each', () => {
    const rows = [row(), row(), row()];
    const together = heads.means(Float64Array.from(rows.flatMap((one) => [...one])), 3);
    rows.forEach((one, i) => {
      heads.means(one, 1).forEach(([mean], k) => {
        expect(together[k]![i]).toBe(mean);
      });
    });
  });

  it('have the slopes of their central differences', () => {
    const at = row();
    heads.slopes(at).forEach((slopes, k) => {
      slopes.forEach((slope, j) => {
        const moved = (by: number) =>
          heads.means(
            at.map((value, c) => (c === j ? value + by : value)),
            1,
          )[k]![0]!;
        expect(slope).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8);
      });
    });
  });
});
