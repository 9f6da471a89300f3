import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { Generator } from '../../../../models/random/generator.js';
import { icm } from '../../../../models/surrogate/kinds/icm.js';
import { LevelTransforms } from '../../../../models/surrogate/levels/level-transforms.js';
import { logWarp } from '../../../../models/surrogate/outputs/log-warp.js';
import { standardise } from '../../../../models/surrogate/outputs/standardise.js';
import { yeoJohnson } from '../../../../models/surrogate/outputs/yeo-johnson.js';
import { icmLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { someDesigns } from '../../../support/encoded.js';
import { expectGradient } from '../../../support/gradients.js';

/** Ten designs, the first three of them twice or three times, at two levels. */
const designs = selectDesigns(someDesigns(10, { numeric: 2 }, 3), [0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
const levels = Int32Array.from({ length: designs.n }, (_, i) => (i < 3 || i > 12 ? 1 : i % 2));
const random = new Generator(2, 'losses');
const losses = Float64Array.from(levels, (level, i) =>
  level === 1 ? 100 * random.normal() : (i % 3) + random.normal(),
);

describe.each([
  ['known at some rows', logWarp, (i: number) => (i > 7 ? 0.02 * (i - 6) : Number.NaN)],
  ['known at all rows', yeoJohnson, (i: number) => 0.01 + 0.005 * i],
  ['unknown', logWarp, () => Number.NaN],
  ['unknown', standardise, () => Number.NaN],
] as const)('log posterior density of two levels with the noise %s, %o', (_, transform, known) => {
  it('has a gradient that agrees with central differences', () => {
    const layout = icmLayout({ kernel: new RadialBlock(designs.encoding, 'matern32'), levels: 2 });
    // Losses of level 1 are a hundred times as large.
    const noise = Float64Array.from(levels, (level, i) => known(i) * (level === 1 ? 1e4 : 1));
    const transforms = new LevelTransforms({ designs, levels, losses, noise }, 2, transform);
    const objective = transforms.objective(layout);
    const all = [...layout.all, ...transforms.parameters];
    const own = new Generator(4, 'theta');
    const theta = Float64Array.from(all, ({ start }) => start + 0.2 * own.normal());
    expectGradient(objective, theta);
  });
});

describe('losses of levels on scales of their own', () => {
  it('have the density that the fitted surrogate tells', () => {
    const training = { designs, levels, losses, levelCount: 2, finite: true };
    const fitted = icm.fit(training, { seed: 1, previous: null, optimise: true });
    const kernel = new RadialBlock(designs.encoding, 'matern52');
    const layout = icmLayout({ kernel, noisePrior: [-6, 2], levels: 2 });
    const objective = new LevelTransforms(training, 2, logWarp).objective(layout);
    const theta = Float64Array.from(fitted.hyperparameters);
    expect(theta.length).toBe(layout.size + 2);
    expect(-objective(theta, new Float64Array(theta.length))).toBeCloseTo(fitted.logPosterior, 8);
  });

  it('go to the scale of their level and back', () => {
    const { scale } = icm.fit(
      { designs, levels, losses, levelCount: 2, finite: true },
      { seed: 1, previous: null, optimise: true },
    );
    losses.forEach((loss, i) => {
      const back = scale.toLoss(scale.toLatent(loss, levels[i]!), levels[i]!);
      expect(Math.abs(back - loss)).toBeLessThan(1e-9 * Math.max(1, Math.abs(loss)));
    });
    // Far below all losses, and of the other size: the two scales are not one.
    expect(scale.toLatent(50, 0)).toBeGreaterThan(scale.toLatent(50, 1));
  });
});
