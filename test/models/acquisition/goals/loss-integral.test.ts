import { describe, expect, it } from 'vitest';
import { type LossIntegral, lossIntegral, targetIntegral } from '../../../../models/acquisition/goals/loss-integral.js';
import { cdf } from '../../../../models/stats/normal.js';
import { lossScale } from '../../../../models/surrogate/contract.js';
import { logWarp } from '../../../../models/surrogate/outputs/log-warp.js';
import { standardise } from '../../../../models/surrogate/outputs/standardise.js';

const least = Number.NEGATIVE_INFINITY;
const losses = Float64Array.from([3, 1, 9, 4, 40, 2, 7]);

/** ∫ P(loss ≤ z) dz from low to high by Simpson's rule. */
function quadrature(below: (z: number) => number, low: number, high: number): number {
  const n = 4000;
  const h = (high - low) / n;
  let sum = below(low) + below(high);
  for (let i = 1; i < n; i++) sum += (i % 2 === 1 ? 4 : 2) * below(low + i * h);
  return (sum * h) / 3;
}

/** The integral of one cell. */
const cell = ({ log }: LossIntegral, j: number) => Math.exp(log[j]!) - Math.exp(log[j - 1]!);

describe('of a loss', () => {
  const coordinates = Float64Array.from([least, 1, 2.5, 6, 12]);

  it('is its expectation below each coordinate, where the scale is straight exactly', () => {
    const scale = standardise.of(losses, 0);
    const integral = lossIntegral(coordinates, scale);
    integral.at(0.3, 0.5);
    const below = (z: number) => cdf((scale.toLatent(z) - 0.3) / Math.sqrt(0.5));
    for (let j = 2; j < 5; j++)
      expect(cell(integral, j)).toBeCloseTo(quadrature(below, coordinates[j - 1]!, coordinates[j]!), 9);
    expect(Math.exp(integral.log[1]!)).toBeCloseTo(quadrature(below, -400, 1), 9);
  });

  it('is counted in losses on a bent scale: nearly so between few coordinates, and nearer between more', () => {
    const scale = logWarp.of(losses, 0);
    const below = (z: number) => cdf((scale.toLatent(z) - 0.2) / 0.7);
    const exact = quadrature(below, 2, 6);
    const at = (some: number[]) => {
      const integral = lossIntegral(Float64Array.from([least, 1, ...some]), scale);
      integral.at(0.2, 0.49);
      return Math.exp(integral.log.at(-1)!) - Math.exp(integral.log[2]!);
    };
    expect(Math.abs(at([2, 6]) / exact - 1)).toBeLessThan(0.1);
    expect(Math.abs(at([2, 3, 4, 5, 6]) / exact - 1)).toBeLessThan(0.01);
  });
});

describe('of a distance to a target', () => {
  const goal = { value: 5, tolerance: 0.5 };
  const coordinates = Float64Array.from([least, 0.25, 1, 4]);

  it.each([
    [5, 1],
    [7, 0.5],
    [-2, 2],
    [30, 4],
  ])('is its expectation below each coordinate at N(%f, %f)', (mean, variance) => {
    const integral = targetIntegral(coordinates, lossScale, goal);
    integral.at(mean, variance);
    const sd = Math.sqrt(variance);
    const below = (z: number) =>
      mean > 5
        ? cdf((5.5 + z - mean) / sd) - cdf((4.5 - z - mean) / sd)
        : cdf((mean - 4.5 + z) / sd) - cdf((mean - 5.5 - z) / sd);
    [0, 0.25, 1, 4].slice(1).forEach((high, j) => {
      const exact = quadrature(below, 0, high);
      expect(Math.abs(integral.log[j + 1]! - Math.log(exact))).toBeLessThan(1e-6);
    });
  });

  it('does not vanish far away, on either side', () => {
    for (const mean of [60, -50]) {
      const integral = targetIntegral(coordinates, lossScale, goal);
      integral.at(mean, 1);
      expect(integral.log[3]).toBeLessThan(-1000);
      expect(Number.isFinite(integral.log[3])).toBe(true);
      expect(Math.sign(integral.byMean[3]!)).toBe(mean > 5 ? -1 : 1);
    }
  });

  it('has nothing to win where the target is met already', () => {
    const integral = targetIntegral(Float64Array.from([least, 0, 4]), lossScale, goal);
    integral.at(5, 1);
    expect(integral.log[1]).toBe(least);
    expect(integral.log[2]).toBeGreaterThan(0);
  });
});

it.each([
  ['straight', lossIntegral(Float64Array.from([least, 1, 2, 6]), standardise.of(losses, 0))],
  ['bent', lossIntegral(Float64Array.from([least, 1, 2, 6]), logWarp.of(losses, 0))],
  [
    'target',
    targetIntegral(Float64Array.from([least, 1, 2, 6]), standardise.of(losses, 0), { value: 8, tolerance: 1 }),
  ],
  [
    'bent target',
    targetIntegral(Float64Array.from([least, 1, 2, 6]), logWarp.of(losses, 0), { value: 8, tolerance: 1 }),
  ],
])('has the derivatives of central differences: %s', (_, integral) => {
  const at = (mean: number, variance: number) => {
    integral.at(mean, variance);
    return { log: [...integral.log], byMean: [...integral.byMean], byVariance: [...integral.byVariance] };
  };
  for (const [mean, variance] of [
    [0, 1],
    [4, 0.3],
    [-3, 0.2],
    [9, 0.5],
  ] as const) {
    const here = at(mean, variance);
    const h = 1e-5;
    for (let j = 1; j < 4; j++) {
      const byMean = (at(mean + h, variance).log[j]! - at(mean - h, variance).log[j]!) / (2 * h);
      const byVariance = (at(mean, variance + h).log[j]! - at(mean, variance - h).log[j]!) / (2 * h);
      expect(Math.abs(here.byMean[j]! - byMean)).toBeLessThan(1e-5 * (1 + Math.abs(byMean)));
      expect(Math.abs(here.byVariance[j]! - byVariance)).toBeLessThan(1e-4 * (1 + Math.abs(byVariance)));
    }
  }
});
