import { describe, expect, it } from 'vitest';
import { type EncodedDesigns, sliceDesigns } from '../../../../models/encode/encoded-designs.js';
import { cholesky } from '../../../../models/linalg/cholesky.js';
import { Generator } from '../../../../models/random/generator.js';
import { cdf } from '../../../../models/stats/normal.js';
import { chanceOfBetter } from '../../../../models/strategy/explain/chance-of-better.js';
import type { SurrogateType } from '../../../../models/surrogate/contract.js';
import { Ensemble } from '../../../../models/surrogate/ensemble.js';
import { autoregressive } from '../../../../models/surrogate/kinds/autoregressive.js';
import { icm } from '../../../../models/surrogate/kinds/icm.js';
import { gp } from '../../../../models/surrogate/surrogates.js';
import { numericDesigns } from '../../../support/encoded.js';

const x = [0.05, 0.2, 0.35, 0.5, 0.62, 0.8, 0.95];
const losses = x.map((u) => Math.sin(6 * u) + 2 * (u - 0.6) ** 2);

function fitted(types: readonly SurrogateType[]): Promise<Ensemble> {
  const training = {
    designs: numericDesigns(x.map((u) => [u])),
    levels: new Int32Array(x.length),
    losses: Float64Array.from(losses),
    levelCount: 1,
    finite: false,
  };
  const contenders = types.map((type) => ({ type, logOdds: () => 0 }));
  return Ensemble.fit(contenders, training, { seed: 1, previous: [], optimise: true });
}

const grid = (n: number) => numericDesigns(Array.from({ length: n }, (_, i) => [(i + 0.5) / n]));
const best = numericDesigns([[x[losses.indexOf(Math.min(...losses))]!]]);

/** By plain Monte Carlo over all candidates at once, with independent draws. */
function byBruteForce({ members }: Ensemble, candidates: EncodedDesigns, epsilon: number): number {
  const random = new Generator(3, 'brute');
  const draws = 4000;
  return members.reduce((sum, { weight, surrogate }) => {
    const all = {
      ...candidates,
      n: candidates.n + 1,
      numeric: Float64Array.of(...best.numeric, ...candidates.numeric),
    };
    const { mean, covariance } = surrogate.joint(all);
    const { L, n } = cholesky(covariance, all.n);
    let better = 0;
    for (let s = 0; s < draws; s++) {
      const z = Float64Array.from({ length: n }, () => random.normal());
      const loss = (i: number) => {
        let value = mean[i]!;
        for (let k = 0; k <= i; k++) value += L[i * n + k]! * z[k]!;
        return surrogate.scale.toLoss(value);
      };
      const own = loss(0);
      for (let i = 1; i < n; i++)
        if (loss(i) < own - epsilon) {
          better++;
          break;
        }
    }
    return sum + (weight * better) / draws;
  }, 0);
}

describe('chanceOfBetter', () => {
  it.each([
    ['gp', [gp], 0.02],
    ['icm', [icm], 0.02],
    ['both', [gp, icm], 0.05],
  ] as const)('agrees with plain draws of all candidates: %s', async (_, types, epsilon) => {
    const ensemble = await fitted(types);
    const candidates = grid(60);
    const expected = byBruteForce(ensemble, candidates, epsilon);
    expect(expected).toBeGreaterThan(0.02);
    expect(expected).toBeLessThan(0.98);
    // Five standard errors of both.
    const error = Math.sqrt(expected * (1 - expected) * (1 / 4000 + 1 / 1024));
    expect(Math.abs(chanceOfBetter(ensemble, best, candidates, epsilon, 1) - expected)).toBeLessThan(5 * error);
  });

  it('is exact for one candidate', async () => {
    // On losses as they are, so that ε is one distance everywhere.
    const ensemble = await fitted([autoregressive]);
    const { surrogate } = ensemble.members[0]!;
    const candidate = numericDesigns([[0.72]]);
    const { mean, covariance } = surrogate.joint({
      ...candidate,
      n: 2,
      numeric: Float64Array.of(...best.numeric, 0.72),
    });
    const variance = covariance[0]! + covariance[3]! - 2 * covariance[1]!;
    const exact = cdf((mean[0]! - 0.01 - mean[1]!) / Math.sqrt(variance));
    expect(Math.abs(chanceOfBetter(ensemble, best, candidate, 0.01, 1) - exact)).toBeLessThan(0.005);
  });

  it('falls with ε, and bounds the candidates that are not drawn from above', async () => {
    const ensemble = await fitted([gp]);
    const many = grid(1500);
    const chances = [0, 0.01, 0.1, 0.5].map((epsilon) => chanceOfBetter(ensemble, best, many, epsilon, 1));
    expect(chances).toEqual([...chances].sort((a, b) => b - a));
    const few = sliceDesigns(many, 600, 300);
    expect(chances[2]).toBeGreaterThanOrEqual(chanceOfBetter(ensemble, best, few, 0.1, 1) - 0.02);
    for (const chance of chances) expect(chance).toBeLessThanOrEqual(1);
  });

  it('is 0 where there is nothing else', async () => {
    expect(chanceOfBetter(await fitted([gp]), best, sliceDesigns(grid(3), 0, 0), 0.1, 1)).toBe(0);
  });
});
