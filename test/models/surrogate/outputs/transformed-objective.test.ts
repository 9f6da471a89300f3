import { describe, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { Generator } from '../../../../models/random/generator.js';
import { logWarp } from '../../../../models/surrogate/outputs/log-warp.js';
import { transformedObjective } from '../../../../models/surrogate/outputs/transformed-objective.js';
import { yeoJohnson } from '../../../../models/surrogate/outputs/yeo-johnson.js';
import { icmLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { someDesigns } from '../../../support/encoded.js';
import { expectGradient } from '../../../support/gradients.js';

/** Twelve designs, of which the first two stand there three times each. */
const designs = selectDesigns(someDesigns(12, { numeric: 2 }, 3), [0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);

describe.each([
  ['known at some rows', logWarp, (i: number) => (i > 7 ? 0.02 * (i - 6) : Number.NaN)],
  ['known at some rows', yeoJohnson, (i: number) => (i > 7 ? 0.02 * (i - 6) : Number.NaN)],
  ['known at all rows', logWarp, (i: number) => 0.01 + 0.005 * i],
  ['known to be little', yeoJohnson, () => 1e-3],
  ['unknown', logWarp, () => Number.NaN],
] as const)('log posterior density with the noise %s, %o', (_, transform, known) => {
  it('has a gradient that agrees with central differences', () => {
    const random = new Generator(2, 'losses');
    const losses = Float64Array.from({ length: designs.n }, (_row, i) => (i % 3) + random.normal());
    const layout = icmLayout({ kernel: new RadialBlock(designs.encoding, 'matern32'), levels: 1 });
    const noise = Float64Array.from(losses, (_loss, i) => known(i));
    const objective = transformedObjective(layout, { designs, losses, noise }, transform);
    const all = [...layout.all, transform.parameter];
    const theta = Float64Array.from(all, ({ start }) => start + 0.2 * random.normal());
    expectGradient(objective, theta);
  });
});
