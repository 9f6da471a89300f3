import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOfPool } from '../../../models/screen/best-of-pool.js';
import type { openScreen, Screen } from '../../../models/screen/screen.js';
import { coordinatesAt, logEiScore, valueBy } from '../../../models/screen/screen-pool.js';
import type { ScreenModel } from '../../../models/surrogate/contract.js';
import { plainMoments } from '../../../models/surrogate/process/plain-moments.js';
import { hasOnnxRuntime, type ModelShape, somePoolOf, someScreenModel } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();

/** The query for log EI below the best loss, and the true best rows. */
function someQuery(model: ScreenModel & { readonly losses: Float64Array }, pool: Float64Array) {
  const rows = pool.length / model.d;
  const score = logEiScore(Math.min(...model.losses));
  const asked: number[] = [];
  const valuesAt = (places: Float64Array, m: number) => {
    const { mean, variance } = plainMoments(model, places, m);
    return Float64Array.from(mean, (value, c) => score(value, variance[c]!, { mean: 0, variance: 0 }));
  };
  const exact = (which: Int32Array) => {
    asked.push(...which);
    return valuesAt(coordinatesAt(pool, which, model.d), which.length);
  };
  const excluded = Uint8Array.from({ length: rows }, (_, row) => (row % 10 === 1 ? 1 : 0));
  const all = valuesAt(pool, rows).map((value, row) => (excluded[row] === 1 ? Number.NEGATIVE_INFINITY : value));
  const highest = all.reduce((a, b) => Math.max(a, b));
  const best = [...all.keys()].filter((row) => all[row] === highest);
  return { query: { ...valueBy(model, score), pool, excluded, exact }, best, asked };
}

/** A screen that is wrong by the given amount, everywhere but at the first `right` rows of a chunk. */
function wrongScreen(by: number, right: number): typeof openScreen {
  return async (model, precision): Promise<Screen> => ({
    precision,
    moments: async (rows, m) => {
      const { mean, variance } = plainMoments(model, rows, m);
      return { mean: mean.map((value, c) => (c < right ? value : value + by)), variance };
    },
  });
}

describe('bestOfPool', () => {
  const model = someScreenModel({ radial: 'matern32', n: 30, d: 2, lengthscale: 0.5, noise: 1e-3 }, 1);

  it('is null where there is no ONNX Runtime', async () => {
    const { query } = someQuery(model, somePoolOf(model, 100, 1));
    expect(await bestOfPool(query, async () => null)).toBeNull();
  });

  it('finds the best though the screen is off by more than was measured, and asks for few exact values', async () => {
    const { query, best, asked } = someQuery(model, somePoolOf(model, 20_000, 3));
    // The probes fit into the first rows of a chunk and look right.
    const found = await bestOfPool(query, wrongScreen(1e-3, 600));
    expect([...found!]).toEqual(best);
    expect(asked.length).toBeLessThan(5000);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('gives up where the screen tells too little', async () => {
    const { query } = someQuery(model, somePoolOf(model, 40_000, 3));
    expect(await bestOfPool(query, wrongScreen(1e6, 0))).toBeNull();
  });

  it('is empty where every row is excluded', async () => {
    const { query } = someQuery(model, somePoolOf(model, 50, 1));
    const excluded = new Uint8Array(50).fill(1);
    expect(await bestOfPool({ ...query, excluded }, wrongScreen(0, 0))).toHaveLength(0);
  });

  it.runIf(present)('is what computing every row exactly gives, with any noise, kernel and pool', async () => {
    const shape: fc.Arbitrary<ModelShape> = fc.record({
      radial: fc.constantFrom('matern32', 'matern52', 'rbf'),
      n: fc.integer({ min: 2, max: 80 }),
      d: fc.integer({ min: 1, max: 8 }),
      lengthscale: fc.constantFrom(0.1, 0.5, 2),
      noise: fc.constantFrom(1e-1, 1e-3, 1e-6, 1e-8),
      constantVariance: fc.constantFrom(0, 1),
      signalVariance: fc.constantFrom(0.1, 1, 100),
      spread: fc.constantFrom(1, 0.1, 1e-3),
    });
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(1e6), async (given, seed) => {
        const fitted = someScreenModel(given, seed);
        const { query, best } = someQuery(fitted, somePoolOf(fitted, 3000, seed));
        expect([...(await bestOfPool(query))!]).toEqual(best);
      }),
      { seed: 9, numRuns: 60 },
    );
  });

  it.runIf(present)('gives every one of equal rows', async () => {
    const places = somePoolOf(model, 2000, 6);
    const doubled = Float64Array.of(...places, ...places);
    const { query, best } = someQuery(model, doubled);
    expect([...(await bestOfPool(query))!]).toEqual(best);
    expect(best.length).toBeGreaterThan(0);
  });
});
