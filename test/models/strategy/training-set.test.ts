import { describe, expect, it } from 'vitest';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import type { Visit } from '../../../models/strategy/history.js';
import { subsetOf, trainingSet } from '../../../models/strategy/training-set.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

const fidelity = (name: string, cost: number, number: number) => ({
  name,
  adapter: 'problem',
  cost,
  fidelity: number,
  ...(cost < 1 && { trust: 'validated' }),
});
const campaign = someCampaign(
  { fidelities: [fidelity('low', 0.1, 0.2), fidelity('middle', 0.4, 0.5), fidelity('high', 1, 1)] },
  somePool(4),
);
const visit = (row: number, level: number, loss: number, noise: number | null): Visit => {
  const design = campaign.space.pool!.designs.at(row)!;
  return { trialId: `t${row}`, design, rowId: `r${row}`, level, turned: [loss], noises: [noise], pending: false };
};
const visits = [visit(3, 1, -2, null), visit(1, 0, 5, 0.04)];

describe('a training set', () => {
  it('has a row for each trial, and what the campaign says of its fidelities', async () => {
    const prepared = await prepareSpace(campaign.space);
    const set = trainingSet(campaign, prepared, visits);
    expect([...set.designs.numeric]).toEqual(
      [3, 1].flatMap((row) => [...prepared.listed!.encoded.numeric.subarray(2 * row, 2 * row + 2)]),
    );
    expect([...set.levels]).toEqual([1, 0]);
    expect([...set.losses]).toEqual([-2, 5]);
    expect([...set.noise!]).toEqual([Number.NaN, 0.04]);
    expect({ ...set, designs: 0, levels: 0, losses: 0, noise: 0 }).toEqual({
      designs: 0,
      levels: 0,
      losses: 0,
      noise: 0,
      levelCount: 3,
      finite: true,
      levelNumbers: [0.2, 0.5, 1],
      validated: true,
    });
  });

  it('of the cheaper fidelities alone has the dearest of these as its target, evenly spaced', async () => {
    const set = trainingSet(campaign, await prepareSpace(campaign.space), visits, 2);
    expect(set.levelCount).toBe(2);
    expect(set.levelNumbers).toBeUndefined();
  });

  it('may be made of fewer trials, all of them where they are no more', async () => {
    const prepared = await prepareSpace(campaign.space);
    expect(subsetOf(campaign, prepared, visits, 2)).toBe(visits);
    const more = [...visits, visit(0, 2, 1, null), visit(2, 0, 3, null)];
    const some = subsetOf(campaign, prepared, more, 3);
    expect(some).toHaveLength(3);
    expect(more).toEqual(expect.arrayContaining([...some]));
  });
});
