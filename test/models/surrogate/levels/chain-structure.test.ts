import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainStructure } from '../../../../models/surrogate/levels/chain-structure.js';

describe('chain of levels', () => {
  it('has the covariance of f_l = ρ_l·f_(l−1) + δ_l, level by level', () => {
    const rho = fc.double({ min: -2, max: 2, noNaN: true });
    const logVariance = fc.double({ min: -3, max: 2, noNaN: true });
    const levels = fc
      .integer({ min: 1, max: 5 })
      .chain((L) =>
        fc.tuple(
          fc.array(logVariance, { minLength: L, maxLength: L }),
          fc.array(rho, { minLength: L - 1, maxLength: L - 1 }),
        ),
      );
    fc.assert(
      fc.property(levels, ([variances, factors]) => {
        const L = variances.length;
        const { B } = chainStructure(L).evaluate(Float64Array.from([...variances, ...factors]));
        const sum = (a: number, b: number) => B.reduce((all, Bq) => all + Bq[a * L + b]!, 0);
        expect(B.length).toBe(L);
        expect(sum(0, 0)).toBeCloseTo(Math.exp(variances[0]!), 9);
        for (let l = 1; l < L; l++) {
          const factor = factors[l - 1]!;
          expect(sum(l, l)).toBeCloseTo(factor ** 2 * sum(l - 1, l - 1) + Math.exp(variances[l]!), 8);
          for (let b = 0; b < l; b++) {
            expect(sum(l, b)).toBeCloseTo(factor * sum(l - 1, b), 8);
            expect(sum(b, l)).toBeCloseTo(sum(l, b), 9);
          }
        }
      }),
      { seed: 3 },
    );
  });

  it('turns the factors, and nothing else, to try the other signs', () => {
    expect(chainStructure(3).signed).toEqual([3, 4]);
    expect(chainStructure(1).signed).toEqual([]);
    expect(chainStructure(3).hyperparameters.map(({ mean }) => mean)).toEqual([0, -1, -1, 0.6, 0.6]);
  });
});
