import { expect, test } from 'vitest';
import { ackley, griewank, levy, rastrigin, styblinskiTang } from '../../../models/problems/many-minima.js';

test('the minima in any number of dimensions', () => {
  for (const d of [1, 2, 5, 20]) {
    const at = (family: typeof ackley, value: number) => family.of(d).evaluate(Array(d).fill(value), []);
    expect(at(ackley, 0)).toBeCloseTo(0, 14);
    expect(at(levy, 1)).toBeCloseTo(0, 14);
    expect(at(rastrigin, 0)).toBeCloseTo(0, 12);
    expect(at(griewank, 0)).toBe(0);
    // Wikipedia, Test functions for optimization: between −39.16617·d and −39.16616·d at −2.903534.
    expect(at(styblinskiTang, -2.903534) / d).toBeCloseTo(-39.166165, 5);
    expect(styblinskiTang.of(d).minimum / d).toBeCloseTo(-39.166165, 5);
  }
});

test('points worked out by hand', () => {
  // Ackley at (1, 1): cos(2π) = 1, so −20·exp(−0.2) − e + 20 + e.
  expect(ackley.of(2).evaluate([1, 1], [])).toBeCloseTo(20 - 20 * Math.exp(-0.2), 12);
  // Lévy at 5 in one dimension: w = 2, sin²(2π) + 1·(1 + sin²(4π)) = 1.
  expect(levy.of(1).evaluate([5], [])).toBeCloseTo(1, 12);
  // Lévy at (5, 1): w = (2, 1), sin²(2π) + 1·(1 + 10·sin²(2π + 1)).
  expect(levy.of(2).evaluate([5, 1], [])).toBeCloseTo(1 + 10 * Math.sin(1) ** 2, 12);
  expect(rastrigin.of(2).evaluate([1, 2], [])).toBeCloseTo(5, 12);
  expect(rastrigin.of(1).evaluate([0.5], [])).toBeCloseTo(20.25, 12);
  // Griewank at (π, √2·π): (π² + 2π²)/4000 − cos(π)·cos(π) + 1.
  expect(griewank.of(2).evaluate([Math.PI, Math.SQRT2 * Math.PI], [])).toBeCloseTo((3 * Math.PI ** 2) / 4000, 12);
  expect(styblinskiTang.of(2).evaluate([1, 2], [])).toBe((1 - 16 + 5 + 16 - 64 + 10) / 2);
});
