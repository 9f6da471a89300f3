import { describe, expect, it } from 'vitest';
import { concatDesigns } from '../../../../models/encode/encoded-designs.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { icm } from '../../../../models/surrogate/kinds/icm.js';
import { chainStructure } from '../../../../models/surrogate/levels/chain-structure.js';
import { correlationPosteriors } from '../../../../models/surrogate/levels/level-laplace.js';
import { icmLayout, termsLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { icmObjective } from '../../../../models/surrogate/process/icm-likelihood.js';
import { mapEstimate } from '../../../../models/surrogate/process/map-estimate.js';
import { gp } from '../../../../models/surrogate/surrogates.js';
import { someDesigns } from '../../../support/encoded.js';

/** Both levels at n designs; the lower one is r·target + √(1 − r²)·other, of waves. */
function pairs(n: number, r: number) {
  const one = someDesigns(n, { numeric: 2 }, 4);
  const x = (i: number, j: number) => one.numeric[2 * i + j]!;
  const high = Array.from({ length: n }, (_, i) => Math.SQRT2 * Math.sin(9 * x(i, 0) + 2 * x(i, 1)));
  const other = Array.from({ length: n }, (_, i) => Math.SQRT2 * Math.cos(8 * x(i, 1) - 5 * x(i, 0)));
  const low = high.map((value, i) => r * value + Math.sqrt(1 - r * r) * other[i]!);
  return {
    designs: concatDesigns(one, one),
    levels: Int32Array.from({ length: 2 * n }, (_, i) => (i < n ? 0 : 1)),
    losses: Float64Array.from([...low, ...high]),
    levelCount: 2,
    finite: false,
  };
}

describe('the correlation of levels by Laplace', () => {
  it('has the curvature of the profile of the posterior density', () => {
    const { designs, levels, losses: y } = pairs(15, 0.6);
    const layout = icmLayout({ kernel: new RadialBlock(designs.encoding, 'matern52'), levels: 2 });
    const objective = icmObjective(layout, { designs, levels, noise: null }, y);
    const best = mapEstimate(objective, layout.all, { previous: null, thorough: true, seed: 1 });
    const [posterior] = correlationPosteriors({ layout, theta: best.x, designs, levels, noise: null, y });
    // u is atanh of the correlation: the only hyperparameter of the structure that carries a sign.
    const u = layout.structureAt + layout.structure.signed[0]!;
    // The search ends where the slope is below 1e-3.
    expect(Math.abs(posterior!.mean - best.x[u]!)).toBeLessThan(0.01 * posterior!.sd);
    const at = (shift: number) => {
      const held = layout.all.map((one, q) => {
        const value = best.x[u]! + shift;
        return q === u ? { ...one, lower: value, upper: value, start: value } : one;
      });
      const from = [...best.x];
      from[u] = best.x[u]! + shift;
      const { value, x } = mapEstimate(objective, held, { previous: from, thorough: false, seed: 1 });
      expect(x[u]).toBeCloseTo(from[u]!, 12);
      return value;
    };
    const h = 0.5 * posterior!.sd;
    const curvature = (at(h) + at(-h) - 2 * best.value) / (h * h);
    expect(posterior!.sd * Math.sqrt(curvature)).toBeGreaterThan(0.85);
    expect(posterior!.sd * Math.sqrt(curvature)).toBeLessThan(1.15);
  });

  it('holds the truth, narrows with pairs, and follows the sign', () => {
    const told = (n: number, r: number) =>
      icm.fit(pairs(n, r), { seed: 1, previous: null, optimise: true }).correlations!()[0]!;
    for (const r of [0.8, -0.8]) {
      const { mean, sd } = told(30, r);
      expect(Math.abs(mean - Math.atanh(r))).toBeLessThan(2.5 * sd);
      expect(Math.sign(mean)).toBe(Math.sign(r));
    }
    expect(told(30, 0.5).sd).toBeLessThan(told(8, 0.5).sd);
  });

  it('is had of any structure, and of none that sees the target alone', () => {
    const { designs, levels, losses: y, ...rest } = pairs(12, 0.9);
    const kernels = [0, 1].map(() => new RadialBlock(designs.encoding, 'matern52'));
    const layout = termsLayout({ kernels, structure: chainStructure(2), levels: 2 });
    const objective = icmObjective(layout, { designs, levels, noise: null }, y);
    const { x: theta } = mapEstimate(objective, layout.all, { previous: null, thorough: true, seed: 1 });
    const [posterior] = correlationPosteriors({ layout, theta, designs, levels, noise: null, y });
    const [low, own, factor] = theta.subarray(layout.structureAt);
    const rho = factor! * Math.sqrt(Math.exp(low!) / (factor! ** 2 * Math.exp(low!) + Math.exp(own!)));
    expect(Math.abs(posterior!.mean - Math.atanh(rho))).toBeLessThan(0.05 * posterior!.sd);
    const alone = gp.fit({ designs, levels, losses: y, ...rest }, { seed: 1, previous: null, optimise: true });
    expect(alone.correlations).toBeUndefined();
  });
});
