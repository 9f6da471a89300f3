import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTrialIds, parseTrialId, trialId, trialOutcomes } from '../../../models/domain/trial.js';
import { causeClasses } from '../../../models/domain/verdicts.js';

const place = fc.integer({ min: 1, max: 10_000 });

test('an id is made and read back', () =>
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z][\w.-]{0,20}$/), place, place, (campaignId, round, index) => {
      expect(parseTrialId(trialId(campaignId, round, index))).toEqual({ campaignId, round, index });
    }),
    { seed: 8 },
  ));

test('trials are ordered by round and place as numbers, not as text', () => {
  const ids = ['c/r10/p1', 'c/r2/p10', 'c/r2/p9', 'c/r1/p1'];
  expect(ids.sort(compareTrialIds)).toEqual(['c/r1/p1', 'c/r2/p9', 'c/r2/p10', 'c/r10/p1']);
});

test.each(['', 'c', 'c/r1', 'c/p1/r1', 'c/r1/p1/g1', '/r1/p1', 'c/rx/p1'])("'%s' is no trial id", (id) => {
  expect(() => parseTrialId(id)).toThrow('is not a trial id');
});

test('trialOutcomes and classes of cause are those that the store and the adapters agree on', () => {
  expect(trialOutcomes).toEqual(['measured', 'failed', 'quarantined', 'cancelled']);
  expect(causeClasses).toEqual(['chemistry', 'device', 'operator', 'unknown']);
});
