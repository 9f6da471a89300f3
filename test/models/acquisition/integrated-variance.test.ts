import { describe, expect, it } from 'vitest';
import { integratedVariance } from '../../../models/acquisition/integrated-variance.js';
import { selectDesigns } from '../../../models/encode/encoded-designs.js';
import { acquisitionValues } from '../../../models/search/acquisition-surface.js';
import { elsewhere } from '../../support/acquisition-input.js';
import { candidates, levelCosts, someSituation, surfacePart } from '../../support/situation.js';

describe('integrated variance, for active learning', () => {
  it.each([[[]], [[0, 1]]])(
    'is the log of what a measurement takes off the mean variance, per cost, %j in flight',
    (pending) => {
      const situation = someSituation(pending);
      const acquisition = integratedVariance.prepare(situation);
      const surface = { parts: [surfacePart(acquisition, situation)], lossPower: 2, costs: levelCosts, levels: [0, 1] };
      const values = acquisitionValues(surface, candidates);
      const grid = situation.representatives(128);
      const meanOver = (surrogate: typeof situation.surrogate) =>
        surrogate.posterior(grid).variance[1]!.reduce((sum, v) => sum + v, 0) / grid.n;
      for (const level of [0, 1])
        for (let row = 0; row < candidates.n; row++) {
          const after = situation.withPending.condition(selectDesigns(candidates, [row]), Int32Array.of(level));
          const taken = meanOver(situation.withPending) - meanOver(after);
          expect(values[level]![row]!).toBeCloseTo(Math.log(taken / levelCosts[level]!), 5);
        }
    },
  );

  it('asks for nothing that tells nothing, and bears losses whose squares underflow', () => {
    const { evaluate, anchors } = integratedVariance.prepare(someSituation([]));
    const p = anchors!.mean.length;
    expect(p).toBe(128);
    expect(evaluate(elsewhere, new Float64Array(p)).value).toBe(Number.NEGATIVE_INFINITY);
    const tiny = evaluate({ ...elsewhere, levelVariance: 1e-180, noise: 0 }, new Float64Array(p).fill(1e-180));
    expect(tiny.value).toBeCloseTo(-180 * Math.LN10, 8);
    expect(tiny.byAnchors!.every(Number.isFinite)).toBe(true);
  });
});
