import { describe, expect, it } from 'vitest';
import { Planner } from '../../models/strategy/ask-tell.js';
import { learnedOf } from '../../scripts/learned.js';
import { someCampaign, somePool } from '../support/campaigns.js';

describe('what a campaign has learned, for programs', () => {
  it('is plain JSON: fidelities, and the surrogates of the last fit with their weights', async () => {
    const campaign = someCampaign({ budget: { trials: 14 } }, somePool(20));
    const planner = new Planner(campaign);
    for (let asked = await planner.ask(1); asked.proposals.length > 0; asked = await planner.ask(1))
      planner.tell(asked.proposals.map(({ id, design }) => ({ id, value: Math.sin(5 * Number(design.x)) })));
    const record = { campaign, phase: 'stopped' as const, stop: null, trials: planner.trials, audit: [] };
    const learned = await learnedOf(record);
    expect(JSON.parse(JSON.stringify(learned))).toEqual(learned);
    expect(learned.fidelities.map(({ name }) => name)).toEqual(['low', 'high']);
    expect(learned.fidelities[0]!.correlation!.value).toBeGreaterThan(0.5);
    const weights = learned.surrogates.map(({ weight }) => weight);
    expect(weights.length).toBeGreaterThan(1);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect((await learnedOf({ ...record, trials: [] })).surrogates).toEqual([]);
  });
});
