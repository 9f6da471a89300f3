import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openScreen } from '../../../models/screen/screen.js';
import { logEiScore, measuredSlack, screenedBounds, selectBest, valueBy } from '../../../models/screen/screen-pool.js';
import { plainMoments } from '../../../models/surrogate/process/plain-moments.js';
import { hasOnnxRuntime, somePoolOf, someScreenModel } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();
const exactly = { mean: 0, variance: 0 };

describe('selectBest', () => {
  it('takes the highest, lower row numbers first, and tells the best of the others', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NEGATIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (values, keep) => {
        const order = [...values.keys()].sort((a, b) => (values[a] === values[b] ? a - b : values[b]! - values[a]!));
        const finite = order.filter((row) => values[row]! > Number.NEGATIVE_INFINITY);
        const { rows, next } = selectBest(Float32Array.from(values), keep);
        expect([...rows]).toEqual(finite.slice(0, keep));
        expect(next).toBe(order[keep] === undefined ? Number.NEGATIVE_INFINITY : values[order[keep]!]);
      }),
      { seed: 7 },
    );
  });
});

describe('logEiScore', () => {
  it('is log EI, and never less within its slack', () => {
    const score = logEiScore(0.5);
    // EI at u = 0 is σ·φ(0).
    expect(score(0.5, 4, exactly)).toBeCloseTo(Math.log(2 / Math.sqrt(2 * Math.PI)), 12);
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(number(-9, 9), number(1e-6, 9), number(-1, 1), number(-1, 1), (mean, variance, a, b) => {
        const slack = { mean: 1e-3, variance: 1e-7 };
        const truth = score(mean + a * slack.mean, variance + b * slack.variance, exactly);
        expect(score(mean, variance, slack)).toBeGreaterThanOrEqual(truth - 1e-9 * Math.abs(truth));
      }),
      { seed: 5 },
    );
  });
});

describe('bounds of a pool', () => {
  const model = someScreenModel({ radial: 'matern52', n: 40, d: 3, lengthscale: 0.5, noise: 1e-3 }, 3);
  const rows = 5000;
  const pool = somePoolOf(model, rows, 4);
  const excluded = Uint8Array.from({ length: rows }, (_, row) => (row % 7 === 0 ? 1 : 0));
  const score = logEiScore(Math.min(...model.losses));
  const value = valueBy(model, score);
  const { mean, variance } = plainMoments(model, pool, rows);
  const values = Float64Array.from(mean, (m, row) => score(m, variance[row]!, exactly));
  const order = [...values.keys()]
    .filter((row) => excluded[row] === 0)
    .sort((a, b) => values[b]! - values[a]! || a - b);

  it('in double precision give its order, without excluded rows', async () => {
    const ways = [{ momentsOf: (part: Float64Array, m: number) => plainMoments(model, part, m), slack: exactly }];
    const bounds = await screenedBounds({ ...value, pool, excluded }, ways);
    expect([...selectBest(bounds, 50).rows]).toEqual(order.slice(0, 50));
    const few = { ...value, pool: pool.subarray(0, 30), excluded: excluded.subarray(0, 10) };
    expect(selectBest(await screenedBounds(few, ways), 99).rows).toHaveLength(8);
    await expect(screenedBounds({ ...few, excluded }, ways)).rejects.toThrow(/30 coordinates for 5000 rows of 3/);
  });

  it.runIf(present)('has bounds that no true value exceeds, also for data almost without noise', async () => {
    for (const noise of [1e-2, 1e-4, 1e-6]) {
      const fitted = someScreenModel({ radial: 'rbf', n: 80, d: 2, lengthscale: 0.5, noise, constantVariance: 1 }, 6);
      const places = somePoolOf(fitted, rows, 5);
      const value = logEiScore(Math.min(...fitted.losses));
      const screen = (await openScreen(fitted, 'float32'))!;
      const slack = await measuredSlack(fitted, screen, places);
      const query = { ...valueBy(fitted, value), pool: places, excluded: new Uint8Array(rows) };
      const bounds = await screenedBounds(query, [{ momentsOf: screen.moments, slack }]);
      const truth = plainMoments(fitted, places, rows);
      const above = truth.mean.filter((m, row) => value(m, truth.variance[row]!, exactly) > bounds[row]!);
      expect(above).toHaveLength(0);
    }
  });

  it('does not rule out what it cannot judge', async () => {
    const none = () => Number.NaN;
    const query = { ...valueBy(model, none), pool: pool.subarray(0, 9), excluded: Uint8Array.of(0, 1, 0) };
    const way = { momentsOf: (part: Float64Array, m: number) => plainMoments(model, part, m), slack: exactly };
    const bounds = await screenedBounds(query, [way]);
    expect([...bounds]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});
