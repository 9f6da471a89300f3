import { describe, expect, it } from 'vitest';
import type { MomentAcquisition } from '../../../models/acquisition/contract.js';
import { qLogEi, qLogNei } from '../../../models/acquisition/internal/monte-carlo-improvement.js';
import type { JointNormal } from '../../../models/acquisition/joint-draws.js';
import { logEiPerCost } from '../../../models/acquisition/log-ei-per-cost.js';
import { logPi } from '../../../models/acquisition/log-pi.js';
import { ucb } from '../../../models/acquisition/ucb.js';
import { variance } from '../../../models/acquisition/variance.js';
import { RadialBlock } from '../../../models/kernel/radial-block.js';
import { numericDesigns } from '../../support/encoded.js';
import { givenProcess } from '../../support/gaussian-process.js';
import { golden, relativeError } from '../../support/golden.js';

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
  readonly Xpending: number[][];
  readonly logEI?: number[];
  readonly logPI?: number[];
  readonly ucbBeta4?: number[];
  readonly qLogEI: MonteCarlo;
  readonly qLogNEI: MonteCarlo;
  readonly qLogEIpending: MonteCarlo;
}

/** Values at each q-batch, and the standard-normal draws they were made with, [64][points]. */
interface MonteCarlo {
  readonly value: number[];
  readonly baseSamples: number[][];
}

/** The given GP with its losses, −y. */
function fittedTo(c: AcquisitionCase) {
  const kernel = new RadialBlock(numericDesigns(c.X).encoding, 'matern52');
  return givenProcess(c, kernel, -1).fitted;
}

/** Joint posterior of the losses at the points, with draws that are those of −loss there. */
function jointAt(c: AcquisitionCase, points: number[][], { baseSamples }: MonteCarlo): JointNormal {
  return { ...fittedTo(c).joint(numericDesigns(points)), base: Float64Array.from(baseSamples.flat(), (z) => -z) };
}

describe('acquisitions against BoTorch 0.18.1', () => {
  it('at the target', () => {
    const all = golden('acquisition').cases as unknown as AcquisitionCase[];
    const cases = all.filter((c) => c.logEI !== undefined && c.logPI !== undefined && c.ucbBeta4 !== undefined);
    expect(cases.length).toBeGreaterThan(0);
    for (const c of cases) {
      expect([c.kernel, c.maximise]).toEqual(['matern52', true]);
      const posterior = fittedTo(c).posterior(numericDesigns(c.Xq.map((points) => points[0]!)));
      const values = (type: MomentAcquisition) =>
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

  it('over joint draws', () => {
    for (const c of golden('acquisition').cases as unknown as AcquisitionCase[]) {
      expect(c.maximise).toBe(true);
      c.Xq.forEach((points, i) => {
        const values = [
          [qLogEi(jointAt(c, points, c.qLogEI), -c.best), c.qLogEI],
          [qLogEi(jointAt(c, [...points, ...c.Xpending], c.qLogEIpending), -c.best), c.qLogEIpending],
          [qLogNei(jointAt(c, [...c.X, ...points], c.qLogNEI), c.X.length), c.qLogNEI],
        ] as const;
        for (const [{ value }, { value: expected }] of values)
          expect(relativeError(value, expected[i]!), `${c.X.length} rows, ${i}`).toBeLessThan(1e-5);
      });
    }
  });
});
