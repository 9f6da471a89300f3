import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosing, type JoinedSituation } from '../../../models/strategy/transfer-step.js';
import { someSituation } from '../../support/situation.js';

const situation = someSituation([]);

function members(...given: readonly (readonly [weight: number, joins: boolean])[]): JoinedSituation[] {
  return given.map(([weight, joins]) => ({ ...situation, weight, joins }));
}

const weights = (asked: number, ...given: readonly (readonly [number, boolean])[]) =>
  choosing(members(...given), asked).situations.map(({ weight }) => weight);

describe('choosing', () => {
  it('leaves every third target trial to those that know nothing of earlier campaigns', () => {
    const steps = [0, 1, 2, 3, 4, 5].map((asked) => choosing(members([0.3, false], [0.7, true]), asked).step);
    expect(steps).toEqual(['target', 'target', 'guarded', 'target', 'target', 'guarded']);
    expect(weights(2, [0.3, false], [0.7, true])).toEqual([1]);
  });

  it('has nobody to leave it to where all know of them, or none does', () => {
    for (const joins of [true, false]) expect(choosing(members([0.5, joins], [0.5, joins]), 2).step).toBe('target');
  });

  it('does not ask those that are hardly believed', () => {
    expect(weights(0, [0.05, false], [0.95, true])).toEqual([1]);
    expect(weights(0, [0.95, false], [0.05, true])).toEqual([1]);
    expect(weights(2, [0.04, false], [0.001, false], [0.95, true])).toEqual([1]);
  });

  it('shares out the whole belief among those that choose', () => {
    const member = fc.tuple(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.boolean());
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), fc.nat(9), (given, asked) => {
        const left = weights(asked, ...given);
        expect(left.length).toBeGreaterThan(0);
        expect(left.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      }),
    );
  });
});
