import { describe, expect, it } from 'vitest';
import type { AcquisitionType } from '../../../models/acquisition/contract.js';
import { logEiPerCost } from '../../../models/acquisition/log-ei-per-cost.js';
import { logPi } from '../../../models/acquisition/log-pi.js';
import { ucb } from '../../../models/acquisition/ucb.js';
import { variance } from '../../../models/acquisition/variance.js';
import { RadialBlock } from '../../../models/kernel/radial-block.js';
import { numericDesigns } from '../../support/encoded.js';
import { givenProcess } from '../../support/gaussian-process.js';
import { golden, hasGolden } from '../../support/golden.js';

interface AcquisitionCase {
  readonly kernel: string;
  readonly q: number;
  readonly X: number[][];
  readonly y: number[];
  readonly lengthscale: number[];
  readonly noise: number;
  readonly mean: number;
  readonly best: number;
  readonly maximise: boolean;
  readonly Xq: number[][][];
  readonly logEI?: number[];
  readonly logPI?: number[];
  readonly ucbBeta4?: number[];
}

/** The given GP with its losses, −y, and its posterior at the points one by one. */
function posteriorOf(c: AcquisitionCase) {
  const kernel = new RadialBlock(numericDesigns(c.X).encoding, 'matern52');
  const { fitted } = givenProcess(c, kernel, -1);
  return fitted.posterior(numericDesigns(c.Xq.map((points) => points[0]!)));
}

describe('acquisitions against BoTorch 0.18.1', () => {
  it.skipIf(!hasGolden('acquisition'))('at the target (skipped without the reference folder)', () => {
    const all = golden('acquisition').cases as unknown as AcquisitionCase[];
    const cases = all.filter((c) => c.logEI !== undefined && c.logPI !== undefined && c.ucbBeta4 !== undefined);
    expect(cases.length).toBeGreaterThan(0);
    for (const c of cases) {
      expect([c.kernel, c.maximise]).toEqual(['matern52', true]);
      const posterior = posteriorOf(c);
      const values = (type: AcquisitionType) =>
        c.Xq.map((_, i) => {
          const spread = posterior.variance[0]![i]!;
          const input = { mean: posterior.mean[0]![i]!, variance: spread, levelVariance: spread, covariance: spread };
          return type.evaluate({ ...input, incumbent: -c.best, noise: c.noise, isTarget: true, cost: 1 }).value;
        });
      const references = [
        [logEiPerCost, c.logEI!],
        [logPi, c.logPI!],
        [ucb, c.ucbBeta4!],
      ] as const;
      for (const [type, expected] of references)
        values(type).forEach((value, i) => {
          expect(Math.abs(value - expected[i]!), `${type.name} at ${i}`).toBeLessThan(1e-6 * Math.abs(expected[i]!));
        });
      expect(values(variance)).toEqual([...posterior.variance[0]!].map(Math.log));
    }
  });
});
