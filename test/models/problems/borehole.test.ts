import { expect, test } from 'vitest';
import { augmentedBorehole } from '../../../models/problems/borehole.js';

const { bounds, evaluate, minimum } = augmentedBorehole.of(8);

test('the flow of the two codes at the middle of the ranges, step by step', () => {
  const middle = bounds.map(([low, high]) => (low + high) / 2);
  expect(middle).toEqual([0.1, 25_050, 89_335, 1_050, 89.55, 760, 1_400, 10_950]);
  const log = Math.log(250_500);
  const wall = (2 * 1_400 * 89_335) / (log * 0.01 * 10_950);
  const drop = 89_335 * 290;
  const high = (2 * Math.PI * drop) / (log * (1 + wall + 89_335 / 89.55));
  const low = (5 * drop) / (log * (1.5 + wall + 89_335 / 89.55));
  expect(evaluate(middle, [1])).toBeCloseTo(-high, 10);
  expect(evaluate(middle, [0])).toBeCloseTo(-low, 10);
  expect(evaluate(middle, [0.25])).toBeCloseTo(-(0.25 * high + 0.75 * low), 10);
});

test('the extremes over the ranges are those known', () => {
  // 309.5756 and 7.8197, all corners evaluated.
  const corners = Array.from({ length: 256 }, (_, i) => bounds.map((ends, j) => ends[(i >> j) & 1]!));
  const flows = corners.map((x) => -evaluate(x, [1]));
  expect(Math.max(...flows)).toBeCloseTo(309.5756, 4);
  expect(Math.min(...flows)).toBeCloseTo(7.8197, 4);
  expect(minimum).toBe(-Math.max(...flows));
});
