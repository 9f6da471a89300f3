import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalCell } from '../../../../models/acquisition/goals/normal-cell.js';

/** The same by Simpson's rule, with its slope by the mean: of a standard normal, in units of the density at the near end. */
function summed(a: number, b: number) {
  const near = a > 0 ? a : Math.min(b, 0);
  const [from, to] = [Math.max(a, near - 50), Math.min(b, near + 50)];
  const n = 20_000;
  const h = (to - from) / n;
  let [sum, first] = [0, 0];
  for (let i = 0; i <= n; i++) {
    const x = from + i * h;
    const term = (i % 2 === 1 ? 4 : i === 0 || i === n ? 1 : 2) * (b - x) * Math.exp((near * near - x * x) / 2);
    sum += term;
    first += term * x;
  }
  return { log: Math.log((sum * h) / 3) - 0.5 * near * near - 0.5 * Math.log(2 * Math.PI), byMean: first / sum };
}

it('is the expectation within a cell, however far the mean lies from it and however narrow it is', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -30, max: 30, noNaN: true }),
      fc.double({ min: -6, max: 1.5, noNaN: true }),
      (a, size) => {
        const b = a + 10 ** size;
        const expected = summed(a, b);
        const own = normalCell(a, b, 0, 1);
        expect(Math.abs(own.log - expected.log)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected.log)));
        expect(Math.abs(own.byMean - expected.byMean)).toBeLessThan(1e-8 * (1 + Math.abs(expected.byMean)));
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

it('is the same in other units', () => {
  const one = normalCell(8, 9, 0, 1);
  const other = normalCell(103 + 8e-3, 103 + 9e-3, 103, 1e-6);
  expect(other.log).toBeCloseTo(one.log + Math.log(1e-3), 6);
  expect(other.byMean).toBeCloseTo(one.byMean * 1e3, 4);
  expect(other.byVariance * 1e-6).toBeCloseTo(one.byVariance, 6);
});

it('is nothing of an empty cell, and finite a million standard deviations away', () => {
  expect(normalCell(2, 2, 0, 1).log).toBe(Number.NEGATIVE_INFINITY);
  for (const [low, high] of [
    [1, 2],
    [-2, -1],
    [-1, 1],
    [1, 1 + 1e-9],
  ] as const)
    for (const part of Object.values(normalCell(low, high, 0.1, 1e-14))) expect(part).toSatisfy(Number.isFinite);
});
