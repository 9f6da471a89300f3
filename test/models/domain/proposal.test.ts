import { describe, expect, it } from 'vitest';
import { proposalRow } from '../../../activities/store/proposal.js';
import { type Proposal, steps } from '../../../models/domain/proposal.js';
import { exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { someRecord } from '../../support/record.js';

/** A record of one trial that was chosen in that step. */
function chosenIn(step: unknown) {
  const record = someRecord([{ value: 1, mean: 1 }]);
  const [trial] = record.trials;
  const proposal = { ...trial!.proposal, reason: { ...trial!.proposal.reason, step } } as Proposal;
  return { ...record, trials: [{ ...trial!, proposal }] };
}

describe('the step that a trial was chosen in', () => {
  it.each([...steps, undefined])('is kept by the store and in files: %s', (step) => {
    const record = chosenIn(step);
    expect(parseRecord(exportJson(record), 'record.json').trials[0]!.proposal.reason.step).toBe(step);
    expect(proposalRow.parse(record.trials[0]!.proposal).reason.step).toBe(step);
  });

  it('is one of those that there are', () => {
    expect(() => parseRecord(exportJson(chosenIn('other')), 'record.json')).toThrow(/reason\.step/);
    expect(proposalRow.safeParse(chosenIn('other').trials[0]!.proposal).success).toBe(false);
  });
});
