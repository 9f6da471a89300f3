import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cholesky } from '../../../../models/linalg/cholesky.js';
import { type RadialKernelName, radialKernels } from '../../../../models/linalg/radial/radial-kernels.js';
import { Generator } from '../../../../models/random/generator.js';
import { golden, relativeError } from '../../../support/golden.js';

interface KernelCase {
  readonly kernel: RadialKernelName;
  readonly X: number[][];
  readonly lengthscale: number[];
  readonly K: number[][];
}

const names = Object.keys(radialKernels) as RadialKernelName[];

describe.each(names)('%s', (name) => {
  const kernel = radialKernels[name];

  it('is 1 at 0, falls, and stays within (0, 1]', () => {
    expect(kernel(0).value).toBe(1);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 500, noNaN: true }),
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        (squared, more) => {
          const { value, slope } = kernel(squared);
          expect(value > 0 && value <= 1 && slope > 0).toBe(true);
          expect(kernel(squared + more).value).toBeLessThan(value);
        },
      ),
      { seed: 1 },
    );
  });

  it('has minus twice the slope by r², with its limit at 0', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 30, noNaN: true }), (squared) => {
        const step = 1e-5 * squared;
        const difference = (kernel(squared + step).value - kernel(squared - step).value) / (2 * step);
        const { slope } = kernel(squared);
        // Rounding of the difference: about 1e-16 over the step; truncation: step² times the third derivative.
        expect(Math.abs(slope + 2 * difference)).toBeLessThan(1e-8 * slope + 3e-16 / step);
      }),
      { seed: 2 },
    );
    expect(kernel(0).slope).toBe({ matern32: 3, matern52: 5 / 3, rbf: 1 }[name]);
    expect(Math.abs(kernel(1e-14).slope - kernel(0).slope)).toBeLessThan(1e-6);
  });

  it('is positive definite in five dimensions', () => {
    const random = new Generator(6, name);
    const n = 30;
    const points = Array.from({ length: n }, () => Array.from({ length: 5 }, () => random.uniform()));
    const K = new Float64Array(n * n);
    points.forEach((a, i) => {
      points.forEach((b, j) => {
        K[i * n + j] = kernel(a.reduce((sum, x, k) => sum + ((x - b[k]!) / 0.7) ** 2, 0)).value;
      });
    });
    expect(cholesky(K, n).jitter).toBe(0);
  });
});

describe('radial kernels', () => {
  it('Matérn 5/2 and RBF of BoTorch', () => {
    const cases = golden('gp-fixed').cases as unknown as KernelCase[];
    expect(new Set(cases.map(({ kernel }) => kernel))).toEqual(new Set(['matern52', 'rbf']));
    for (const { kernel, X, lengthscale, K } of cases)
      K.forEach((row, i) => {
        row.forEach((value, j) => {
          const squared = lengthscale.reduce((sum, l, k) => sum + ((X[i]![k]! - X[j]![k]!) / l) ** 2, 0);
          expect(relativeError(radialKernels[kernel](squared).value, value)).toBeLessThan(1e-8);
        });
      });
  });

  // mpmath 1.4.1, 40 digits, by the formulas.
  it.each([
    ['matern32', 0.25, 0.7848876539574506],
    ['matern32', 4, 0.13973135019231467],
    ['matern32', 30, 0.0007953625479409039],
    ['rbf', 0.25, 0.8824969025845955],
    ['rbf', 30, 3.059023205018258e-7],
  ] as const)('%s at r² = %d', (name, squared, value) => {
    expect(relativeError(radialKernels[name](squared).value, value)).toBeLessThan(1e-14);
  });
});
