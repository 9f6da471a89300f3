import { describe, expect, it } from 'vitest';
import { initialOrder, prepareSpace } from '../../../../models/strategy/candidates.js';
import { CostModel } from '../../../../models/strategy/cost-model.js';
import { Purse } from '../../../../models/strategy/purse.js';
import { randomRule } from '../../../../models/strategy/rules/random.js';
import { someCampaign, somePool } from '../../../support/campaigns.js';

const campaign = someCampaign({}, somePool(12));
const prepared = await prepareSpace(campaign.space);
const purse = (left: number | null) => new Purse(campaign, CostModel.of(campaign, prepared, [], []), left);
const all = (left: number | null, asked: Parameters<typeof randomRule>[1] = []) => {
  const rule = randomRule(prepared, asked, 12, { seed: 3, level: 1, purse: purse(left) });
  const rows: (string | null)[] = [];
  for (let next = rule.next(); next !== null; next = rule.next()) rows.push(next.rowId);
  return rows;
};

describe('random', () => {
  it('goes through the initial order of the seed, each design once, without what was asked at the target', () => {
    const order = Array.from({ length: 12 }, (_, i) => initialOrder(prepared, 3)(i)!);
    expect(all(null)).toEqual(order.map(({ rowId }) => rowId));
    const asked = [
      { ...order[2]!, level: 1 },
      { ...order[5]!, level: 0 },
    ];
    expect(all(null, asked)).toEqual(order.filter((_, i) => i !== 2).map(({ rowId }) => rowId));
  });

  it('has nothing where no trial can be paid', () => {
    expect(all(0.5)).toEqual([]);
  });
});
