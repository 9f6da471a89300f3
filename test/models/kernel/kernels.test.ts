import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../models/encode/encoded-designs.js';
import { Generator } from '../../../models/random/generator.js';
import { someDesigns } from '../../support/encoded.js';
import { everyColumn, everyKernel } from '../../support/kernels.js';

const n = 15;
const designs = selectDesigns(someDesigns(n, everyColumn, 6), [...Array(n - 1).keys(), 4]);

describe.each(everyKernel())('laws of kernels: %s', (_, kernel) => {
  const random = new Generator(5, 'theta');
  const theta = kernel.hyperparameters.map(({ start }) => start + 0.4 * random.normal());
  const k = kernel.cross(theta, designs, designs);

  it('is symmetric, 1 for equal designs, at most 1 for others, and positive definite', () => {
    for (let i = 0; i < n; i++) {
      expect(k[i * n + i]).toBe(1);
      for (let j = 0; j < n; j++) expect(Math.abs(k[i * n + j]! - k[j * n + i]!)).toBeLessThan(1e-14);
    }
    expect(k[4 * n + 14]).toBe(1);
    expect(k.every((value) => value > 0 && value <= 1)).toBe(true);
    const K = Matrix.from1DArray(n, n, [...k])
      .add(Matrix.from1DArray(n, n, [...k]).transpose())
      .mul(0.5);
    expect(Math.min(...new EigenvalueDecomposition(K, { assumeSymmetric: true }).realEigenvalues)).toBeGreaterThan(
      -1e-10,
    );
  });

  it('gives the same over pairs of one set, and one by one', () => {
    const K = new Float64Array(n * n);
    kernel.training(designs).evaluate(theta, K);
    const { value } = kernel.local(theta, designs, selectDesigns(designs, [3]));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) expect(Math.abs(K[i * n + j]! - k[i * n + j]!)).toBeLessThan(1e-14);
      expect(Math.abs(value[i]! - k[3 * n + i]!)).toBeLessThan(1e-14);
    }
  });

  it('has gradients by hyperparameters that agree with central differences', () => {
    const W = Float64Array.from({ length: n * n }, () => random.normal());
    const training = kernel.training(designs);
    const K = new Float64Array(n * n);
    const weighted = (at: readonly number[]) => {
      training.evaluate(at, K);
      let sum = 0;
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) sum += W[i * n + j]! * K[i * n + j]!;
      return sum;
    };
    const gradient = new Float64Array(theta.length);
    weighted(theta);
    training.pullback(W, gradient);
    theta.forEach((_value, q) => {
      const moved = (by: number) => weighted(theta.map((t, i) => (i === q ? t + by : t)));
      const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      expect(Math.abs(gradient[q]! - difference), `hyperparameter ${q}`).toBeLessThan(
        1e-7 * Math.max(1, Math.abs(difference)),
      );
    });
  });

  it('has gradients by coordinates that agree with central differences', () => {
    const point = selectDesigns(someDesigns(1, everyColumn, 77), [0]);
    const { gradient } = kernel.local(theta, designs, point);
    for (let j = 0; j < 3; j++) {
      const moved = (by: number) => {
        const copy = selectDesigns(point, [0]);
        copy.numeric[j] = copy.numeric[j]! + by;
        return kernel.local(theta, designs, copy).value;
      };
      const [up, down] = [moved(1e-5), moved(-1e-5)];
      for (let i = 0; i < n; i++)
        expect(Math.abs(gradient[i * 3 + j]! - (up[i]! - down[i]!) / 2e-5)).toBeLessThan(1e-7);
    }
  });
});
