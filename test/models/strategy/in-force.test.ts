import { expect, it } from 'vitest';
import { asInForce } from '../../../models/strategy/in-force.js';
import { someCampaign } from '../../support/campaigns.js';

it('a decision goes by the budget and the stop rules in force, and by those of the file where nobody changed them', () => {
  const stop = [{ type: 'noImprovement' as const, rounds: 4 }];
  const campaign = someCampaign({ budget: { cost: 9, wallClock: '2h' }, stop });
  expect(asInForce({ campaign })).toBe(campaign);
  const others = [{ type: 'targetReached' as const, value: 2 }];
  expect(asInForce({ campaign, stop: others }).spec).toEqual({ ...campaign.spec, stop: others });
  const { spec } = asInForce({ campaign, budget: { cost: null, trials: 5 } });
  expect(spec).toEqual({ ...campaign.spec, budget: { wallClock: '2h', trials: 5 } });
});
