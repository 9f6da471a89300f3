import { describe, expect, it } from 'vitest';
import { openScreen } from '../../../models/screen/screen.js';
import type { ScreenModel } from '../../../models/surrogate/contract.js';
import { plainMoments } from '../../../models/surrogate/process/plain-moments.js';
import { hasOnnxRuntime, somePoolOf, someScreenModel } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();
const kernels = ['matern32', 'matern52', 'rbf'] as const;

async function worst(model: ScreenModel, precision: 'float32' | 'float64') {
  const rows = somePoolOf(model, 300, 8);
  const screen = (await openScreen(model, precision))!;
  const found = await screen.moments(rows, 300);
  const exact = plainMoments(model, rows, 300);
  const error = (a: Float64Array, b: Float64Array) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
  return { mean: error(found.mean, exact.mean), variance: error(found.variance, exact.variance) };
}

describe.runIf(present).each(kernels)('a screen with the kernel %s', (radial) => {
  const shapes = [
    { radial, n: 60, d: 6, lengthscale: 0.7, noise: 1e-2, mean: 40, sd: 4, signalVariance: 3, constantVariance: 1 },
    { radial, n: 200, d: 20, lengthscale: 3, noise: 1e-4 },
    { radial, n: 1, d: 1, lengthscale: 0.5, noise: 1e-4 },
  ];

  it('agrees with double precision: to its last digits in that, to the rounding of its terms in single', async () => {
    for (const shape of shapes) {
      const model = someScreenModel(shape, 5);
      const fine = await worst(model, 'float64');
      expect(fine.mean).toBeLessThan(1e-10);
      expect(fine.variance).toBeLessThan(1e-10);
      const coarse = await worst(model, 'float32');
      // Each k is rounded to 2⁻²⁴, and so are its products.
      const terms = model.alpha.reduce((sum, value) => sum + Math.abs(value), 0) * model.signalVariance;
      expect(coarse.mean).toBeLessThan(4 * 2 ** -24 * terms);
      expect(coarse.variance).toBeLessThan(1e-4);
    }
  });

  it('does not suffer from short lengthscales, where distances are differences of large numbers', async () => {
    const error = await worst(someScreenModel({ radial, n: 100, d: 6, lengthscale: 0.03, noise: 1e-3 }, 2), 'float32');
    expect(error.mean).toBeLessThan(1e-5);
    expect(error.variance).toBeLessThan(1e-5);
  });

  it('gives a row the same bits every time', async () => {
    const model = someScreenModel(shapes[0]!, 1);
    const rows = somePoolOf(model, 100, 2);
    const screen = (await openScreen(model, 'float32'))!;
    expect(await screen.moments(rows, 100)).toEqual(await screen.moments(rows, 100));
  });
});
