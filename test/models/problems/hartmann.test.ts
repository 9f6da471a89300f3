import { expect, test } from 'vitest';
import { augmentedHartmann6, hartmann3, hartmann6 } from '../../../models/problems/hartmann.js';

test('the published minima at the published places', () => {
  // Virtual Library of Simulation Experiments, pages hart3 and hart6.
  expect(hartmann3.of(3).evaluate([0.114614, 0.555649, 0.852547], [])).toBeCloseTo(-3.86278, 5);
  expect(hartmann6.of(6).evaluate([0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573], [])).toBeCloseTo(
    -3.32237,
    5,
  );
  expect(hartmann3.of(3).minimum).toBeCloseTo(-3.86278, 5);
  expect(hartmann6.of(6).minimum).toBeCloseTo(-3.32237, 5);
});

test('the minima are where the slope is zero, to what six digits of a place can tell', () => {
  for (const problem of [hartmann3.of(3), hartmann6.of(6)]) {
    const place = problem.minimisers[0]!;
    place.forEach((_, i) => {
      const at = (by: number) =>
        problem.evaluate(
          place.map((value, j) => (i === j ? value + by : value)),
          [],
        );
      // Curvature is below 200 and the place is off by up to 1e-6.
      expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5)).toBeLessThan(2e-4);
      expect(at(1e-2)).toBeGreaterThan(problem.minimum);
      expect(at(-1e-2)).toBeGreaterThan(problem.minimum);
    });
  }
});

test('lowering the fidelity takes a tenth from the first weight', () => {
  const problem = augmentedHartmann6.of(6);
  // At the centre of the first term its exponential is 1, so that the values differ by 0.1·(1 − s).
  const centre = [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886];
  expect(problem.evaluate(centre, [0]) - problem.evaluate(centre, [1])).toBeCloseTo(0.1, 12);
  expect(problem.evaluate(centre, [0.4]) - problem.evaluate(centre, [1])).toBeCloseTo(0.06, 12);
});
