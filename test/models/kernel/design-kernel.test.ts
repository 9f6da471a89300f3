import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { DesignKernel } from '../../../models/kernel/design-kernel.js';
import { matern52 } from '../../../models/kernel/matern.js';
import { someDesigns, someFingerprints } from '../../support/encoded.js';

describe('design kernel', () => {
  const fingerprints = someFingerprints(15, 2);
  const designs = someDesigns(15, { numeric: 2, categories: 1, substances: 1, fingerprints, vectors: [3, 1] }, 6);
  const kernel = new DesignKernel(designs.encoding);
  const scales = Float64Array.of(2, 5, 1, 3, 0.4, 0.2);
  const k = kernel.cross(designs, designs, scales);

  it('has one lengthscale a column', () => {
    expect(kernel.lengthscales).toBe(6);
  });

  it('is symmetric, 1 for equal designs, below 1 for others, and positive definite', () => {
    const K = Matrix.from1DArray(15, 15, [...k]);
    expect(K.isSymmetric()).toBe(true);
    for (let i = 0; i < 15; i++) expect(k[i * 15 + i]).toBe(1);
    expect(k.every((value) => value > 0 && value <= 1)).toBe(true);
    expect(Math.min(...new EigenvalueDecomposition(K).realEigenvalues)).toBeGreaterThan(-1e-10);
  });

  it('adds the scaled squared distances of the columns', () => {
    let squared = 0;
    for (let j = 0; j < 6; j++) squared += kernel.distance(designs, 3, designs, 8, j) * scales[j]!;
    expect(k[3 * 15 + 8]).toBeCloseTo(matern52(squared).value, 14);
  });

  it('takes a vector column as the mean squared difference of its entries', () => {
    const row = (i: number) => [...designs.vectors.subarray(4 * i, 4 * i + 4)];
    const [a, b] = [row(3), row(8)];
    const squares = a.map((value, j) => (value - b[j]!) ** 2);
    expect(kernel.distance(designs, 3, designs, 8, 4)).toBeCloseTo((squares[0]! + squares[1]! + squares[2]!) / 3, 14);
    expect(kernel.distance(designs, 3, designs, 8, 5)).toBeCloseTo(squares[3]!, 14);
  });

  it('adds the same distances for gradients', () => {
    const sums = new Float64Array(6).fill(1);
    kernel.addDistances(designs, 2, 9, 0.5, sums);
    sums.forEach((sum, j) => {
      expect(sum).toBeCloseTo(1 + 0.5 * kernel.distance(designs, 2, designs, 9, j), 14);
    });
  });
});

describe('matern52', () => {
  it('has the slope that gradients use', () => {
    for (const squared of [0.01, 0.5, 4]) {
      const difference = (matern52(squared + 1e-6).value - matern52(squared - 1e-6).value) / 2e-6;
      expect(matern52(squared).slope).toBeCloseTo(-2 * difference, 6);
    }
    expect(matern52(0)).toEqual({ value: 1, slope: 5 / 3 });
  });
});
