import { expect, test } from 'vitest';
import { augmentedBranin, branin } from '../../../models/problems/branin.js';

test('branin has its published minimum at its three published places', () => {
  // Virtual Library of Simulation Experiments: 0.397887 at (−π, 12.275), (π, 2.275), (9.42478, 2.475).
  const problem = branin.of(2);
  expect(problem.minimum).toBeCloseTo(0.397887, 6);
  expect(problem.minimisers).toHaveLength(3);
  for (const place of [
    [-Math.PI, 12.275],
    [Math.PI, 2.275],
    [9.42478, 2.475],
  ])
    expect(problem.evaluate(place, [])).toBeCloseTo(0.397887, 6);
});

test('branin at points worked out by hand', () => {
  // x = (0, 0): (0 − 0 + 0 − 6)² + 10·(1 − 1/(8π)) + 10 = 56 − 10/(8π)
  expect(branin.of(2).evaluate([0, 0], [])).toBeCloseTo(56 - 10 / (8 * Math.PI), 12);
  // x = (0, 6) leaves the square zero.
  expect(branin.of(2).evaluate([0, 6], [])).toBeCloseTo(20 - 10 / (8 * Math.PI), 12);
});

test('the fidelity moves the curvature: at x₁ = 0 it does not matter', () => {
  const problem = augmentedBranin.of(2);
  expect(problem.evaluate([0, 3], [0])).toBe(problem.evaluate([0, 3], [1]));
  // x = (π, 0): the square is (−π²·(b − 0.1·(1 − s)) + 5 − 6)², with b·π² = 5.1/4.
  const square = (s: number) => (-5.1 / 4 + 0.1 * (1 - s) * Math.PI ** 2 + 5 - 6) ** 2;
  const gap = problem.evaluate([Math.PI, 0], [0.25]) - problem.evaluate([Math.PI, 0], [1]);
  expect(gap).toBeCloseTo(square(0.25) - square(1), 12);
});
