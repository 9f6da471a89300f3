import { describe, expect, it } from 'vitest';
import { everBest } from '../../../../models/acquisition/internal/ever-best.js';
import { qLogNei } from '../../../../models/acquisition/internal/monte-carlo-improvement.js';
import { normalDraws } from '../../../../models/random/normal-draws.js';
import { positiveDefinite } from '../../../support/matrices.js';

const diagonal = (variances: readonly number[]) =>
  Float64Array.from({ length: variances.length ** 2 }, (_, at) =>
    at % (variances.length + 1) === 0 ? variances[at / (variances.length + 1)]! : 0,
  );

describe('baseline points that can be the best', () => {
  it('are those whose losses reach below the others', () => {
    const mean = Float64Array.of(1, 0, 9, 0.2, 2);
    // The third is out of reach; the last is far, but little is known of it.
    expect(everBest({ mean, covariance: diagonal([0.01, 0.01, 0.01, 0.01, 4]) }, 1)).toEqual([1, 3, 4]);
    expect(everBest({ mean, covariance: diagonal([1, 1, 1, 1, 1]) }, 1)).toEqual([0, 1, 3, 4]);
  });

  it('are the best alone where losses are known, and at most as many as wanted', () => {
    const mean = Float64Array.of(1, 0, 0.5);
    expect(everBest({ mean, covariance: diagonal([1e-10, 1e-10, 1e-10]) }, 1)).toEqual([1]);
    expect(everBest({ mean, covariance: diagonal([1, 1, 1]) }, 1, 2)).toEqual([1, 2]);
    expect(everBest({ mean: mean.subarray(0, 1), covariance: Float64Array.of(1) }, 1)).toEqual([0]);
    expect(everBest({ mean: new Float64Array(), covariance: new Float64Array() }, 1)).toEqual([]);
  });

  it('give the improvement of the whole baseline', () => {
    const n = 12;
    const covariance = positiveDefinite(n + 1, 5).map((value) => 0.05 * value);
    const mean = Float64Array.from({ length: n + 1 }, (_, i) => (i === n ? 0.2 : 0.15 * i));
    const part = (rows: readonly number[]) => ({
      mean: Float64Array.from(rows, (i) => mean[i]!),
      covariance: Float64Array.from(rows.flatMap((i) => rows.map((j) => covariance[i * (n + 1) + j]!))),
    });
    const kept = everBest(part([...Array(n).keys()]), 2);
    expect(kept.length).toBeLessThan(n);
    const value = (rows: readonly number[]) =>
      qLogNei({ ...part([...rows, n]), base: normalDraws(4096, rows.length + 1, 3) }, rows.length).value;
    // Other draws for another number of points: what 4,096 of them leave.
    expect(value(kept)).toBeCloseTo(value([...Array(n).keys()]), 1);
  });
});
