import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { maxSobolDimensions, sobol } from '../../../models/random/sobol.js';
import { golden } from '../../support/golden.js';

/** Sha256 over the points as 32-bit whole numbers, little-endian. */
function hashOf(points: Float64Array): string {
  return createHash('sha256')
    .update(Uint32Array.from(points, (x) => x * 2 ** 32))
    .digest('hex');
}

describe('sobol', () => {
  it('starts as the van der Corput sequence in the first dimension', () => {
    expect([...sobol(8, 1)]).toEqual([0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125]);
  });

  it('is the Joe-Kuo sequence', () => {
    const points = golden('sobol-unscrambled').cases[0]!.points64 as number[][];
    const d = points[0]!.length;
    expect([...sobol(points.length, d)]).toEqual(points.flat().map((x) => x / 64));
  });

  // SciPy 1.17.1: stats.qmc.Sobol(1111, scramble=False, bits=32).random(2048).
  it('is the Joe-Kuo sequence in all its dimensions', () => {
    const points = sobol(2048, maxSobolDimensions);
    const at = (i: number, j: number) => points[i * maxSobolDimensions + j]! * 2 ** 32;
    expect([256, 499, 736, 1110].map((j) => at(1365, j))).toEqual([2212495360, 3701473280, 278921216, 991952896]);
    expect(hashOf(points)).toBe('003b48a1e61aeaab8363a7cd5fe0c7d4bcb545c100c5444a578dd1ef317a7483');
  });

  it('scrambles the first 256 dimensions as recorded campaigns have them', () => {
    expect(hashOf(sobol(256, 256, 7))).toBe('1f62a3338b9604283071337d295210f4584ede21f44eed66cb6a5c85f76565ce');
  });

  it('stays balanced when scrambled: each half, quarter and eighth of every axis gets its share', () => {
    const d = maxSobolDimensions;
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
    expect(() => sobol(4, 1112)).toThrow(/1112/);
  });
});
