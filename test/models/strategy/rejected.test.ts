import { expect, test } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import { designKey } from '../../../models/domain/design.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { decide } from '../../../models/strategy/decide.js';
import { hashVisits, visitsOf } from '../../../models/strategy/history.js';
import { ended, someCampaign, somePool } from '../../support/campaigns.js';

const rejectedOf = (proposal: Proposal): TrialRecord => ({
  ...ended(proposal, 0),
  state: 'withdrawn',
  observation: null,
  rejected: { at: 1, who: 'bob', why: 'explodes there' },
});

/** Rounds of one trial each, of which those are rejected that are said to be; the others are measured. */
async function rounds(campaign: Campaign, count: number, isRejected: (round: number) => boolean) {
  const trials: TrialRecord[] = [];
  for (let round = 1; round <= count; round++) {
    const { proposals } = await decide({ campaign, round, count: 1, pending: [], remainingCost: null, trials });
    const [proposal] = proposals;
    trials.push(
      isRejected(round) ? rejectedOf(proposal!) : ended(proposal!, Math.sin(3 * (proposal!.design.x as number))),
    );
  }
  return trials;
}

const level = [{ name: 'high', adapter: 'problem', cost: 1 }];

test('what a person rejected of the initial sample does not come back, whatever is rejected', async () => {
  for (const space of [undefined, somePool(12)]) {
    const trials = await rounds(someCampaign({ fidelities: level, budget: { trials: 40 } }, space), 5, () => true);
    expect(new Set(trials.map(({ proposal }) => designKey(proposal.design))).size).toBe(5);
  }
});

test('nor what it rejected of what models want, or one that can hardly be told from it', async () => {
  for (const space of [undefined, somePool(30)]) {
    const campaign = someCampaign({ fidelities: level, budget: { trials: 40 } }, space);
    const trials = await rounds(campaign, 16, (round) => round > 12);
    const wanted = trials.slice(12).map(({ proposal: { design } }) => design as { x: number; y: number });
    wanted.forEach((one, i) => {
      for (const before of wanted.slice(0, i))
        expect(Math.abs(one.x - before.x) > 1e-3 || Math.abs(one.y - before.y) / 4 > 1e-3).toBe(true);
    });
  }
});

test('nothing is learned from it: what was measured has the same hash', async () => {
  const campaign = someCampaign({ fidelities: level, budget: { trials: 40 } });
  const trials = await rounds(campaign, 6, (round) => round === 3);
  const without = trials.filter(({ rejected }) => rejected === undefined);
  expect(hashVisits(visitsOf(campaign, trials, []))).toEqual(hashVisits(visitsOf(campaign, without, [])));
  // While it waits for a person it is in flight.
  const pending = [trials[2]!.proposal.id];
  expect(visitsOf(campaign, trials, pending)[2]).toMatchObject({ pending: true });
  expect(visitsOf(campaign, trials, pending)[2]).not.toHaveProperty('rejected');
});

test('what versions decided that passed over rejected designs can be computed again', async () => {
  const campaign = someCampaign({ fidelities: level, budget: { trials: 40 } });
  const trials = await rounds(campaign, 5, (round) => round === 2);
  const asked = { campaign, round: 6, count: 1, pending: [], remainingCost: null };
  const [now] = (await decide({ ...asked, trials })).proposals;
  expect(now!.basis.untaught).toBe(true);
  const passedOver = trials.filter(({ rejected }) => rejected === undefined);
  const [before] = (await decide({ ...asked, trials, untaught: false })).proposals;
  expect(before).toEqual((await decide({ ...asked, trials: passedOver })).proposals[0]);
  expect(before!.basis.untaught).toBeUndefined();
});
