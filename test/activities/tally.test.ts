import { expect, it } from 'vitest';
import { tallyOf } from '../../activities/tally.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { randomDecisions } from '../../scripts/bench/random-decisions.js';
import { problemCampaign } from '../workflows/durable-host.js';

it('a cheap level that never gives what decides is taken for a device that does not work', async () => {
  const fidelity = { adapter: 'problem', settings: { problem: 'branin' } };
  const campaign = problemCampaign('tally', {
    outcomes: [{ name: 'ash' }],
    fidelities: [
      { ...fidelity, name: 'cheap', cost: 1 },
      { ...fidelity, name: 'exact', cost: 5 },
    ],
  });
  const asked = { round: 1, count: 3, pending: [], remainingCost: null };
  const { proposals } = await randomDecisions.decide({ campaign, ...asked, trials: [] });
  const trials = (values: Record<string, number>) =>
    proposals.map((proposal, i): TrialRecord => {
      const said = { trialId: proposal.id, outcome: 'measured' as const, values, noise: {}, cause: null };
      const observation = { ...said, cost: 1, durationMs: 0, artefacts: {}, details: {} };
      return {
        proposal: { ...proposal, fidelity: 'cheap' },
        state: 'ended',
        observation,
        startedAt: 0,
        endedAt: i + 1,
      };
    });
  expect(tallyOf(campaign.spec, trials({ ash: 1 }), [])).toEqual({
    front: [],
    consecutiveFailures: 0,
    deviceFailures: 3,
  });
  expect(tallyOf(campaign.spec, trials({ ash: 1, value: 2 }), [])).toMatchObject({ deviceFailures: 0 });
});
