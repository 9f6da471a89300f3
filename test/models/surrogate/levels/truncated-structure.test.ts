import { describe, expect, it } from 'vitest';
import { gammaPrior } from '../../../../models/kernel/lengthscale-prior.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { covarianceAt, crossTerms } from '../../../../models/surrogate/levels/level-terms.js';
import { evenNumbers, truncatedStructure } from '../../../../models/surrogate/levels/truncated-structure.js';
import { levelCovariances, termsLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { numericDesigns } from '../../../support/encoded.js';
import { golden, relativeError } from '../../../support/golden.js';

interface TruncatedCase {
  readonly kernel: string;
  readonly fidelityDimension: number;
  readonly X: number[][];
  readonly power: number;
  readonly lengthscaleUnbiased: number[];
  readonly lengthscaleBiased: number[];
  readonly K: number[][];
}

describe('linear-truncated structure', () => {
  it('against BoTorch 0.18.1', () => {
    const cases = golden('fidelity-kernels').cases as unknown as TruncatedCase[];
    const c = cases.find(({ kernel }) => kernel === 'linear-truncated')!;
    // Every row is at a fidelity of its own, so each is a level; levels rise.
    const rows = [...c.X].sort((a, b) => a[c.fidelityDimension]! - b[c.fidelityDimension]!);
    const numbers = rows.map((row) => row[c.fidelityDimension]!);
    const designs = numericDesigns(rows.map((row) => row.filter((_, j) => j !== c.fidelityDimension)));
    const structure = truncatedStructure(numbers);
    const block = () => new RadialBlock(designs.encoding, 'matern52');
    const layout = termsLayout({ kernels: [block(), block()], structure, levels: rows.length, constantVariance: 0 });
    const theta = Float64Array.from([
      ...c.lengthscaleUnbiased.map(Math.log),
      ...c.lengthscaleBiased.map(Math.log),
      0,
      Math.log(c.power),
      ...rows.map(() => -9),
    ]);
    const { B } = levelCovariances(layout, theta);
    const values = crossTerms(layout, theta, designs, designs);
    rows.forEach((a, i) => {
      rows.forEach((b, j) => {
        const reference = c.K[c.X.indexOf(a)]![c.X.indexOf(b)]!;
        const ours = covarianceAt(layout, B, [i, j], values, i * rows.length + j);
        expect(relativeError(ours, reference)).toBeLessThan(1e-10);
      });
    });
  });

  it('has nothing of the target alone', () => {
    const [common, vanishing] = truncatedStructure([0, 0.4, 1]).evaluate(Float64Array.of(0.3, -0.2)).B;
    expect([...common!]).toEqual(new Array(9).fill(Math.exp(0.3)));
    for (const level of [0, 1, 2]) expect(vanishing![2 * 3 + level]).toBe(0);
    expect(vanishing![0]).toBeCloseTo(Math.exp(0.3), 12);
  });

  it('spaces levels evenly where no numbers are given, and refuses numbers that do not rise within [0, 1]', () => {
    expect(evenNumbers(1)).toEqual([1]);
    expect(evenNumbers(3)).toEqual([0, 0.5, 1]);
    for (const numbers of [
      [0.5, 0.5],
      [0.6, 0.2],
      [-0.1, 1],
      [0, 1.1],
      [Number.NaN, 1],
    ])
      expect(() => truncatedStructure(numbers)).toThrow(/rise within/);
  });

  it('has the priors of BoTorch for its two numbers', () => {
    const [scale, power] = truncatedStructure([0, 1]).hyperparameters;
    expect(scale!.mean).toBe(gammaPrior(2, 0.15).mean);
    expect(power!.mean).toBeCloseTo(Math.log(2 / 3), 12);
  });
});
