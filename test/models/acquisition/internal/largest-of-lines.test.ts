import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestOfLines } from '../../../../models/acquisition/internal/largest-of-lines.js';
import { Generator } from '../../../../models/random/generator.js';
import { logDensity } from '../../../../models/stats/normal.js';

const number = fc.double({ min: -2, max: 2, noNaN: true });
const lines = fc.array(fc.tuple(number, number), { minLength: 2, maxLength: 8 });

/** E max − max by a sum over 40,001 places. */
function bySum(heights: Float64Array, slopes: Float64Array): number {
  const step = 20 / 40_000;
  let sum = 0;
  for (let k = 0; k <= 40_000; k++) {
    const z = -10 + k * step;
    sum += step * Math.exp(logDensity(z)) * heights.reduce((best, a, i) => Math.max(best, a + slopes[i]! * z), -1e9);
  }
  return sum - heights.reduce((a, b) => Math.max(a, b));
}

describe('largestOfLines', () => {
  it('is the expected rise, by a fine sum', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const [heights, slopes] = [0, 1].map((at) => Float64Array.from(given, (line) => line[at]!));
        const rise = Math.exp(largestOfLines(heights!, slopes!).log);
        expect(Math.abs(rise - bySum(heights!, slopes!))).toBeLessThan(1e-6);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('has derivatives that agree with central differences', () => {
    const random = new Generator(8);
    for (let run = 0; run < 200; run++) {
      const [heights, slopes] = [0, 1].map(() => Float64Array.from({ length: 2 + (run % 7) }, () => random.normal()));
      const { byHeight, bySlope } = largestOfLines(heights!, slopes!);
      const step = 1e-6;
      for (const i of heights!.keys()) {
        const moved = (of: Float64Array, by: number) => of.with(i, of[i]! + by);
        const rise = (a: Float64Array, b: Float64Array) => largestOfLines(a, b).log;
        const pairs = [
          [byHeight[i]!, rise(moved(heights!, step), slopes!) - rise(moved(heights!, -step), slopes!)],
          [bySlope[i]!, rise(heights!, moved(slopes!, step)) - rise(heights!, moved(slopes!, -step))],
        ] as const;
        for (const [ours, difference] of pairs)
          expect(Math.abs(ours - difference / (2 * step))).toBeLessThan(1e-4 * Math.max(1, Math.abs(ours)));
      }
    }
  });

  it('ranks where the rise rounds to zero, and says where there is none', () => {
    const far = (height: number) => largestOfLines(Float64Array.of(0, height), Float64Array.of(0, 1)).log;
    expect(far(-60)).toBeLessThan(far(-50));
    expect(Number.isFinite(far(-1e6))).toBe(true);
    const none = largestOfLines(Float64Array.of(1, 0, 1), Float64Array.of(0.5, 0.5, 0.5));
    expect(none).toEqual({
      log: Number.NEGATIVE_INFINITY,
      byHeight: new Float64Array(3),
      bySlope: new Float64Array(3),
    });
  });
});
