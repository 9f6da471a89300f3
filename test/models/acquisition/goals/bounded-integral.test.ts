import { expect, it } from 'vitest';
import { boundedIntegral } from '../../../../models/acquisition/goals/bounded-integral.js';
import { lossIntegral } from '../../../../models/acquisition/goals/loss-integral.js';
import { cdf } from '../../../../models/stats/normal.js';
import { lossScale } from '../../../../models/surrogate/contract.js';
import { standardise } from '../../../../models/surrogate/outputs/standardise.js';

const coordinates = Float64Array.from([Number.NEGATIVE_INFINITY, 1, 2.5, 6, 12]);
const bounds = [
  { max: 4 },
  { max: 0.5 },
  { max: 30 },
  { min: 0.5 },
  { min: 3 },
  { min: 0.5, max: 4 },
  { min: 7, max: 9 },
];

/** ∫ P(min ≤ f ≤ max and f ≤ z) dz from low to high by the trapezoidal rule, finely. */
function quadrature(within: (z: number) => number, low: number, high: number): number {
  const n = 40_000;
  const h = (high - low) / n;
  let sum = (within(low) + within(high)) / 2;
  for (let i = 1; i < n; i++) sum += within(low + i * h);
  return sum * h;
}

it.each(bounds)('is the expectation below each coordinate of what lies within %o', ({ min, max }) => {
  const scale = standardise.of(Float64Array.from([3, 1, 9, 4, 12, 2, 7]), 0);
  for (const [mean, variance] of [
    [0.1, 0.5],
    [-1.2, 0.1],
    [1.5, 0.9],
  ] as const) {
    const integral = boundedIntegral(coordinates, scale, { min, max });
    integral.at(mean, variance);
    const below = (loss: number) => cdf((scale.toLatent(loss) - mean) / Math.sqrt(variance));
    const within = (z: number) => Math.max(0, below(Math.min(z, max ?? z)) - (min === undefined ? 0 : below(min)));
    for (let j = 1; j < coordinates.length; j++)
      expect(Math.exp(integral.log[j]!)).toBeCloseTo(quadrature(within, -60, coordinates[j]!), 4);
  }
});

it.each(bounds)('has the derivatives of central differences within %o', (bound) => {
  const at = (mean: number, variance: number) => {
    const integral = boundedIntegral(coordinates, lossScale, bound);
    integral.at(mean, variance);
    return integral;
  };
  const h = 1e-5;
  for (const [mean, variance] of [
    [2, 3],
    [8, 0.7],
  ] as const) {
    const own = at(mean, variance);
    for (let j = 1; j < coordinates.length; j++) {
      if (own.log[j] === Number.NEGATIVE_INFINITY) continue;
      const byMean = (at(mean + h, variance).log[j]! - at(mean - h, variance).log[j]!) / (2 * h);
      const byVariance = (at(mean, variance + h).log[j]! - at(mean, variance - h).log[j]!) / (2 * h);
      expect(Math.abs(own.byMean[j]! - byMean)).toBeLessThan(1e-4 * (1 + Math.abs(byMean)));
      expect(Math.abs(own.byVariance[j]! - byVariance)).toBeLessThan(1e-4 * (1 + Math.abs(byVariance)));
    }
  }
});

it('is that of the loss alone where the bound is far away', () => {
  const free = lossIntegral(coordinates, lossScale);
  const bounded = boundedIntegral(coordinates, lossScale, { min: -1e3, max: 1e3 });
  for (const one of [free, bounded]) one.at(3, 2);
  for (let j = 1; j < coordinates.length; j++) expect(bounded.log[j]!).toBeCloseTo(free.log[j]!, 9);
});
