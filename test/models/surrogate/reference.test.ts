import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AcquisitionType } from '../../../models/acquisition/contract.js';
import { qLogEi } from '../../../models/acquisition/internal/monte-carlo-improvement.js';
import { logEiPerCost } from '../../../models/acquisition/log-ei-per-cost.js';
import { logPi } from '../../../models/acquisition/log-pi.js';
import { RadialBlock } from '../../../models/kernel/radial-block.js';
import type { RadialKernelName } from '../../../models/linalg/radial/radial-kernels.js';
import { addPrior } from '../../../models/surrogate/process/icm-hyperparameters.js';
import { icmObjective } from '../../../models/surrogate/process/icm-likelihood.js';
import { numericDesigns } from '../../support/encoded.js';
import { type GivenProcess, givenProcess } from '../../support/gaussian-process.js';
import { relativeError } from '../../support/golden.js';

interface Reference extends GivenProcess {
  readonly best: number;
  readonly Xtest: number[][];
  readonly base: number[][];
  readonly cases: readonly {
    readonly kernel: RadialKernelName;
    readonly logMarginalLikelihood: number;
    readonly mean: number[];
    readonly covariance: number[][];
    readonly logEI: number[];
    readonly logPI: number[];
    readonly qLogEI: [number];
  }[];
}

const file = new URL('../../golden/small-process.json', import.meta.url);
const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference;
const test = numericDesigns(reference.Xtest);

describe.each(reference.cases)('values of BoTorch 0.18.1 kept in the project: $kernel', (expected) => {
  // The reference maximises: its losses are −y.
  const kernel = new RadialBlock(numericDesigns(reference.X).encoding, expected.kernel);
  const { fitted, layout, theta, rows, y } = givenProcess(reference, kernel, -1);
  const joint = fitted.joint(test);

  it('likelihood and posterior', () => {
    const objective = icmObjective(layout, rows, y)(theta, new Float64Array(layout.size));
    expect(relativeError(addPrior(layout, theta) - objective, expected.logMarginalLikelihood)).toBeLessThan(1e-10);
    expected.mean.forEach((mean, i) => {
      expect(joint.mean[i]).toBeCloseTo(-mean, 10);
      expected.covariance[i]!.forEach((value, j) => {
        expect(joint.covariance[2 * i + j]).toBeCloseTo(value, 10);
      });
    });
  });

  it('acquisitions', () => {
    const at = (type: AcquisitionType, i: number) => {
      if (type.kind !== 'moments') throw new Error('moments alone are given');
      const variance = joint.covariance[3 * i]!;
      const moments = { mean: joint.mean[i]!, variance, levelVariance: variance, covariance: variance };
      return type.evaluate({ ...moments, incumbent: -reference.best, noise: 0.02, isTarget: true, cost: 1 }).value;
    };
    for (const i of [0, 1]) {
      expect(relativeError(at(logEiPerCost, i), expected.logEI[i]!)).toBeLessThan(1e-8);
      expect(relativeError(at(logPi, i), expected.logPI[i]!)).toBeLessThan(1e-8);
    }
    // Turned round, so are the draws.
    const base = Float64Array.from(reference.base.flat(), (z) => -z);
    expect(relativeError(qLogEi({ ...joint, base }, -reference.best).value, expected.qLogEI[0])).toBeLessThan(1e-6);
  });
});
