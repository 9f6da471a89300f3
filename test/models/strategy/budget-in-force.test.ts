import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { decide } from '../../../models/strategy/decide.js';
import { ended, someCampaign, somePool } from '../../support/campaigns.js';

/** What is decided under a budget that a person gave, and under one that the campaign file names, which is to be the same. */
async function bothWays(file: object, given: { cost: number | null; trials: number | null }, asked: object) {
  const request = { round: 1, count: 1, pending: [], remainingCost: given.cost, trials: [], ...asked };
  const { cost, trials } = given;
  const budget = { ...(cost === null ? {} : { cost }), ...(trials === null ? {} : { trials }) };
  const under = (campaign: Campaign) => decide({ ...request, campaign });
  const [byPerson, byFile, before] = await Promise.all([
    decide({ ...request, campaign: campaignOf(file), budget: given }),
    under(campaignOf(budget)),
    under(campaignOf(file)),
  ]);
  return { byPerson, byFile, before };
}

const campaignOf = (budget: object) => someCampaign({ budget }, somePool(80));

const told = (byPerson: Awaited<ReturnType<typeof decide>>) => ({
  ...byPerson,
  proposals: byPerson.proposals.map(({ basis: { budget: _, ...basis }, ...rest }) => ({ ...rest, basis })),
});

describe('a decision under a budget that a person changed', () => {
  it('plans as large an initial sample as the budget in force allows, and names that budget', async () => {
    const given = { cost: null, trials: 40 };
    const { byPerson, byFile, before } = await bothWays({ trials: 3 }, given, { count: 12 });
    expect(told(byPerson)).toEqual(byFile);
    expect(byPerson.proposals[0]!.basis.budget).toEqual(given);
    expect(byPerson.proposals.map(({ fidelity }) => fidelity)).not.toEqual(
      before.proposals.map(({ fidelity }) => fidelity),
    );
    expect(before.proposals[0]!.basis).not.toHaveProperty('budget');
  });

  it('asks the target again after a tenth of the trials in force', async () => {
    const campaign = campaignOf({ trials: 20 });
    const known: TrialRecord[] = [];
    const bowl = ({ x }: Record<string, unknown>) => ((x as number) - 0.4) ** 2;
    const given = { cost: null, trials: 2000 };
    let differing = 0;
    for (let round = 1; known.length < 19; round++) {
      const asked = { round, trials: [...known] };
      const { byPerson, byFile, before } = await bothWays({ trials: 20 }, given, asked);
      expect(told(byPerson)).toEqual(byFile);
      if (byPerson.proposals[0]!.fidelity !== before.proposals[0]!.fidelity) differing += 1;
      const [proposal] = (await decide({ campaign, count: 1, pending: [], remainingCost: null, ...asked })).proposals;
      known.push(ended(proposal!, bowl(proposal!.design) + (proposal!.fidelity === 'low' ? 0.1 : 0)));
    }
    expect(differing).toBeGreaterThan(0);
  });

  it('heeds what a design costs only where cost is limited', async () => {
    const given = { cost: 30, trials: null };
    const { byPerson, byFile } = await bothWays({ trials: 30 }, given, { count: 6 });
    expect(told(byPerson)).toEqual(byFile);
  });
});
