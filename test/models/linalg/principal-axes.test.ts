import { expect, it } from 'vitest';
import { principalAxes } from '../../../models/linalg/principal-axes.js';
import { Generator } from '../../../models/random/generator.js';

it('of two columns that go together are their sum and their difference, with the shares (1 ± r)/2', () => {
  const rows = [
    [1, 10],
    [2, 30],
    [3, 20],
    [4, 40],
  ];
  // r = 0.8 by hand.
  const { shares, weights, scores } = principalAxes(rows, 2)!;
  expect(shares[0]).toBeCloseTo(0.9, 12);
  expect(shares[1]).toBeCloseTo(0.1, 12);
  for (const weight of weights[0]!) expect(weight).toBeCloseTo(Math.SQRT1_2, 12);
  expect(weights[1]![0]! * weights[1]![1]!).toBeCloseTo(-0.5, 12);
  expect(scores[0]![0]).toBeCloseTo(-Math.SQRT1_2 * 2 * (1.5 / Math.sqrt(1.25)), 12);
});

it('are uncorrelated, of unit length, the same in any order of rows, and leave out what does not vary', () => {
  const random = new Generator(4);
  const rows = Array.from({ length: 30 }, () => {
    const [a, b] = [random.uniform(), random.uniform()];
    return [a, 7, a + 0.2 * b, b, 100 * random.uniform()];
  });
  const { shares, weights, scores } = principalAxes(rows, 3)!;
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  expect(weights.map((axis) => axis[1])).toEqual([0, 0, 0].map((zero) => expect.closeTo(zero, 12)));
  for (const [i, one] of scores.entries())
    for (const other of scores.slice(i + 1))
      expect(one.reduce((sum, value, k) => sum + value * other[k]!, 0)).toBeCloseTo(0, 8);
  for (const axis of weights) expect(Math.hypot(...axis)).toBeCloseTo(1, 12);
  const turned = principalAxes([...rows].reverse(), 3)!;
  for (const [k, value] of turned.weights.flat().entries()) expect(value).toBeCloseTo(weights.flat()[k]!, 9);
});

it('are none where fewer than two columns vary', () => {
  expect(principalAxes([[1, 2]], 2)).toBeNull();
  expect(
    principalAxes(
      [
        [1, 2],
        [1, 3],
      ],
      2,
    ),
  ).toBeNull();
});
