import { describe, expect, it } from 'vitest';
import { drawJointLosses } from '../../../../models/acquisition/internal/joint-losses.js';
import { Ensemble } from '../../../../models/surrogate/ensemble.js';
import { surrogateChoice } from '../../../../models/surrogate/surrogates.js';
import { someDesigns } from '../../../support/encoded.js';

const draws = 6000;
const points = someDesigns(4, { numeric: 2 }, 77);
const designs = someDesigns(14, { numeric: 2 }, 5);
const losses = Float64Array.from({ length: 14 }, (_, i) => Math.sin(7 * designs.numeric[2 * i]!) + (i % 4));
const set = { designs, levels: new Int32Array(14), losses, levelCount: 1, finite: false };
const fitted = (name: string) =>
  Ensemble.fit(surrogateChoice(name).members, set, { seed: 1, previous: [], optimise: true });

describe('joint draws of losses', () => {
  it('have the moments of a normal member, to five standard errors', async () => {
    const ensemble = await fitted('autoregressive');
    const { mean, covariance } = ensemble.members[0]!.surrogate.joint(points);
    const values = drawJointLosses(ensemble, points, draws, 3);
    for (let a = 0; a < 4; a++) {
      let sum = 0;
      for (let s = 0; s < draws; s++) sum += values[s * 4 + a]!;
      const own = covariance[a * 5]!;
      expect(Math.abs(sum / draws - mean[a]!)).toBeLessThan(5 * Math.sqrt(own / draws));
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let s = 0; s < draws; s++) product += (values[s * 4 + a]! - mean[a]!) * (values[s * 4 + b]! - mean[b]!);
        const pair = covariance[a * 4 + b]!;
        const error = Math.sqrt((own * covariance[b * 5]! + pair * pair) / draws);
        expect(Math.abs(product / draws - pair)).toBeLessThan(5 * error);
      }
    }
  });

  it('lie below any loss as often as the mixture of the members says, to five standard errors', async () => {
    const two = await fitted('ensemble');
    const ensemble = new Ensemble(two.members.map((member, m) => ({ ...member, weight: m === 0 ? 0.7 : 0.3 })));
    const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(points));
    const values = drawJointLosses(ensemble, points, draws, 8);
    for (let candidate = 0; candidate < 4; candidate++)
      for (const p of [0.1, 0.5, 0.8]) {
        const y = ensemble.quantile(posteriors, { level: 0, candidate }, p);
        let below = 0;
        for (let s = 0; s < draws; s++) if (values[s * 4 + candidate]! < y) below++;
        expect(Math.abs(below / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
      }
  });

  it('depend on the seed alone, and need a design and a draw', async () => {
    const ensemble = await fitted('gp');
    expect(drawJointLosses(ensemble, points, 5, 2)).toEqual(drawJointLosses(ensemble, points, 5, 2));
    expect(drawJointLosses(ensemble, points, 5, 2)).not.toEqual(drawJointLosses(ensemble, points, 5, 1));
    expect(() => drawJointLosses(ensemble, points, 0, 1)).toThrow(/0 draws at 4 designs/);
    expect(() => drawJointLosses(ensemble, someDesigns(0, { numeric: 2 }, 1), 2, 1)).toThrow(/0 designs/);
  });
});
