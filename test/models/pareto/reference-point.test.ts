import { expect, it } from 'vitest';
import { inferredReference } from '../../../models/pareto/reference-point.js';

const at = (rows: number[][]) => [...inferredReference({ losses: Float64Array.from(rows.flat()), m: rows[0]!.length })];

it('is the worst of the front and a tenth of its range beyond', () => {
  expect(
    at([
      [0, 10],
      [5, 0],
      [50, 50],
    ]),
  ).toEqual([5.5, 11]);
});

it('goes by all points where the front has no range, and by the size of the loss where they have none', () => {
  expect(
    at([
      [0, 0],
      [10, 20],
    ]),
  ).toEqual([1, 2]);
  expect(at([[-200, 0]])).toEqual([-180, 0.1]);
});
