import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberSituation } from '../../../../models/strategy/rules/contract.js';
import { choosing } from '../../../../models/strategy/rules/transfer.js';
import { someSituation } from '../../../support/situation.js';

const situation = someSituation([]);

type Given = readonly [weight: number, joins: boolean];

function after(asked: number, ...given: readonly Given[]) {
  const members = given.map(([weight, joins]): MemberSituation => ({ ...situation, weight, joins, sees: 'target' }));
  return choosing({ members, visits: Array.from({ length: asked }, () => visit), costs: [1] });
}

const visit = { trialId: '', design: {}, rowId: null, level: 0, turned: [1], noises: [], pending: false };
const weights = (asked: number, ...given: readonly Given[]) =>
  after(asked, ...given).members.map(({ weight }) => weight);
const guarded = (trials: number, ...given: readonly Given[]) =>
  Array.from({ length: trials }, (_, asked) => after(asked, ...given).step).filter((step) => step === 'guarded').length;

describe('choosing', () => {
  it('leaves a third of the target trials to those that know nothing of earlier campaigns, and more by their weight', () => {
    const steps = [0, 1, 2, 3, 4, 5].map((asked) => after(asked, [0.1, false], [0.9, true]).step);
    expect(steps).toEqual(['target', 'target', 'guarded', 'target', 'target', 'guarded']);
    expect(guarded(100, [0.1, false], [0.9, true])).toBe(33);
    expect(guarded(100, [0.3, false], [0.3, false], [0.4, true])).toBe(60);
    expect(guarded(100, [0.95, false], [0.05, true])).toBe(95);
  });

  it('has nobody to take turns where all know of them, or none does', () => {
    for (const joins of [true, false]) {
      expect(guarded(9, [0.5, joins], [0.5, joins])).toBe(0);
      expect(weights(2, [0.5, joins], [0.5, joins])).toEqual([0.5, 0.5]);
    }
  });

  it('does not ask those of small weight within their group', () => {
    expect(weights(0, [0.02, true], [0.03, false], [0.95, true])).toEqual([1]);
    expect(weights(2, [0.04, false], [0.001, false], [0.95, true])).toEqual([1]);
  });

  it('shares out the whole weight among those that choose', () => {
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
