import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../../models/domain/campaign.js';
import type { Design } from '../../../../models/domain/design.js';
import type { TrialRecord } from '../../../../models/domain/record.js';
import { decide } from '../../../../models/strategy/decide.js';
import { recommend } from '../../../../models/strategy/explain/recommend.js';
import { ended, someCampaign, somePool } from '../../../support/campaigns.js';

const bowl = ({ x, y }: Design) => ((x as number) - 0.3) ** 2 + ((y as number) - 0.5) ** 2;

const strategy = { initial: { trials: 3, lowCost: 2 } };

/** Trials of the initial sample: measured where it is cheap, failed at the target. */
async function lowOnly(campaign: Campaign, sign = 1): Promise<TrialRecord[]> {
  const request = { campaign, round: 1, count: 23, pending: [], remainingCost: null, trials: [] };
  const { proposals } = await decide(request);
  return proposals.map((proposal) =>
    ended(proposal, sign * bowl(proposal.design), proposal.fidelity === 'low' ? 'measured' : 'failed'),
  );
}

describe('recommend', () => {
  it('names the design expected best by lower fidelities, with what is expected of it there', async () => {
    const campaign = someCampaign({ strategy });
    const trials = await lowOnly(campaign);
    expect(trials.some(({ proposal }) => proposal.fidelity === 'high')).toBe(true);
    const told = (await recommend(campaign, trials))!;
    expect(told).toMatchObject({ rowId: null, fidelity: 'low' });
    expect(bowl(told.design)).toBeLessThan(0.01);
    const [low, high] = told.interval;
    expect(low).toBeLessThanOrEqual(told.expected);
    expect(high).toBeGreaterThanOrEqual(told.expected);
    expect(Math.abs(told.expected)).toBeLessThan(0.05);
    expect(await recommend(campaign, trials)).toEqual(told);
  });

  it('tells values as the objective has them, where it is maximised', async () => {
    const campaign = someCampaign({ strategy, objectives: [{ name: 'f', direction: 'maximise' }] });
    const told = (await recommend(campaign, await lowOnly(campaign, -1)))!;
    expect(bowl(told.design)).toBeLessThan(0.01);
    expect(told.interval[0]).toBeLessThanOrEqual(told.expected);
    expect(told.expected).toBeLessThan(0.05);
  });

  it.each([
    ['anywhere', undefined],
    ['in a pool', somePool(30)],
  ])('names what is nearest to a wanted value, not what is lowest: %s', async (_, space) => {
    const objectives = [{ name: 'f', direction: 'target', value: 1, tolerance: 0.01 }];
    const campaign = someCampaign({ strategy, objectives }, space);
    const told = (await recommend(campaign, await lowOnly(campaign)))!;
    expect(Math.abs(bowl(told.design) - 1)).toBeLessThan(0.2);
  });

  it('names a row of the pool, and none that failed at the target', async () => {
    const campaign = someCampaign({ strategy }, somePool(30));
    const trials = await lowOnly(campaign);
    const best = (await recommend(campaign, trials))!;
    const failing = ended(
      { ...trials.at(-1)!.proposal, id: 'test/r2/p1', design: best.design, rowId: best.rowId },
      0,
      'failed',
    );
    const next = (await recommend(campaign, [...trials, failing]))!;
    const rows = [best.rowId, next.rowId];
    expect(rows.every((row) => /^r\d+$/.test(row!))).toBe(true);
    expect(next.rowId).not.toBe(best.rowId);
  });

  it('says nothing where the target was measured, or nothing was', async () => {
    const campaign = someCampaign({ strategy });
    const trials = await lowOnly(campaign);
    const target = trials.find(({ proposal }) => proposal.fidelity === 'high')!;
    expect(await recommend(campaign, [...trials, ended(target.proposal, 1)])).toBeNull();
    expect(await recommend(campaign, [])).toBeNull();
    expect(await recommend(campaign, [ended(target.proposal, 0, 'failed')])).toBeNull();
  });
});
