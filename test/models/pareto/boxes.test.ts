import { describe, expect, it } from 'vitest';
import { boxesLeft } from '../../../models/pareto/boxes.js';
import { hypervolume } from '../../../models/pareto/hypervolume.js';
import { Generator } from '../../../models/random/generator.js';

/** By how much a point adds to the hypervolume, by the boxes. */
function gain({ coordinates, ranges, count }: ReturnType<typeof boxesLeft>, y: readonly number[]): number {
  const m = y.length;
  let sum = 0;
  for (let b = 0; b < count; b++)
    sum += y.reduce((product, value, k) => {
      const [from, to] = [ranges[(b * m + k) * 2]!, ranges[(b * m + k) * 2 + 1]!];
      return product * Math.max(0, coordinates[k]![to]! - Math.max(value, coordinates[k]![from]!));
    }, 1);
  return sum;
}

describe('boxes that a front leaves', () => {
  it.each([1, 2, 3, 4])('tell of %i objectives what a point adds to the hypervolume, ties and all', (m) => {
    const random = new Generator(m, 'boxes');
    const reference = new Float64Array(m).fill(8);
    for (const n of [0, 1, 2, 5, 12]) {
      const draw = () =>
        Array.from({ length: m }, () => (n === 12 ? random.uniform() * 9 : Math.round(random.uniform() * 9)));
      const rows = Array.from({ length: n }, draw);
      const points = { losses: Float64Array.from(rows.flat()), m };
      const boxes = boxesLeft(points, reference);
      for (let i = 0; i < 40; i++) {
        const y = draw();
        const more = hypervolume({ losses: Float64Array.from([...rows, y].flat()), m }, reference);
        expect(gain(boxes, y)).toBeCloseTo(more - hypervolume(points, reference), 8);
      }
    }
  });

  it('are n + 1 strips for two objectives, and few for three', () => {
    const front = Array.from({ length: 10 }, (_, i) => [i, 10 - i]);
    expect(boxesLeft({ losses: Float64Array.from(front.flat()), m: 2 }, [20, 20]).count).toBe(11);
    const random = new Generator(3, 'sphere');
    const sphere = Array.from({ length: 30 }, () => {
      const x = Array.from({ length: 3 }, () => Math.abs(random.normal()));
      const size = Math.hypot(...x);
      return x.map((one) => 1 - one / size);
    });
    expect(boxesLeft({ losses: Float64Array.from(sphere.flat()), m: 3 }, [2, 2, 2]).count).toBeLessThan(140);
  });
});
