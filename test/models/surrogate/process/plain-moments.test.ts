import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { expect, it } from 'vitest';
import { radialKernels } from '../../../../models/linalg/radial/radial-kernels.js';
import type { ScreenModel } from '../../../../models/surrogate/contract.js';
import { plainMoments } from '../../../../models/surrogate/process/plain-moments.js';
import { somePoolOf, someScreenModel } from '../../../support/screen-models.js';

/** Mean and variance of one row by the formula as books print it. */
function byTheBook(model: ScreenModel, x: Float64Array): [number, number] {
  const { d, n, signalVariance, constantVariance } = model;
  const k = Array.from({ length: n }, (_, i) => {
    const squared = x.reduce((sum, value, j) => {
      return sum + ((value - model.inputs[i * d + j]!) * model.inverseLengthscales[j]!) ** 2;
    }, 0);
    return signalVariance * radialKernels[model.radial](squared).value + constantVariance;
  });
  const L = Matrix.from1DArray(n, n, model.factor.L);
  const column = Matrix.columnVector(k);
  const weights = solve(L.mmul(L.transpose()), column);
  const explained = column.transpose().mmul(weights).get(0, 0);
  const mean = k.reduce((sum, value, i) => sum + value * model.alpha[i]!, model.mean);
  return [mean, model.sd ** 2 * (signalVariance + constantVariance - explained)];
}

it('plainMoments agrees with the formulas by the book', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('matern32', 'matern52', 'rbf'),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(1000),
      (radial, n, d, seed) => {
        const shape = {
          radial,
          n,
          d,
          lengthscale: 0.7,
          noise: 1e-2,
          mean: 3,
          signalVariance: 2,
          constantVariance: 0.5,
        };
        const model = someScreenModel(shape, seed);
        const rows = somePoolOf(model, 6, seed);
        const { mean, variance } = plainMoments(model, rows, 6);
        for (let c = 0; c < 6; c++) {
          const [m, v] = byTheBook(model, rows.subarray(c * d, (c + 1) * d));
          expect(mean[c]).toBeCloseTo(m, 8);
          expect(variance[c]).toBeCloseTo(v, 8);
        }
      },
    ),
    { seed: 3, numRuns: 40 },
  );
});
