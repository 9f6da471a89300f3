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

/** log ∫ (z − f)·φ(f) df over (low, min(z, high)), f a standard normal, in units of the density at its near end. */
function byLogs(z: number, low: number, high: number): number {
  const [from, to] = [low, Math.min(z, high)];
  const near = from > 0 ? from : Math.min(to, 0);
  const n = 200_000;
  const end = Math.min(to, from + 60);
  const h = (end - from) / n;
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    const f = from + i * h;
    sum += (i % 2 === 1 ? 4 : i === 0 || i === n ? 1 : 2) * (z - f) * Math.exp((near * near - f * f) / 2);
  }
  return Math.log((sum * h) / 3) - 0.5 * near * near - 0.5 * Math.log(2 * Math.PI);
}

it.each([
  [8, 8.25],
  [8, 30],
  [8.5, 9],
  [20, 20.01],
  [20, 50],
  [36, 40],
  [-9, -8.5],
  [-0.5, 0.75],
  [-1e-3, 1e-3],
  [3, 3.4],
])('is not lost however many sd a lower bound lies away, from %f to %f', (min, max) => {
  const z = Float64Array.from([Number.NEGATIVE_INFINITY, min + 1e-3, (min + max) / 2, max, max + 5]);
  const at = (mean: number, variance: number) => {
    const integral = boundedIntegral(z, lossScale, { min, max });
    integral.at(mean, variance);
    return integral;
  };
  const own = at(0, 1);
  const h = 1e-5;
  z.forEach((loss, j) => {
    if (j === 0) return;
    const expected = byLogs(loss, min, max);
    expect(Math.abs(own.log[j]! - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
    const byMean = (at(h, 1).log[j]! - at(-h, 1).log[j]!) / (2 * h);
    const byVariance = (at(0, 1 + h).log[j]! - at(0, 1 - h).log[j]!) / (2 * h);
    expect(Math.abs(own.byMean[j]! - byMean)).toBeLessThan(1e-5 * (1 + Math.abs(byMean)));
    expect(Math.abs(own.byVariance[j]! - byVariance)).toBeLessThan(1e-4 * (1 + Math.abs(byVariance)));
  });
});

it('has slopes even where next to nothing is left, as of what is known to a millionth', () => {
  const integral = boundedIntegral(Float64Array.from([Number.NEGATIVE_INFINITY, 1, 2]), lossScale, { min: 0.5 });
  for (const mean of [-3, 0.2, 0.7, 5]) {
    integral.at(mean, 1e-12);
    for (const j of [1, 2]) {
      expect(integral.log[j]).toSatisfy(Number.isFinite);
      expect([integral.byMean[j], integral.byVariance[j]].every(Number.isFinite)).toBe(true);
    }
    if (mean < 0.5) expect(integral.byMean[2]!).toBeGreaterThan(0);
    if (mean > 0.5) expect(integral.byMean[2]!).toBeLessThan(0);
  }
});
