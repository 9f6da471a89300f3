import { expect, test } from 'vitest';
import type { TrialRecord } from '../../../models/domain/record.js';
import type { Outcome } from '../../../models/domain/trial.js';
import { decide } from '../../../models/strategy/decide.js';
import { hashVisits, visitsOf } from '../../../models/strategy/history.js';
import { ended, someCampaign } from '../../support/campaigns.js';

const campaign = someCampaign({ fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 40 } });

/** A trial each round, without a value from the twelfth round on. */
async function rounds(outcome: Outcome, code: string): Promise<TrialRecord[]> {
  const trials: TrialRecord[] = [];
  for (let round = 1; round <= 16; round++) {
    const { proposals } = await decide({ campaign, round, count: 1, pending: [], remainingCost: null, trials });
    const { x, y } = proposals[0]!.design as { x: number; y: number };
    const trial = ended(proposals[0]!, (x - 0.3) ** 2 + (y - 0.5) ** 2, round > 11 ? outcome : 'measured');
    const cause = { class: 'unknown', code, message: 'of a side outcome' } as const;
    trials.push(round > 11 ? { ...trial, observation: { ...trial.observation!, cause } } : trial);
  }
  return trials;
}

/** How far the two nearest of the last designs are apart: the larger share of a range. */
function nearest(trials: readonly TrialRecord[]): number {
  const last = trials.slice(11).map(({ proposal }) => proposal.design as { x: number; y: number });
  return Math.min(
    ...last.flatMap((a, i) => last.slice(0, i).map((b) => Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y) / 4))),
  );
}

test('what is set aside is taken to come out as expected until a person says what counts: others are asked meanwhile', async () => {
  const trials = await rounds('quarantined', 'outOfLimits');
  expect(nearest(trials)).toBeGreaterThan(2e-3);
  // Nothing is learned from it: what was measured has the hash that it had.
  const hashed = visitsOf(campaign, trials, []).map(({ untaught, ...visit }) => visit);
  expect(hashVisits(visitsOf(campaign, trials, []))).toEqual(hashVisits(hashed));
});

test.each([
  ['quarantined', 'discarded'],
  ['failed', 'timeout'],
  ['cancelled', 'cancelled'],
] as const)(
  'nor is a design asked again that was %s (%s), or one that can hardly be told from it',
  async (outcome, code) => {
    expect(nearest(await rounds(outcome, code))).toBeGreaterThan(1e-3);
  },
);
