import { expect, it } from 'vitest';
import { grubbsChance } from '../../../models/stats/grubbs.js';

it("agrees with Grubbs' critical values at 5 % on both sides", () => {
  // Grubbs and Beck 1972, Technometrics 14, 847, table 1, upper 2.5 %.
  for (const [n, g] of [
    [6, 1.887],
    [10, 2.29],
    [20, 2.709],
    [50, 3.128],
  ] as const) {
    expect(grubbsChance(g, n)).toBeCloseTo(0.05, 2);
    expect(grubbsChance(g + 0.01, n)).toBeLessThan(0.05);
    expect(grubbsChance(g - 0.01, n)).toBeGreaterThan(0.05);
  }
});

it('is 1 of what is usual and 0 of what cannot be', () => {
  expect(grubbsChance(1, 20)).toBe(1);
  expect(grubbsChance(5 / Math.sqrt(6), 6)).toBe(0);
  expect(grubbsChance(9, 6)).toBe(0);
});
