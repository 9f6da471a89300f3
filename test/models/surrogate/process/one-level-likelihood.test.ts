import { describe, expect, it } from 'vitest';
import type { DesignKernel } from '../../../../models/kernel/contract.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { Generator } from '../../../../models/random/generator.js';
import { RowNoise } from '../../../../models/surrogate/noise/row-noise.js';
import { type IcmShape, icmLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { icmObjective } from '../../../../models/surrogate/process/icm-likelihood.js';
import type { IcmRows } from '../../../../models/surrogate/process/icm-rows.js';
import { someDesigns } from '../../../support/encoded.js';
import { everyColumn } from '../../../support/kernels.js';

/** The same kernel, of which the working memory knows nothing. */
function copied(kernel: DesignKernel): DesignKernel {
  return {
    hyperparameters: kernel.hyperparameters,
    cross: (theta, a, b) => kernel.cross(theta, a, b),
    local: (theta, designs, candidate) => kernel.local(theta, designs, candidate),
    training: (designs) => {
      const inner = kernel.training(designs);
      return {
        evaluate: (theta, K) => inner.evaluate(theta, K),
        pullback: (W, gradient) => inner.pullback(W, gradient),
      };
    },
  };
}

/** Value and gradients of the density with a kernel. */
function evaluated(shape: Omit<IcmShape, 'levels'>, rows: IcmRows, y: Float64Array, shift: number) {
  const layout = icmLayout({ ...shape, levels: 1 });
  const byData = { values: new Float64Array(y.length), noise: new Float64Array(y.length) };
  const gradient = new Float64Array(layout.size);
  const random = new Generator(5, 'theta');
  const theta = Float64Array.from(layout.all, ({ start, lower, upper }) =>
    Math.min(upper, Math.max(lower, start + shift + 0.3 * random.normal())),
  );
  const objective = icmObjective(layout, rows, y, byData);
  objective(
    theta.map((value) => value + 0.1),
    gradient,
  );
  return { value: objective(theta, gradient), gradient, ...byData };
}

function closeTo(some: ArrayLike<number>, others: ArrayLike<number>, tolerance: number) {
  const scale = Math.max(1, ...Array.from(others, Math.abs));
  for (let i = 0; i < others.length; i++) expect(Math.abs(some[i]! - others[i]!) / scale).toBeLessThan(tolerance);
}

describe('density of one level in the working memory', () => {
  const shapes = [
    ['standard', { scalePrior: [0, 0], constantVariance: null }],
    ['scale and constant learned', { scalePrior: [0.5, 0.4], constantVariance: 1.5 }],
  ] as const;
  it.each(shapes)('is the same as by matrices of their own: %s', (_, shape) => {
    for (const n of [1, 3, 8, 32, 45, 70])
      for (const known of [false, true]) {
        const designs = someDesigns(n, everyColumn, n);
        const random = new Generator(n, 'values');
        const y = Float64Array.from({ length: n }, () => random.normal());
        const noise = new RowNoise(
          Float64Array.from({ length: n }, (_value, i) => (i % 3 === 0 ? 0.01 * (i + 1) : Number.NaN)),
          Float64Array.from({ length: n }, (_value, i) => 0.5 + 0.1 * i),
        );
        const rows = { designs, levels: new Int32Array(n), noise: known ? noise : null };
        const kernel = new RadialBlock(designs.encoding, 'matern52');
        const own = evaluated({ kernel, ...shape }, rows, y, 0);
        const other = evaluated({ kernel: copied(kernel), ...shape }, rows, y, 0);
        closeTo([own.value], [other.value], 1e-12);
        for (const part of ['gradient', 'values', 'noise'] as const) closeTo(own[part], other[part], 1e-9);
      }
  });

  it('takes jitter, as by matrices of their own, where rows are too much alike', () => {
    const n = 24;
    const designs = someDesigns(n, { numeric: 2 }, 4);
    designs.numeric.fill(0.5, 4);
    const y = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
    const noise = new RowNoise(new Float64Array(n).fill(Number.NaN), new Float64Array(n).fill(1e-14));
    const rows = { designs, levels: new Int32Array(n), noise };
    const kernel = new RadialBlock(designs.encoding, 'rbf');
    const shape = { scalePrior: [0, 0], constantVariance: null } as const;
    const own = evaluated({ kernel, ...shape }, rows, y, -3);
    const other = evaluated({ kernel: copied(kernel), ...shape }, rows, y, -3);
    expect(Number.isFinite(own.value)).toBe(true);
    expect(own).toEqual(other);
  });

  it('is +∞ where values or correlations are no numbers', () => {
    const designs = someDesigns(9, { numeric: 2 }, 4);
    designs.numeric[3] = Number.NaN;
    const rows = { designs, levels: new Int32Array(9), noise: null };
    const kernel = new RadialBlock(designs.encoding, 'rbf');
    expect(evaluated({ kernel }, rows, new Float64Array(9), 0).value).toBe(Number.POSITIVE_INFINITY);
  });
});
