import { expect, it } from 'vitest';
import { logBetween } from '../../../models/stats/log-between.js';
import { logWithin } from '../../../models/stats/log-within.js';
import { cdf } from '../../../models/stats/normal.js';

const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

it('is the log of a difference of distribution functions, on one side that of logWithin', () => {
  expect(logBetween({ mean: 1, variance: 4, min: 0, max: 2 }).value).toBeCloseTo(Math.log(cdf(0.5) - cdf(-0.5)), 14);
  expect(logBetween({ mean: 1, variance: 4, min: least, max: 2 })).toEqual(
    logWithin({ mean: 1, variance: 4, bound: 2 }),
  );
  expect(logBetween({ mean: -1, variance: 4, min: -2, max: most }).value).toBeCloseTo(Math.log(cdf(0.5)), 14);
  expect(logBetween({ mean: 0, variance: 1, min: least, max: most }).value).toBeCloseTo(0, 15);
});

it('does not vanish far away: the nearer bound decides', () => {
  const far = logBetween({ mean: 0, variance: 1, min: 40, max: 41 });
  expect(far.value).toBeCloseTo(logWithin({ mean: 0, variance: 1, bound: -40 }).value, 6);
  expect(logBetween({ mean: 0, variance: 1, min: -41, max: -40 }).value).toBeCloseTo(far.value, 12);
});

it.each([
  [0.3, 2, -1, 1],
  [8, 2, -1, 1],
  [-30, 1, -1, 1],
  [0, 1, 3, 3.5],
])('has the derivatives of central differences at N(%f, %f) in [%f, %f]', (mean, variance, min, max) => {
  const at = (m: number, v: number) => logBetween({ mean: m, variance: v, min, max });
  const { byMean, byVariance } = at(mean, variance);
  const h = 1e-5;
  expect(byMean).toBeCloseTo((at(mean + h, variance).value - at(mean - h, variance).value) / (2 * h), 4);
  expect(byVariance).toBeCloseTo((at(mean, variance + h).value - at(mean, variance - h).value) / (2 * h), 3);
});
