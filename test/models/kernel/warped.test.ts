import { describe, expect, it } from 'vitest';
import { RadialBlock } from '../../../models/kernel/radial-block.js';
import { WarpedKernel } from '../../../models/kernel/warped.js';
import { surrogates } from '../../../models/surrogate/surrogates.js';
import { numericDesigns, someDesigns } from '../../support/encoded.js';

describe('warped kernel', () => {
  const a = someDesigns(7, { numeric: 2, categories: 1 }, 3);
  const b = someDesigns(4, { numeric: 2, categories: 1 }, 4);
  const block = new RadialBlock(a.encoding, 'matern32');
  const kernel = new WarpedKernel(block, a.encoding);

  it('is the inner kernel where all concentrations are 1', () => {
    const theta = [0.1, -0.4, 0.2];
    const [warped, plain] = [kernel.cross([...theta, 0, 0, 0, 0], a, b), block.cross(theta, a, b)];
    warped.forEach((value, at) => {
      expect(value).toBeCloseTo(plain[at]!, 12);
    });
  });

  it('spreads the low end of a coordinate by a concentration a below 1', () => {
    const ends = numericDesigns([[0.05], [0.15], [0.85], [0.95]]);
    const one = new WarpedKernel(new RadialBlock(ends.encoding, 'matern32'), ends.encoding);
    const k = one.cross([-1, Math.log(0.3), 0], ends, ends);
    expect(k[1]).toBeLessThan(k[2 * 4 + 3]! - 0.05);
  });

  it('is learned where the losses vary faster at one end', async () => {
    const n = 60;
    const designs = someDesigns(n, { numeric: 1 }, 5);
    const losses = designs.numeric.map((x) => Math.sin(3 * Math.log(x + 0.01)));
    const set = { designs, levels: new Int32Array(n), losses, levelCount: 1, finite: false };
    const fitted = async (name: string) =>
      surrogates.find((type) => type.name === name)!.fit(set, { seed: 1, previous: null, optimise: true });
    const [warped, plain] = [await fitted('warped-gp'), await fitted('gp')];
    // Order: log lengthscale, log a, log b, then scale, noise and transform.
    expect(warped.hyperparameters[1]).toBeLessThan(-0.2);
    expect(warped.logPosterior).toBeGreaterThan(plain.logPosterior + 2);
  });
});
