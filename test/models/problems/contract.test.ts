import { expect, test } from 'vitest';
import { cube, diagonal } from '../../../models/problems/contract.js';

test('a cube has the same bounds on every side, a diagonal the same coordinate', () => {
  expect(cube(3, -1, 2)).toEqual([
    [-1, 2],
    [-1, 2],
    [-1, 2],
  ]);
  expect(diagonal(2, 0.5)).toEqual([0.5, 0.5]);
});
