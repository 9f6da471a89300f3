import { describe, expect, it } from 'vitest';
import { sliceDesigns } from '../../../../models/encode/encoded-designs.js';
import { SumKernel } from '../../../../models/kernel/combined.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { cholesky, solve, solveLower } from '../../../../models/linalg/cholesky.js';
import { Generator } from '../../../../models/random/generator.js';
import { icmLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { crossInPlace, oneLevelMoments } from '../../../../models/surrogate/process/one-level-posterior.js';
import { someDesigns } from '../../../support/encoded.js';
import { everyColumn } from '../../../support/kernels.js';

/** A process of n rows with every kind of column, and candidates for it. */
function processOf(n: number, m: number, scale: number, constantVariance: number) {
  const designs = someDesigns(n, everyColumn, n);
  const candidates = { ...someDesigns(m, everyColumn, n + 1), encoding: designs.encoding };
  const kernel = new RadialBlock(designs.encoding, 'matern32');
  const random = new Generator(n, 'values');
  const theta = Float64Array.from(kernel.hyperparameters, ({ start }) => start + 0.2 * random.normal());
  const K = kernel.cross(theta, designs, designs).map((value) => scale * value + constantVariance);
  for (let i = 0; i < n; i++) K[i * n + i] = K[i * n + i]! + 0.01;
  const factor = cholesky(K, n);
  const alpha = solve(
    factor,
    Float64Array.from({ length: n }, () => random.normal()),
  );
  const parts = { factor, alpha, constant: 0.3, scale, constantVariance };
  return { process: { ...parts, cross: kernel.against(theta, designs) }, designs, candidates, kernel, theta };
}

describe('moments of one level in the working memory', () => {
  it.each([
    [1, 1, 0],
    [1, 1.7, 0.6],
    [3, 1, 0],
    [8, 1, 0],
    [45, 0.5, 0.2],
    [64, 1, 0],
  ])('are those of the formulas: %i rows, b = %d, c0 = %d', (n, scale, constantVariance) => {
    const m = 131;
    const { process, designs, candidates, kernel, theta } = processOf(n, m, scale, constantVariance);
    const { mean, variance } = oneLevelMoments(process, candidates);
    const cross = kernel.cross(theta, candidates, designs);
    for (let c = 0; c < m; c++) {
      const k = cross.subarray(c * n, (c + 1) * n).map((value) => scale * value + constantVariance);
      const v = solveLower(process.factor, k);
      const expected = 0.3 + k.reduce((sum, value, i) => sum + value * process.alpha[i]!, 0);
      const left = scale + constantVariance - v.reduce((sum, value) => sum + value * value, 0);
      expect(mean[c]).toBeCloseTo(expected, 10);
      expect(variance[c]).toBeCloseTo(left, 10);
    }
  });

  it('give a candidate the same bits alone and among others, and none for none', () => {
    const { process, candidates } = processOf(37, 70, 1.3, 0.1);
    const { mean, variance } = oneLevelMoments(process, candidates);
    for (const c of [0, 3, 63, 64, 69]) {
      const alone = oneLevelMoments(process, sliceDesigns(candidates, c, 1));
      expect([alone.mean[0], alone.variance[0]]).toEqual([mean[c], variance[c]]);
    }
    expect(oneLevelMoments(process, sliceDesigns(candidates, 0, 0)).mean).toHaveLength(0);
  });

  it('are not to be had of several levels or of other kernels', () => {
    const { designs, kernel, theta } = processOf(5, 1, 1, 0);
    expect(crossInPlace(icmLayout({ kernel, levels: 1 }), theta, designs)).not.toBeNull();
    expect(crossInPlace(icmLayout({ kernel, levels: 2 }), theta, designs)).toBeNull();
    const sum = new SumKernel(kernel, kernel);
    expect(crossInPlace(icmLayout({ kernel: sum, levels: 1 }), theta, designs)).toBeNull();
  });
});
