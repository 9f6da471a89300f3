import { describe, expect, it } from 'vitest';
import { independentNormalDraws, normalDraws } from '../../../models/random/normal-draws.js';

/** Mean, variance and mean fourth power of column j. */
function moments(draws: Float64Array, d: number, j: number) {
  const column = draws.filter((_, at) => at % d === j);
  const mean = (power: number) => column.reduce((sum, z) => sum + z ** power, 0) / column.length;
  return { mean: mean(1), second: mean(2), fourth: mean(4) };
}

describe('normal draws', () => {
  it('have the moments of standard normals, closer than independent draws would', () => {
    const draws = normalDraws(512, 7, 5);
    for (let j = 0; j < 7; j++) {
      const { mean, second, fourth } = moments(draws, 7, j);
      // Independent draws would miss the mean by 0.044 in one standard error.
      expect(Math.abs(mean)).toBeLessThan(0.01);
      expect(Math.abs(second - 1)).toBeLessThan(0.03);
      expect(Math.abs(fourth - 3)).toBeLessThan(0.4);
    }
    let product = 0;
    for (let i = 0; i < 512; i++) product += draws[i * 7]! * draws[i * 7 + 6]!;
    expect(Math.abs(product / 512)).toBeLessThan(0.05);
  });

  it('are finite, the same for the same seed and others for another', () => {
    const draws = normalDraws(1024, 3, 1);
    expect(draws.every(Number.isFinite)).toBe(true);
    expect(normalDraws(1024, 3, 1)).toEqual(draws);
    expect(normalDraws(1024, 3, 2)).not.toEqual(draws);
  });

  it('take any number of dimensions', () => {
    expect(normalDraws(4, 0, 1)).toHaveLength(0);
    const many = normalDraws(512, 1200, 3);
    expect(many).toHaveLength(512 * 1200);
    // Five standard errors of independent draws.
    expect(Math.abs(many.reduce((a, b) => a + b, 0) / many.length)).toBeLessThan(5 / Math.sqrt(many.length));
  });

  it('are independent for vectors of one call', () => {
    const [a, b] = independentNormalDraws(512, [1, 2], 4);
    expect([a!.length, b!.length]).toEqual([512, 1024]);
    const product = (f: (i: number) => number) =>
      Array.from({ length: 512 }, (_, i) => f(i)).reduce((x, y) => x + y) / 512;
    expect(Math.abs(product((i) => a![i]! * b![2 * i]!))).toBeLessThan(0.05);
    expect(Math.abs(product((i) => a![i]! * b![2 * i + 1]!))).toBeLessThan(0.05);
    expect(product((i) => a![i]! ** 2)).toBeCloseTo(1, 1);
    expect(independentNormalDraws(8, [3], 4)[0]).toEqual(normalDraws(8, 3, 4));
  });
});
