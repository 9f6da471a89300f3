import { expect, test } from 'vitest';
import { augmentedPark } from '../../../models/problems/park.js';

const at = (x: readonly number[], fidelity: number) => augmentedPark.of(4).evaluate(x, [fidelity]);

test('park at points worked out by hand', () => {
  expect(at([0, 0, 0, 0], 1)).toBeCloseTo(0, 15);
  expect(at([0, 0.25, 0, 1], 1)).toBeCloseTo(-(0.25 + 3 * Math.E), 12);
  expect(at([0.6, 0.64, 0, 1], 1)).toBeCloseTo(-(0.2 + 3.6 * Math.E), 12);
  expect(at([0, 0, 0, 0], 0)).toBeCloseTo(-0.5, 15);
  expect(at([0, 1, 1, 0], 0)).toBeCloseTo(-2.5, 15);
  expect(at([0.6, 0.64, 0, 1], 0.5)).toBeCloseTo((at([0.6, 0.64, 0, 1], 0) + at([0.6, 0.64, 0, 1], 1)) / 2, 12);
});

test('park agrees with the published form, which divides by its first input', () => {
  const published = ([x1, x2, x3, x4]: readonly [number, number, number, number]) =>
    (x1 / 2) * (Math.sqrt(1 + ((x2 + x3 ** 2) * x4) / x1 ** 2) - 1) + (x1 + 3 * x4) * Math.exp(1 + Math.sin(x3));
  for (const x of [[0.2, 0.4, 0.6, 0.8] as const, [1e-3, 0.9, 0.1, 0.5] as const, [0.7, 0, 1, 0.3] as const])
    expect(at(x, 1)).toBeCloseTo(-published(x), 12);
});

test('the maximum is the one known', () => {
  // Digits of others' evaluation of the corner; constants in some libraries, found by search, are smaller.
  expect(augmentedPark.of(4).minimum).toBeCloseTo(-25.58925, 5);
});
