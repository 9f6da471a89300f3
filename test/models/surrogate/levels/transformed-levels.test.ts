import { describe, expect, it } from 'vitest';
import { icm } from '../../../../models/surrogate/kinds/icm.js';
import { TransformedLevels } from '../../../../models/surrogate/levels/transformed-levels.js';
import { someDesigns } from '../../../support/encoded.js';

/** Both levels at ten designs each; the lower one is three times the other, plus one. */
function fitted() {
  const designs = someDesigns(20, { numeric: 2 }, 3);
  const levels = Int32Array.from({ length: 20 }, (_, i) => i % 2);
  const losses = Float64Array.from({ length: 20 }, (_, i) => {
    const value = Math.exp(3 * designs.numeric[2 * i]!);
    return levels[i] === 1 ? value : 3 * value + 1;
  });
  return icm.fit(
    { designs, levels, losses, levelCount: 2, finite: false },
    { seed: 1, previous: null, optimise: true },
  );
}

describe('levels on scales of their own', () => {
  it('have a scale each, rising, and that of the target where none is named', () => {
    const surrogate = fitted();
    expect(surrogate).toBeInstanceOf(TransformedLevels);
    const { scale } = surrogate;
    for (const level of [0, 1]) {
      const latent = [2, 5, 9].map((loss) => scale.toLatent(loss, level));
      expect(latent).toEqual([...latent].sort((a, b) => a - b));
      for (const [i, loss] of [2, 5, 9].entries()) expect(scale.toLoss(latent[i]!, level)).toBeCloseTo(loss, 8);
    }
    expect(scale.toLatent(5)).toBe(scale.toLatent(5, 1));
    expect(scale.toLatent(5)).not.toBe(scale.toLatent(5, 0));
    const h = 1e-5;
    expect(scale.slope(5)).toBeCloseTo((scale.toLatent(5 + h) - scale.toLatent(5 - h)) / (2 * h), 6);
  });

  it('say of their correlation what the process beneath them says', () => {
    const [posterior] = fitted().correlations!();
    expect(Math.tanh(posterior!.mean)).toBeGreaterThan(0.7);
    expect(posterior!.sd).toBeGreaterThan(0);
  });
});
