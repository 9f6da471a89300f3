import { describe, expect, it } from 'vitest';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import type { TrainingSet } from '../../../../models/surrogate/contract.js';
import { autoregressive } from '../../../../models/surrogate/kinds/autoregressive.js';
import { chainStructure } from '../../../../models/surrogate/levels/chain-structure.js';
import { addPrior, icmLayout, termsLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { icmObjective } from '../../../../models/surrogate/process/icm-likelihood.js';
import { someDesigns } from '../../../support/encoded.js';

const smooth = (x: number) => Math.sin(6 * x) + 0.5 * Math.cos(13 * x);

/** Three levels in one dimension, measured at different designs: f_1 = 2·f_0 + slope, f_2 = −0.8·f_1 + curve. */
function chain(counts: readonly [number, number, number], seed: number): TrainingSet {
  const levels = Int32Array.from(counts.flatMap((count, level) => new Array<number>(count).fill(level)));
  const designs = someDesigns(levels.length, { numeric: 1 }, seed);
  const losses = Float64Array.from(levels, (level, i) => truth(designs.numeric[i]!, level));
  return { designs, levels, losses, levelCount: 3, finite: false };
}

function truth(x: number, level: number): number {
  const first = 2 * smooth(x) + x;
  return [smooth(x), first, -0.8 * first + 0.3 * x * x][level]!;
}

describe('autoregressive chain', () => {
  const options = { seed: 1, previous: null, optimise: true };

  it('carries what lower levels tell to the target through both factors, at designs that are not nested', () => {
    const training = chain([25, 12, 4], 7);
    const fitted = autoregressive.fit(training, options);
    const only = training.levels.indexOf(2);
    const alone = autoregressive.fit(
      {
        ...training,
        designs: { ...training.designs, n: 4, numeric: training.designs.numeric.slice(only) },
        levels: new Int32Array(4),
        losses: training.losses.slice(only),
        levelCount: 1,
      },
      options,
    );
    const points = someDesigns(40, { numeric: 1 }, 8);
    const rms = (mean: Float64Array) =>
      Math.sqrt(mean.reduce((sum, value, i) => sum + (value - truth(points.numeric[i]!, 2)) ** 2, 0) / 40);
    const { mean, covariance } = fitted.posterior(points);
    expect(rms(mean[2]!)).toBeLessThan(0.1);
    expect(rms(mean[2]!)).toBeLessThan(0.1 * rms(alone.posterior(points).mean[0]!));
    expect(covariance[0]!.reduce((a, b) => a + b)).toBeLessThan(0);
  });

  it('is the model of one shared kernel where its kernels are the same', () => {
    const { designs, levels, losses } = chain([8, 6, 0], 9);
    const block = () => new RadialBlock(designs.encoding, 'matern52');
    const two = termsLayout({ kernels: [block(), block()], structure: chainStructure(2), levels: 2 });
    const one = icmLayout({ kernel: block(), levels: 2 });
    const rows = { designs, levels, noise: null };
    const [lengthscale, v0, v1, rho, noise] = [-1.2, 0.4, -0.7, -0.9, -4];
    const [s0, s1] = [Math.exp(v0), rho ** 2 * Math.exp(v0) + Math.exp(v1)];
    const u = Math.atanh((rho * s0) / Math.sqrt(s0 * s1));
    const theta = Float64Array.of(lengthscale, lengthscale, v0, v1, rho, noise, noise);
    const same = Float64Array.of(lengthscale, Math.log(s0), Math.log(s1), u, noise, noise);
    const value = (layout: typeof one, at: Float64Array) =>
      icmObjective(layout, rows, losses)(at, new Float64Array(layout.size)) - addPrior(layout, at);
    expect(value(two, theta)).toBeCloseTo(value(one, same), 9);
  });
});
