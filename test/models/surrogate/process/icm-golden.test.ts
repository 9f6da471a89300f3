import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import type { RadialKernelName } from '../../../../models/linalg/radial/radial-kernels.js';
import { addPrior, icmLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { icmObjective } from '../../../../models/surrogate/process/icm-likelihood.js';
import { IcmPosterior } from '../../../../models/surrogate/process/icm-posterior.js';
import { mapEstimateOfRows } from '../../../../models/surrogate/process/map-estimate.js';
import { numericDesigns } from '../../../support/encoded.js';
import { givenProcess } from '../../../support/gaussian-process.js';
import { golden, relativeError } from '../../../support/golden.js';

interface GpCase {
  kernel: RadialKernelName;
  n: number;
  logPriors: Record<string, number>;
  objectivePerPoint: number;
  gradObjective: { lengthscale: number[]; noise: number[]; mean: number[] };
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

/** log N(log x | mean, sd²) − log x: the log density of a LogNormal, and its derivative by x. */
function logNormal(x: number, mean: number, sd: number): { value: number; slope: number } {
  const z = (Math.log(x) - mean) / sd;
  return { value: -0.5 * z * z - Math.log(x * sd * Math.sqrt(2 * Math.PI)), slope: -(z / sd + 1) / x };
}

/** BoTorch's priors: on lengthscales by the number of dimensions, on noise. */
const priors = {
  lengthscale: (d: number) => [Math.SQRT2 + 0.5 * Math.log(d), Math.sqrt(3)] as const,
  noise: [-4, 1] as const,
};

describe('against BoTorch 0.18.1', () => {
  it('one level', () => {
    const cases = golden('gp-fixed').cases as unknown as GpCase[];
    for (const c of cases) {
      const kernel = new RadialBlock(numericDesigns(c.X).encoding, c.kernel);
      const { fitted, layout, theta, rows, y } = givenProcess(c, kernel);
      const test = numericDesigns(c.Xtest);
      const { mean, variance } = fitted.posterior(test);
      expect(worst(mean[0]!, c.posteriorMean)).toBeLessThan(1e-8);
      expect(worst(variance[0]!, c.posteriorVariance)).toBeLessThan(1e-8);
      expect(worst(fitted.joint(test).covariance, c.posteriorCovariance.flat())).toBeLessThan(1e-8);
      const loo = fitted.leaveOneOut();
      expect(worst(loo.mean, c.looMean)).toBeLessThan(1e-8);
      expect(worst(loo.variance, c.looVariance)).toBeLessThan(1e-8);
      const alpha = new Float64Array(c.n);
      const slopes = new Float64Array(layout.size);
      const byData = { values: alpha, noise: new Float64Array(c.n) };
      const objective = icmObjective(layout, rows, y, byData)(theta, slopes);
      const priorSlopes = new Float64Array(layout.size);
      const likelihood = addPrior(layout, theta, priorSlopes) - objective;
      expect(relativeError(likelihood, c.logMarginalLikelihood)).toBeLessThan(1e-8);
      // The priors, and the gradient by the hyperparameters themselves: d/dx = 1/x·d/d log x.
      const perPoint = (q: number, x: number, prior: readonly [number, number]) =>
        (-(slopes[q]! - priorSlopes[q]!) / x + logNormal(x, ...prior).slope) / c.n;
      const d = c.lengthscale.length;
      const onNoise = logNormal(c.noise, ...priors.noise).value;
      const onLengthscales = c.lengthscale.reduce((sum, l) => sum + logNormal(l, ...priors.lengthscale(d)).value, 0);
      expect(relativeError(onNoise, c.logPriors['likelihood.noise_covar.noise_prior']!)).toBeLessThan(1e-8);
      expect(relativeError(onLengthscales, c.logPriors['covar_module.lengthscale_prior']!)).toBeLessThan(1e-8);
      expect(relativeError((likelihood + onNoise + onLengthscales) / c.n, c.objectivePerPoint)).toBeLessThan(1e-8);
      const byLengthscale = c.lengthscale.map((l, j) => perPoint(j, l, priors.lengthscale(d)));
      expect(worst(byLengthscale, c.gradObjective.lengthscale)).toBeLessThan(1e-8);
      expect(worst([perPoint(layout.noiseAt, c.noise, priors.noise)], c.gradObjective.noise)).toBeLessThan(1e-8);
      expect(worst([alpha.reduce((sum, a) => sum + a, 0) / c.n], c.gradObjective.mean)).toBeLessThan(1e-8);
    }
  });

  it('finds optima as good, on 23 of 24 sets', () => {
    const cases = golden('gp-fit').cases as unknown as GpCase[];
    const worse = cases.filter((c) => {
      const designs = numericDesigns(c.X);
      const d = c.X[0]!.length;
      const kernel = new RadialBlock(designs.encoding, c.kernel);
      // In log coordinates the LogNormal priors are normal with their mean at μ − σ², up to a constant.
      const layout = icmLayout({
        kernel,
        levels: 1,
        constantVariance: null,
        noisePrior: [-5, 1],
        scalePrior: [0, 0],
      });
      const objectiveOf = (some: readonly number[]) => {
        const rows = { designs: selectDesigns(designs, some), levels: new Int32Array(some.length), noise: null };
        return icmObjective(
          layout,
          rows,
          Float64Array.from(some, (row) => c.y[row]!),
        );
      };
      // As `gp` searches without an earlier fit.
      const search = { previous: null, thorough: designs.n <= 60, seed: 1 };
      const { x, value } = mapEstimateOfRows(designs.n, objectiveOf, layout.all, search);
      const lengthscales = [...x.subarray(0, d)].map(Math.exp);
      const prior =
        logNormal(Math.exp(x[layout.noiseAt]!), ...priors.noise).value +
        lengthscales.reduce((sum, l) => sum + logNormal(l, ...priors.lengthscale(d)).value, 0);
      const perPoint = (addPrior(layout, x) - value + prior) / designs.n;
      return perPoint < c.objectivePerPoint - 1e-3;
    });
    expect(cases.length).toBe(24);
    expect(worse.length).toBeLessThanOrEqual(1);
  });
});

interface TaskCase {
  logMarginalLikelihood: number;
  X: number[][];
  task: number[];
  y: number[];
  lengthscale: number[];
  taskCovariance: number[][];
  noisePerTask: number[];
  meanPerTask: number[];
  kernel: RadialKernelName;
  Xtest: number[][];
  taskTest: number;
  posteriorMean: number[];
  posteriorCovariance: number[][];
  looMean: number[];
  looVariance: number[];
}

/** The free numbers u of `levelCorrelation` that give the covariance, for up to three tasks, the last one the target. */
function freeCorrelations(C: readonly (readonly number[])[]): number[] {
  const r = (a: number, b: number) => C[a]![b]! / Math.sqrt(C[a]![a]! * C[b]![b]!);
  const target = C.length - 1;
  if (C.length === 2) return [Math.atanh(r(0, 1))];
  const [near, far] = [r(target, 1), r(target, 0)];
  const partial = (r(0, 1) - near * far) / Math.sqrt((1 - near * near) * (1 - far * far));
  return [near, far, partial].map(Math.atanh);
}

describe('against BoTorch 0.18.1, with tasks', () => {
  it('two and three levels', () => {
    const cases = golden('multi-task').cases as unknown as TaskCase[];
    expect(cases.map((c) => c.taskCovariance.length)).toEqual([2, 3, 2]);
    for (const c of cases) {
      const L = c.taskCovariance.length;
      const designs = numericDesigns(c.X);
      const kernel = new RadialBlock(designs.encoding, c.kernel);
      const layout = icmLayout({ kernel, levels: L, constantVariance: 0 });
      const theta = Float64Array.from([
        ...c.lengthscale.map(Math.log),
        ...c.taskCovariance.map((row, task) => Math.log(row[task]!)),
        ...freeCorrelations(c.taskCovariance),
        ...c.noisePerTask.map(Math.log),
      ]);
      const levels = Int32Array.from(c.task);
      const y = Float64Array.from(c.y, (value, i) => value - c.meanPerTask[c.task[i]!]!);
      const scales = c.meanPerTask.map((mean) => ({ mean, sd: 1, unit: 1 }));
      const fitted = new IcmPosterior({ layout, theta, designs, levels, noise: null, y, scales });
      const test = numericDesigns(c.Xtest);
      expect(c.taskTest).toBe(L - 1);
      const likelihood = fitted.logPosterior + addPrior(layout, theta);
      expect(relativeError(likelihood, c.logMarginalLikelihood)).toBeLessThan(1e-8);
      expect(worst(fitted.posterior(test).mean[c.taskTest]!, c.posteriorMean)).toBeLessThan(1e-8);
      expect(worst(fitted.joint(test).covariance, c.posteriorCovariance.flat())).toBeLessThan(1e-8);
      expect(worst(fitted.leaveOneOut().mean, c.looMean)).toBeLessThan(1e-8);
      expect(worst(fitted.leaveOneOut().variance, c.looVariance)).toBeLessThan(1e-8);
    }
  });
});
