import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalised, ofLargeWeight, totalWeight } from '../../../models/surrogate/weights.js';

const members = (weights: readonly number[]) => weights.map((weight, at) => ({ at, weight }));
const weightsOf = (given: readonly { readonly weight: number }[]) => given.map(({ weight }) => weight);

describe('weights of members', () => {
  it('leaves out those with less than a tenth of the largest weight', () => {
    expect(weightsOf(ofLargeWeight(members([0.03, 0.5, 0.05, 0.049, 0.4])))).toEqual([0.5, 0.05, 0.4]);
    expect(weightsOf(ofLargeWeight(members([0.03, 0.5, 0.05, 0.049, 0.4]), 0.06))).toEqual([
      0.03, 0.5, 0.05, 0.049, 0.4,
    ]);
    expect(ofLargeWeight([])).toEqual([]);
  });

  it('are normalised to add up to 1, in the same proportions', () => {
    const weights = fc.array(fc.double({ min: 1e-3, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, (given) => {
        const shares = weightsOf(normalised(members(given)));
        expect(totalWeight(members(shares))).toBeCloseTo(1, 12);
        shares.forEach((share, m) => {
          expect(share * given[0]!).toBeCloseTo(shares[0]! * given[m]!, 12);
        });
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});
