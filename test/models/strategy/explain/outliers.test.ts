import { describe, expect, it } from 'vitest';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { outliersOf } from '../../../../models/strategy/explain/outliers.js';
import { someCampaign } from '../../../support/campaigns.js';

const single = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 60 } };

/** A bowl measured on a grid, with one value swapped for another. */
async function found(wrong: number | null) {
  const campaign = someCampaign(single);
  const planner = new Planner(campaign);
  const results = Array.from({ length: 25 }, (_, i) => {
    const design = { x: (i % 5) / 5 + 0.1, y: Math.floor(i / 5) / 5 + 0.1 };
    return { design, value: i === 7 && wrong !== null ? wrong : (design.x - 0.3) ** 2 + (design.y - 0.5) ** 2 };
  });
  planner.tell(results);
  const known = planner.trials;
  const { proposals } = await planner.ask(1);
  return { outliers: await outliersOf(campaign, known, proposals), seventh: known[7]!.proposal.id };
}

describe('outliers', () => {
  it('are values that all others speak against', async () => {
    const { outliers, seventh } = await found(-6);
    expect(outliers.map(({ trialId, value, isLeftOut }) => [trialId, value, isLeftOut])).toEqual([[seventh, -6, true]]);
  });

  it('are none where the values agree', async () => {
    expect((await found(null)).outliers).toEqual([]);
  });

  it('are told of each outcome that goals are stated on, and not of one that is only measured', async () => {
    const g = { name: 'g', max: 3 };
    for (const bounded of [true, false]) {
      const campaign = someCampaign({ ...single, outcomes: [bounded ? g : { name: 'g' }] });
      const planner = new Planner(campaign);
      planner.tell(
        Array.from({ length: 25 }, (_, i) => {
          const design = { x: (i % 5) / 5 + 0.1, y: Math.floor(i / 5) / 5 + 0.1 };
          const value = (design.x - 0.3) ** 2 + (design.y - 0.5) ** 2;
          return { design, value, values: { g: i === 7 ? 40 : design.x + design.y } };
        }),
      );
      const known = planner.trials;
      const { proposals } = await planner.ask(1);
      const told = (await outliersOf(campaign, known, proposals)).map(({ trialId, outcome, value, isLeftOut }) => [
        ...[trialId, outcome, value, isLeftOut],
      ]);
      expect(told).toEqual(bounded ? [[known[7]!.proposal.id, 'g', 40, true]] : []);
    }
  });
});
