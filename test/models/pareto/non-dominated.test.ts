import { expect, it } from 'vitest';
import { nonDominated, within } from '../../../models/pareto/non-dominated.js';

const points = (rows: number[][]) => ({ losses: Float64Array.from(rows.flat()), m: rows[0]!.length });

it('keeps what none beats, of equal points the first', () => {
  expect(
    nonDominated(
      points([
        [1, 3],
        [2, 2],
        [2, 3],
        [3, 1],
        [2, 2],
      ]),
    ),
  ).toEqual([0, 1, 3]);
  expect(
    nonDominated(
      points([
        [1, 3, 1],
        [2, 2, 1],
        [2, 3, 1],
        [3, 1, 0],
        [2, 2, 1],
      ]),
    ),
  ).toEqual([0, 1, 3]);
  expect(nonDominated(points([[2], [1], [1]]))).toEqual([1]);
});

it('counts as within a reference what is better in every objective', () => {
  expect(
    within(
      points([
        [1, 1],
        [2, 1],
        [1, 2],
      ]),
      [2, 2],
    ),
  ).toEqual([0]);
  expect(() => within(points([[1, 1]]), [2])).toThrow(/a reference of 1 for 2 objectives/);
  expect(() => nonDominated({ losses: Float64Array.of(1, 2, 3), m: 2 })).toThrow(/3 losses are no points of 2/);
});
