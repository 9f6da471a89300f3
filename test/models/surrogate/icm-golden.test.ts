import { describe, expect, it } from 'vitest';
import { DesignKernel } from '../../../models/kernel/design-kernel.js';
import { icmLayout } from '../../../models/surrogate/icm-hyperparameters.js';
import { icmObjective } from '../../../models/surrogate/icm-likelihood.js';
import { IcmPosterior } from '../../../models/surrogate/icm-posterior.js';
import { numericDesigns } from '../../support/encoded.js';
import { golden, hasGolden, relativeError } from '../../support/golden.js';

interface GpCase {
  kernel: string;
  X: number[][];
  y: number[];
  lengthscale: number[];
  noise: number;
  mean: number;
  logMarginalLikelihood: number;
  Xtest: number[][];
  posteriorMean: number[];
  posteriorVariance: number[];
  posteriorCovariance: number[][];
  looMean: number[];
  looVariance: number[];
}

/** Largest error relative to the largest reference value. */
function worst(ours: ArrayLike<number>, theirs: readonly number[]): number {
  const scale = Math.max(...theirs.map(Math.abs));
  return Math.max(...theirs.map((value, i) => Math.abs(ours[i]! - value))) / scale;
}

describe('against BoTorch 0.18.1', () => {
  it.skipIf(!hasGolden('gp-fixed'))('one level (skipped without the reference folder)', () => {
    const cases = golden('gp-fixed').cases as unknown as GpCase[];
    for (const c of cases.filter(({ kernel }) => kernel === 'matern52')) {
      const designs = numericDesigns(c.X);
      const kernel = new DesignKernel(designs.encoding);
      const layout = icmLayout({
        lengthscales: c.lengthscale.length,
        levels: 1,
        ownShares: false,
        constantVariance: 0,
      });
      const theta = Float64Array.from([...c.lengthscale.map(Math.log), 0, Math.log(c.noise)]);
      const levels = new Int32Array(c.X.length);
      const y = Float64Array.from(c.y, (value) => value - c.mean);
      const fitted = new IcmPosterior({ kernel, layout, theta, designs, levels, y, scales: [{ mean: c.mean, sd: 1 }] });
      const test = numericDesigns(c.Xtest);
      const { mean, variance } = fitted.posterior(test);
      expect(worst(mean[0]!, c.posteriorMean)).toBeLessThan(1e-8);
      expect(worst(variance[0]!, c.posteriorVariance)).toBeLessThan(1e-8);
      expect(worst(fitted.joint(test).covariance, c.posteriorCovariance.flat())).toBeLessThan(1e-8);
      const loo = fitted.leaveOneOut();
      expect(worst(loo.mean, c.looMean)).toBeLessThan(1e-8);
      expect(worst(loo.variance, c.looVariance)).toBeLessThan(1e-8);
      const prior = theta.reduce((sum, t, q) => sum + 0.5 * ((t - layout.priorMean[q]!) / layout.priorSd[q]!) ** 2, 0);
      const objective = icmObjective(kernel, layout, designs, levels, y)(theta, new Float64Array(layout.size));
      expect(relativeError(-(objective - prior), c.logMarginalLikelihood)).toBeLessThan(1e-8);
    }
  });
});

interface TaskCase {
  X: number[][];
  task: number[];
  y: number[];
  lengthscale: number[];
  taskCovariance: number[][];
  noisePerTask: number[];
  meanPerTask: number[];
  kernel: string;
  Xtest: number[][];
  taskTest: number;
  posteriorMean: number[];
  posteriorCovariance: number[][];
  looMean: number[];
  looVariance: number[];
}

describe('against BoTorch 0.18.1, with tasks', () => {
  it.skipIf(!hasGolden('multi-task'))('two levels (skipped without the reference folder)', () => {
    const all = golden('multi-task').cases as unknown as TaskCase[];
    const cases = all.filter((c) => c.kernel === 'matern52' && c.taskCovariance.length === 2 && c.taskTest === 1);
    expect(cases.length).toBeGreaterThan(0);
    for (const c of cases) {
      const designs = numericDesigns(c.X);
      const kernel = new DesignKernel(designs.encoding);
      const layout = icmLayout({
        lengthscales: c.lengthscale.length,
        levels: 2,
        ownShares: false,
        constantVariance: 0,
      });
      const [[a, ab], [, b]] = c.taskCovariance as [[number, number], [number, number]];
      const correlation = Math.atanh(ab / Math.sqrt(a * b));
      const theta = Float64Array.from([
        ...c.lengthscale.map(Math.log),
        Math.log(a),
        Math.log(b),
        correlation,
        ...c.noisePerTask.map(Math.log),
      ]);
      const levels = Int32Array.from(c.task);
      const y = Float64Array.from(c.y, (value, i) => value - c.meanPerTask[c.task[i]!]!);
      const scales = c.meanPerTask.map((mean) => ({ mean, sd: 1 }));
      const fitted = new IcmPosterior({ kernel, layout, theta, designs, levels, y, scales });
      const test = numericDesigns(c.Xtest);
      expect(worst(fitted.posterior(test).mean[1]!, c.posteriorMean)).toBeLessThan(1e-8);
      expect(worst(fitted.joint(test).covariance, c.posteriorCovariance.flat())).toBeLessThan(1e-8);
      expect(worst(fitted.leaveOneOut().mean, c.looMean)).toBeLessThan(1e-8);
      expect(worst(fitted.leaveOneOut().variance, c.looVariance)).toBeLessThan(1e-8);
    }
  });
});
