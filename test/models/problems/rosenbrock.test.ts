import { expect, test } from 'vitest';
import { augmentedRosenbrock, rosenbrock } from '../../../models/problems/rosenbrock.js';

test('rosenbrock at points worked out by hand', () => {
  const at = (...x: number[]) => rosenbrock.of(x.length).evaluate(x, []);
  expect(at(1, 1, 1)).toBe(0);
  expect(at(0, 0)).toBe(1);
  expect(at(2, 2)).toBe(100 * 4 + 1);
  expect(at(0, 0, 0, 0)).toBe(3);
  expect(at(-1, 1)).toBe(4);
});

test('its two fidelities shift the two squares', () => {
  const at = (s: number, t: number) => augmentedRosenbrock.of(2).evaluate([1, 1], [s, t]);
  expect(at(1, 1)).toBe(0);
  expect(at(0, 1)).toBeCloseTo(100 * 0.1 ** 2, 12);
  expect(at(1, 0)).toBeCloseTo(0.1 ** 2, 12);
  expect(at(1, 0.5)).toBeCloseTo(0.025 ** 2, 12);
});
