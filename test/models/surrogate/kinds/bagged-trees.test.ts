import { describe, expect, it } from 'vitest';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { baggedTrees } from '../../../../models/surrogate/kinds/bagged-trees.js';
import { gp } from '../../../../models/surrogate/surrogates.js';
import { someCampaign } from '../../../support/campaigns.js';
import { someDesigns, someFingerprints } from '../../../support/encoded.js';

const options = { seed: 1, previous: null, optimise: true };

describe('bagged trees', () => {
  it('predict jumps between categories and thresholds better than a Gaussian process', () => {
    const columns = { numeric: 3, categories: 2 };
    const [designs, points] = [someDesigns(120, columns, 1), someDesigns(200, columns, 2)];
    const loss = ({ numeric, categories }: typeof designs, i: number) =>
      (numeric[3 * i]! > 0.35 ? 2 : 0) * (categories[2 * i]! === 1 ? 1 : -1) + (numeric[3 * i + 1]! > 0.8 ? 1.5 : 0);
    const losses = Float64Array.from({ length: 120 }, (_, i) => loss(designs, i));
    const training = { designs, levels: new Int32Array(120), losses, levelCount: 1, finite: true };
    const rms = (type: typeof gp) => {
      const fitted = type.fit(training, options);
      const { mean } = fitted.posterior(points);
      const errors = mean[0]!.map((value, i) => (fitted.scale.toLoss(value) - loss(points, i)) ** 2);
      return Math.sqrt(errors.reduce((a, b) => a + b) / 200);
    };
    expect(rms(baggedTrees)).toBeLessThan(0.8 * rms(gp));
  });

  it('learn from molecules, with each row left out by the trees that have not drawn it', () => {
    const fingerprints = someFingerprints(40, 3);
    const designs = someDesigns(80, { substances: 1, fingerprints }, 4);
    const losses = Float64Array.from(designs.substances, (m) => (fingerprints[m]!.features.includes(3) ? 1 : 0));
    const training = { designs, levels: new Int32Array(80), losses, levelCount: 1, finite: true };
    const fitted = baggedTrees.fit(training, options);
    const { mean } = fitted.leaveOneOut();
    const right = mean.filter((value, i) => Math.round(fitted.scale.toLoss(value)) === losses[i]);
    expect(right.length).toBeGreaterThanOrEqual(76);
  });

  it('propose in a continuous space, where the search along gradients stays where it starts', async () => {
    const strategy = { surrogate: 'trees', initial: { trials: 6, lowCost: 0 } };
    const fidelities = [{ name: 'high', adapter: 'problem', cost: 1 }];
    const planner = new Planner(someCampaign({ strategy, fidelities, budget: { trials: 30 } }));
    const values: number[] = [];
    for (let trial = 0; trial < 30; trial++) {
      const [proposal] = (await planner.ask(1)).proposals;
      const { x, y } = proposal!.design as { x: number; y: number };
      const value = (x - 0.3) ** 2 + (y - 0.5) ** 2;
      values.push(value);
      planner.tell([{ ...proposal!, value }]);
    }
    // Draws at random have the mean 1.71.
    const proposed = values.slice(6);
    expect(proposed.reduce((a, b) => a + b) / proposed.length).toBeLessThan(0.8);
  });
});
