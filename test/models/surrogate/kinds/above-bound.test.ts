import { describe, expect, it } from 'vitest';
import { aboveBound } from '../../../../models/surrogate/kinds/above-bound.js';
import { gpType, vanillaGp } from '../../../../models/surrogate/kinds/gp.js';
import { numericDesigns } from '../../../support/encoded.js';

const plain = gpType('rbf-gp', 'plain', vanillaGp);
const places = Array.from({ length: 13 }, (_, i) => i / 12);
const designs = numericDesigns(places.map((x) => [x]));
const options = { seed: 1, previous: null, optimise: true };
const fitted = (values: readonly number[], bound: number, orientation: 1 | -1 = 1) =>
  aboveBound(plain, bound, orientation).fit(
    {
      designs,
      levels: new Int32Array(places.length),
      losses: Float64Array.from(values, (value) => orientation * value),
      levelCount: 1,
      finite: false,
    },
    options,
  );
const everywhere = numericDesigns(Array.from({ length: 41 }, (_, i) => [i / 40]));
/** A cost per gram, small where much is made. */
const costs = places.map((x) => 20 * Math.exp(-5 * Math.sin(Math.PI * x)));

describe('a surrogate of what is known never to lie below a bound', () => {
  it.each([1, -1] as const)(
    'predicts nothing below it, however steep its values fall towards it (turned by %i)',
    async (sign) => {
      const surrogate = await fitted(costs, 0, sign);
      const { mean, variance } = surrogate.posterior(everywhere);
      mean[0]!.forEach((middle, i) => {
        for (const z of [-4, -1, 0, 1, 4]) {
          const loss = surrogate.scale.toLoss(middle + z * Math.sqrt(variance[0]![i]!));
          expect(sign * loss).toBeGreaterThanOrEqual(0);
        }
      });
      // Where it was measured it is that.
      for (const [i, middle] of surrogate.posterior(designs).mean[0]!.entries())
        expect(Math.log(sign * surrogate.scale.toLoss(middle))).toBeCloseTo(Math.log(costs[i]!), 0);
      // The kind itself predicts what cannot be.
      const itself = await plain.fit(
        {
          designs,
          levels: new Int32Array(places.length),
          losses: Float64Array.from(costs),
          levelCount: 1,
          finite: false,
        },
        options,
      );
      const { mean: means, variance: variances } = itself.posterior(everywhere);
      const lower = means[0]!.map((middle, i) => itself.scale.toLoss(middle - 2 * Math.sqrt(variances[0]![i]!)));
      expect(Math.min(...lower)).toBeLessThan(0);
    },
  );

  it.each([
    [0, 1],
    [0, -1],
    [-50, 1],
  ] as const)(
    'has a rising scale with its slope, from %f on, turned by %i, beyond the bound too',
    async (bound, sign) => {
      const surrogate = await fitted(
        [0, 0, ...costs.slice(2)].map((cost) => cost + bound),
        bound,
        sign,
      );
      const { scale } = surrogate;
      let before = Number.NEGATIVE_INFINITY;
      for (let loss = -80; loss <= 80; loss += 0.37) {
        const latent = scale.toLatent(loss);
        expect(latent).toBeGreaterThan(before);
        before = latent;
        const slope = (scale.toLatent(loss + 1e-6) - scale.toLatent(loss - 1e-6)) / 2e-6;
        expect(scale.slope(loss) / slope).toBeCloseTo(1, 4);
        if (sign * loss > bound) expect(scale.toLoss(latent)).toBeCloseTo(loss, 6);
      }
    },
  );

  it('is conditioned on values, keeps its hyperparameters, and is the kind itself where nothing lies above the bound', async () => {
    const surrogate = await fitted(costs, 0);
    const at = numericDesigns([[0.8]]);
    const next = surrogate.condition(at, new Int32Array(1), Float64Array.of(1));
    const before = surrogate.posterior(at).variance[0]![0]!;
    expect(next.posterior(at).variance[0]![0]!).toBeLessThan(before);
    expect(Math.abs(next.scale.toLoss(next.posterior(at).mean[0]![0]!) - 1)).toBeLessThan(0.3);
    expect(next.hyperparameters).toEqual(surrogate.hyperparameters);
    expect(surrogate.condition(at, new Int32Array(1)).posterior(at).mean[0]![0]!).toBeCloseTo(
      surrogate.posterior(at).mean[0]![0]!,
      9,
    );
    const none = await fitted(
      costs.map((cost) => -cost),
      0,
    );
    expect(none.scale.toLoss(none.posterior(designs).mean[0]![0]!)).toBeLessThan(0);
    expect(aboveBound(plain, 0, 1).name).toBe('rbf-gp-of-logs');
  });
});
