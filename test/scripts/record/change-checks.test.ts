import { expect, it } from 'vitest';
import type { Change, InForce } from '../../../models/domain/change.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { changeFaults } from '../../../scripts/record/change-checks.js';
import { afterChange } from '../../../workflows/changes.js';
import { someCampaign } from '../../support/campaigns.js';

const stop = [{ type: 'targetReached' as const, value: 1 }];
const campaign = someCampaign({ budget: { trials: 9 }, stop });
const ofFile: InForce = { parallel: 1, budget: { cost: null, trials: 9, wallClockMs: null }, stop, lifted: [] };

/** Changes one after the other, each from a round on. */
function changed(...changes: readonly (readonly [number, Change])[]): CampaignRecord['audit'] {
  let was = ofFile;
  return changes.map(([sinceRound, change]) => {
    const is = afterChange(was, change, sinceRound);
    const details = { ...change, sinceRound, was, is };
    was = is;
    return { at: 0, who: 'ann', action: 'change', details };
  });
}

/** What is wrong with trials of one round each, which were decided by these rules and budgets. */
function faults(audit: CampaignRecord['audit'], ...bases: readonly object[]): string[] {
  const trials = bases.map((basis, i) => ({ proposal: { round: i + 1, basis } }));
  return [...changeFaults({ campaign, trials, audit } as unknown as CampaignRecord)].map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

it('a record in which proposals were made by other rules or budgets than were in force is refused', () => {
  const audit = changed([3, { stop: { targetReached: { value: 2 } } }], [5, { budget: { trials: 20 }, parallel: 2 }]);
  const rules = { stop: [{ type: 'targetReached', value: 2 }] };
  const all = { ...rules, budget: { cost: null, trials: 20 } };
  expect(faults(audit, {}, {}, rules, rules, all, all)).toEqual([]);
  // A round that was decided anew after its workflow was lost.
  expect(faults(audit, {}, rules, rules, all, all)).toEqual([]);
  const wrong = (i: number) =>
    `trials[${i}].proposal.basis: not the budget, stop rules, contexts and fixed parameters in force in round ${i + 1}`;
  expect(faults(audit, {}, {}, {}, rules, all, rules)).toEqual([wrong(2), wrong(5)]);
  expect(faults(audit, rules)).toEqual([wrong(0)]);
  expect(faults([], {}, rules)).toEqual([wrong(1)]);
  const fixed = changed([2, { fixed: { t: 80 } }], [3, { fixed: { t: null } }]);
  expect(faults(fixed, {}, { fixed: { t: 80 } }, {})).toEqual([]);
  expect(faults(fixed, {}, { fixed: { t: 90 } }, {}, { fixed: { t: 80 } })).toEqual([wrong(1), wrong(3)]);
  // Of a planner's rounds nobody wrote down what they keep to.
  expect(faults([], { fixed: { t: 80 } })).toEqual([]);
  // What a person proposed was decided by nothing.
  expect(faults(audit, rules, { person: {} })).toEqual([wrong(0)]);
});

it('changes that do not follow one from another are refused; of those that did not tell, nothing is said', () => {
  const [first, second] = changed([3, { parallel: 2, stop: { targetReached: null } }], [2, { parallel: 3 }]);
  expect(faults([second!])).toEqual(['audit.change[1].was: not what was in force before it']);
  expect(faults([first!, second!])).toEqual(['audit.change[2].sinceRound: 2, before that of the change before it']);
  const old = { at: 0, who: 'ann', action: 'budget', details: { trials: 7 } };
  expect(faults([old, second!], {}, { budget: { cost: null, trials: 7 } })).toEqual([]);
});
