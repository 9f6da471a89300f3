import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
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

  /** Two numbers from 0 to 1 by a generator of that seed, and what is named of what was measured there. */
  async function named(
    seed: number,
    changes: object,
    measured: (x: number, y: number, i: number) => readonly number[],
  ) {
    const bounds: [number, number] = [0, 1];
    const campaign = someCampaign({ ...single, ...changes });
    const parameters = ['x', 'y'].map((name) => ({ name, type: 'continuous' as const, bounds }));
    const planner = new Planner({ ...campaign, space: { ...campaign.space, parameters } });
    const random = new Generator(seed, 'x');
    const results = Array.from({ length: 24 }, (_, i) => {
      const design = { x: random.uniform(), y: random.uniform() };
      return measured(design.x, design.y, i).map((value) => ({ design, value }));
    }).flat();
    planner.tell(results);
    const known = planner.trials;
    const { proposals } = await planner.ask(1);
    const outliers = await outliersOf({ ...campaign, space: { ...campaign.space, parameters } }, known, proposals);
    return outliers.map(({ value }) => value);
  }

  it.each([4, 8])('are none where a value is all that is sought, without noise: seed %d', async (seed) => {
    const peak = (x: number, y: number) => [-70 * Math.exp(-(((x - 0.7) / 0.15) ** 2) - ((y - 0.6) / 0.15) ** 2)];
    expect(await named(seed, {}, peak)).toEqual([]);
  });

  it.each([2, 3, 4])('are of a design that was measured twice not both values: seed %d', async (seed) => {
    // This surrogate leaves out none.
    const strategy = { surrogate: 'icm' };
    const twice = (x: number, y: number, i: number) => {
      if (i > 11) return [];
      const value = (x - 0.3) ** 2 + (y - 0.5) ** 2;
      const noise = 0.001 * Math.sin(9 * i);
      return [value + noise, value - noise + (i === 5 ? 9 : 0)];
    };
    const values = await named(seed, { strategy }, twice);
    expect(values).toHaveLength(1);
    expect(values[0]).toBeGreaterThan(8);
  });
});
