import { describe, expect, it } from 'vitest';
import { placeKey, prepareSpace } from '../../../../models/strategy/candidates.js';
import type { Visit } from '../../../../models/strategy/history.js';
import { initialOrder } from '../../../../models/strategy/initial-order.js';
import { Open } from '../../../../models/strategy/open.js';
import { randomRule } from '../../../../models/strategy/rules/random.js';
import { someCampaign, somePool } from '../../../support/campaigns.js';

const campaign = someCampaign({}, somePool(12));
const prepared = await prepareSpace(campaign.space);
const visitOf = (place: Pick<Visit, 'design' | 'rowId' | 'level'>): Visit => ({
  ...{ trialId: '', turned: [], noises: [], pending: true },
  ...place,
});

/** Rows that are chosen one after the other, each in flight for the next. */
async function all(asked: readonly Visit[] = [], tooDear: readonly string[] = []): Promise<(string | null)[]> {
  const rule = randomRule();
  const chosen: Visit[] = [];
  for (;;) {
    const visits = [...asked, ...chosen];
    const isTooDear: ConstructorParameters<typeof Open>[0]['isTooDear'] = (_, place) =>
      tooDear.includes(placeKey(place()));
    const open = new Open({ prepared, visits, levelCount: 2, levels: [1], isTooDear });
    const known = {
      spec: campaign.spec,
      prepared,
      visits,
      believed: visits,
      costs: [0.1, 1],
      wanted: 12 - chosen.length,
    };
    const next = await rule.next({ ...known, feasibility: null, members: [], further: new Map() }, open);
    if (next === null) return chosen.map(({ rowId }) => rowId);
    chosen.push(visitOf(next));
  }
}

describe('random', () => {
  const order = Array.from({ length: 12 }, (_, i) => initialOrder(prepared, { ...campaign.spec, seed: 3 })(i)!);

  it('goes through the initial order of the seed, each design once, without what was asked at the target', async () => {
    expect(await all()).toEqual(order.map(({ rowId }) => rowId));
    const asked = [visitOf({ ...order[2]!, level: 1 }), visitOf({ ...order[5]!, level: 0 })];
    expect(await all(asked)).toEqual(order.filter((_, i) => i !== 2).map(({ rowId }) => rowId));
  });

  it('passes over what is too dear, and has nothing where all is', async () => {
    const dear = order.slice(0, 2).map(placeKey);
    expect(await all([], dear)).toEqual(order.slice(2).map(({ rowId }) => rowId));
    expect(await all([], order.map(placeKey))).toEqual([]);
  });
});
