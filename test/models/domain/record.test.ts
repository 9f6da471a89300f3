import { expect, test } from 'vitest';
import { DesignColumns } from '../../../models/domain/design-list.js';
import {
  type CampaignRecord,
  campaignRecordSchema,
  stopReasons,
  type TrialRecord,
  trialStates,
} from '../../../models/domain/record.js';
import { decide } from '../../../models/strategy/decide.js';
import { ended, someCampaign } from '../../support/campaigns.js';

test('the words that records, exports and stored rows use do not change by accident', () => {
  expect(stopReasons).toEqual([
    ...['budgetCost', 'budgetTrials', 'wallClock', 'targetReached', 'noImprovement', 'regretBound'],
    ...['exhausted', 'failures', 'drained', 'aborted'],
  ]);
  expect(trialStates).toEqual(['proposed', 'running', 'ended', 'withdrawn']);
});

async function someRecord(): Promise<CampaignRecord> {
  const parameters = [
    { name: 'x', type: 'continuous', bounds: [0, 1] },
    { name: 'y', type: 'continuous', bounds: [0, 1] },
  ] as const;
  const rows = [0, 0.25, 0.5, 1];
  const columns = [Float64Array.from(rows), Float64Array.from(rows)];
  const pool = { ids: rows.map((x) => `r${x}`), designs: new DesignColumns(['x', 'y'], columns, rows.length) };
  const campaign = someCampaign({}, { parameters: parameters.map((one) => ({ ...one, bounds: [0, 1] })), pool });
  const asked = { campaign, round: 1, count: 1, pending: [], remainingCost: null };
  const [proposal] = (await decide({ ...asked, trials: [] })).proposals;
  const trial: TrialRecord = {
    ...ended(proposal!, 0.5),
    earlier: [{ observation: null, throughRound: 1, ruled: true }],
    rejected: { who: 'ann', why: null, at: 1 },
  };
  const audit = [{ at: 2, who: 'ann', action: 'pause', details: { note: 'tea' } }];
  return { campaign, phase: 'running', stop: null, trials: [trial], audit };
}

test('a record of designs in columns is, as a file, what its schema gives back', async () => {
  const record = await someRecord();
  const written: unknown = JSON.parse(JSON.stringify(record));
  expect(campaignRecordSchema.parse(written)).toEqual(written);
  expect([...campaignRecordSchema.parse(written).campaign.space.pool!.designs]).toEqual([
    ...record.campaign.space.pool!.designs,
  ]);
});

test('a record with what nobody knows anywhere in it is refused there', async () => {
  const written = JSON.parse(JSON.stringify(await someRecord()));
  for (const path of ['', 'trials.0', 'trials.0.earlier.0', 'trials.0.rejected', 'audit.0', 'campaign.space.pool']) {
    const changed = structuredClone(written);
    const at = path
      .split('.')
      .filter(Boolean)
      .reduce((inner, name) => inner[name], changed);
    at.more = 1;
    const { error } = campaignRecordSchema.safeParse(changed);
    expect(error?.issues.map((issue) => [issue.path.join('.'), issue.code])).toEqual([[path, 'unrecognized_keys']]);
  }
});
