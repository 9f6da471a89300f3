import { describe, expect, it } from 'vitest';
import { mapEstimate, mapEstimateOfRows } from '../../../../models/surrogate/process/map-estimate.js';

const one = { mean: 2, sd: 1, lower: -5, upper: 5, start: -3 };
const options = { previous: null, thorough: true, seed: 3 };

/** Two valleys, at −2 with value 1 and at 2 with value 0. */
const valleys = (x: Float64Array, gradient: Float64Array): number => {
  const left = (x[0]! + 2) ** 2 + 1;
  const right = (x[0]! - 2) ** 2;
  gradient[0] = left < right ? 2 * (x[0]! + 2) : 2 * (x[0]! - 2);
  return Math.min(left, right);
};

describe('map estimate', () => {
  it('takes the best of several starts, or goes on from the earlier optimum alone', () => {
    expect(mapEstimate(valleys, [one], options).x[0]).toBeCloseTo(2, 6);
    expect(mapEstimate(valleys, [one], { ...options, thorough: false }).x[0]).toBeCloseTo(-2, 6);
    expect(mapEstimate(valleys, [one], { ...options, thorough: false, previous: [1] }).x[0]).toBeCloseTo(2, 6);
  });

  it('draws from the priors where no start has a finite density, the same for the same seed', () => {
    const walled = (x: Float64Array, gradient: Float64Array) =>
      Math.abs(x[0]! - 2) < 1e-9 || x[0]! < 0 ? Number.POSITIVE_INFINITY : valleys(x, gradient);
    const found = mapEstimate(walled, [one], options);
    expect(found.value).toBeLessThan(1e-5);
    expect(mapEstimate(walled, [one], options)).toEqual(found);
  });

  it('of many rows begins on some of them, and ends at the optimum of all', () => {
    const centres = Array.from({ length: 400 }, (_, row) => 1 + (row % 7) / 7);
    const asked: number[] = [];
    const objectiveOf = (rows: readonly number[]) => {
      return (x: Float64Array, gradient: Float64Array) => {
        asked.push(rows.length);
        gradient[0] = rows.reduce((sum, row) => sum + (x[0]! - centres[row]!), 0);
        return rows.reduce((sum, row) => sum + 0.5 * (x[0]! - centres[row]!) ** 2, 0);
      };
    };
    const found = mapEstimateOfRows(400, objectiveOf, [one], { ...options, thorough: false });
    expect(found.x[0]).toBeCloseTo(centres.reduce((a, b) => a + b) / 400, 4);
    expect(new Set(asked)).toEqual(new Set([50, 100, 200, 400]));
    // The density is a parabola: what the second derivatives of half of the rows promise is the step to its top.
    expect(asked.filter((rows) => rows === 400).length).toBeLessThan(4);
    asked.length = 0;
    mapEstimateOfRows(400, objectiveOf, [one], { ...options, thorough: false, previous: [1] });
    expect(new Set(asked)).toEqual(new Set([400]));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'takes a start of finite density, whichever it is, where the others give %s',
    (bad) => {
      const starts = [1, one.start, one.mean];
      for (const good of starts) {
        const walled = (x: Float64Array, gradient: Float64Array) =>
          Math.abs(x[0]! - good) < 1e-9 || !starts.includes(x[0]!) ? valleys(x, gradient) : bad;
        const { value } = mapEstimate(walled, [one], { ...options, previous: [1] });
        expect(value).toBeCloseTo(good === one.start ? 1 : 0, 4);
      }
    },
  );

  it('draws no more than five times, and once no more than it must', () => {
    for (const needed of [1, 3, 5]) {
      const tried: number[] = [];
      const rarely = (x: Float64Array, gradient: Float64Array) => {
        if (!tried.includes(x[0]!) && tried.length < needed + 2) tried.push(x[0]!);
        // The two usual starts, and all draws but the last, give nothing.
        return tried.indexOf(x[0]!) >= 0 && tried.indexOf(x[0]!) < needed + 1 ? Number.NaN : valleys(x, gradient);
      };
      expect(mapEstimate(rarely, [one], options).value).toBeLessThan(1.1);
      expect(tried).toHaveLength(needed + 2);
    }
    const tried = new Set<number>();
    const never = (x: Float64Array) => {
      tried.add(x[0]!);
      return Number.POSITIVE_INFINITY;
    };
    expect(() => mapEstimate(never, [one], options)).toThrow(/finite density/);
    expect(tried.size).toBe(7);
  });

  it('says so where there is none', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(() => mapEstimate(() => bad, [one], options)).toThrow(/finite density/);
  });
});
