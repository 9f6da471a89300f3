import { describe, expect, it } from 'vitest';
import { sobol } from '../../../models/random/sobol.js';
import { golden, hasGolden } from '../../support/golden.js';

describe('sobol', () => {
  it('starts as the van der Corput sequence in the first dimension', () => {
    expect([...sobol(8, 1)]).toEqual([0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125]);
  });

  it.skipIf(!hasGolden('sobol-unscrambled'))('is the Joe-Kuo sequence (skipped without the reference folder)', () => {
    const points = golden('sobol-unscrambled').cases[0]!.points as number[][];
    const d = points[0]!.length;
    expect([...sobol(points.length, d)]).toEqual(points.flat());
  });

  it('stays balanced when scrambled: each half, quarter and eighth of every axis gets its share', () => {
    const d = 256;
    const n = 64;
    const points = sobol(n, d, 7);
    for (let j = 0; j < d; j++) {
      const cells = new Array<number>(n).fill(0);
      for (let i = 0; i < n; i++) cells[Math.floor(points[i * d + j]! * n)]!++;
      expect(
        cells.every((count) => count === 1),
        `dimension ${j}`,
      ).toBe(true);
    }
  });

  it('gives other points for another seed, the same for the same, and none outside [0, 1)', () => {
    expect([...sobol(16, 3, 1)]).toEqual([...sobol(16, 3, 1)]);
    expect([...sobol(16, 3, 1)]).not.toEqual([...sobol(16, 3, 2)]);
    expect(sobol(1024, 5, 3).every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it('refuses more dimensions than it knows', () => {
    expect(() => sobol(4, 257)).toThrow(/257/);
  });
});
