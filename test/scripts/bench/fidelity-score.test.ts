import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costsTo, geometricMean, ratioOf, seedDraws } from '../../../scripts/bench/fidelity-score.js';

/** Costs of n runs to n marks. */
const costs = (n: number) =>
  fc.array(fc.array(fc.double({ min: 0.05, max: 1.4, noNaN: true }), { minLength: n, maxLength: n }), {
    minLength: n,
    maxLength: n,
  });

describe('the ratio of medians', () => {
  it('is that of all pairs to all pairs of different seeds, and lies in its interval where all agree', () => {
    const own = [
      [0.2, 0.2],
      [0.2, 0.2],
    ];
    const single = [
      [9, 0.8],
      [0.8, 9],
    ];
    const found = ratioOf(own, single, seedDraws(2, 50));
    expect(found.ratio).toBeCloseTo(0.25, 12);
    expect(found.interval[0]).toBeCloseTo(0.25, 12);
    expect(found.interval[1]).toBeCloseTo(0.25, 12);
    // Of two seeds every second draw holds one alone, on average.
    expect(found.draws).toContain(null);
  });

  it('counts a mark never reached as the whole budget', () => {
    const never = costsTo([{ steps: [] }, { steps: [[20, 1]] }], [1, 1]);
    expect(never).toEqual([
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [0.5, 0.5],
    ]);
    expect(ratioOf(never, never, seedDraws(2, 20)).ratio).toBe(1);
  });

  it('has an interval whose ends are in order and grow with the costs', () => {
    fc.assert(
      fc.property(costs(4), costs(4), (own, single) => {
        const draws = seedDraws(4, 60);
        const { interval } = ratioOf(own, single, draws);
        expect(interval[0]).toBeLessThanOrEqual(interval[1]);
        const half = ratioOf(
          own.map((row) => row.map((cost) => cost / 2)),
          single,
          draws,
        );
        expect(half.interval[1]).toBeCloseTo(interval[1] / 2, 10);
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it('has a geometric mean over sets, with the interval of the draws they share', () => {
    const of = (ratio: number, draws: (number | null)[]) => ({ ratio, interval: [0, 0] as const, draws });
    const mean = geometricMean([of(0.5, [0.5, null, 0.25]), of(2, [2, null, 1])]);
    expect(mean.ratio).toBeCloseTo(1, 12);
    // Of two values, 0.5 and 1, interpolated.
    expect(mean.interval[0]).toBeCloseTo(0.525, 12);
    expect(mean.interval[1]).toBeCloseTo(0.975, 12);
  });
});

describe('seed draws', () => {
  it('are the same every time, and hold every seed about equally often', () => {
    expect(seedDraws(5, 20)).toEqual(seedDraws(5, 20));
    const drawn = seedDraws(4).flat();
    // 1,000 of 4,000 expected of each, with a standard deviation of 27.
    for (let seed = 0; seed < 4; seed++) {
      const times = drawn.filter((one) => one === seed).length;
      expect(Math.abs(times - 1000)).toBeLessThan(5 * 27);
    }
  });
});
