import { describe, expect, it } from 'vitest';
import type { TrialRecord } from '../../../models/domain/record.js';
import { decide } from '../../../models/strategy/decide.js';
import { hashVisits, visitsOf } from '../../../models/strategy/history.js';
import { ended, someCampaign } from '../../support/campaigns.js';

/** Thirty trials of the initial plan, of which the last told that standard deviation. */
async function trialsWith(sd: number | null): Promise<TrialRecord[]> {
  const request = { campaign: someCampaign(), round: 1, count: 30, pending: [], remainingCost: null, trials: [] };
  const { proposals } = await decide(request);
  return proposals.map((proposal, i) => {
    const trial = ended(proposal, Math.sin(i) + (i === 29 ? 5 : 0));
    const noise: Record<string, number> = sd === null || i < 29 ? {} : { f: sd };
    return { ...trial, observation: { ...trial.observation!, noise } };
  });
}

describe('known noise of trials', () => {
  it('is the square of a standard deviation, and unknown where that is 0', async () => {
    const noiseOf = async (sd: number | null) => visitsOf(someCampaign(), await trialsWith(sd), []).at(-1)!.noises;
    expect([await noiseOf(0.5), await noiseOf(0), await noiseOf(null)]).toEqual([[0.25], [null], [null]]);
  });

  it('is part of the hash of the data, which stays what it was where none is known', async () => {
    const hashOf = async (sd: number | null) => hashVisits(visitsOf(someCampaign(), await trialsWith(sd), [])).dataHash;
    expect(await hashOf(0)).toBe(await hashOf(null));
    expect(await hashOf(0.5)).not.toBe(await hashOf(null));
    expect(await hashOf(0.5)).not.toBe(await hashOf(0.6));
  });

  it('changes the posterior', async () => {
    const densityWith = async (sd: number) => {
      const trials = await trialsWith(sd);
      const request = { campaign: someCampaign(), round: 2, count: 1, pending: [], remainingCost: null, trials };
      return (await decide(request)).proposals[0]!.basis.fit!.members[0]!.logPosterior;
    };
    expect(await densityWith(3)).not.toBe(await densityWith(0.1));
  });
});
