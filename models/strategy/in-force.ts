import type { Campaign } from '../domain/campaign.js';
import type { DecideRequest } from './decision.js';
import { fixedSpace } from './fixed.js';

/** The campaign with the budget, the stop rules and the fixed parameters in force, which are those of its file unless a person changed them. */
export function asInForce({
  fixed,
  ...given
}: Pick<DecideRequest, 'campaign' | 'budget' | 'stop' | 'fixed'>): Campaign {
  const campaign = ruledBy(given);
  return fixed === undefined ? campaign : { ...campaign, space: fixedSpace(campaign.space, fixed) };
}

function ruledBy({ campaign, budget, stop }: Pick<DecideRequest, 'campaign' | 'budget' | 'stop'>): Campaign {
  if (budget === undefined && stop === undefined) return campaign;
  const { spec } = campaign;
  const ruled = stop === undefined ? spec : { ...spec, stop: [...stop] };
  if (budget === undefined) return { ...campaign, spec: ruled };
  const { cost: _, trials: __, ...rest } = spec.budget;
  const cost = budget.cost === null ? {} : { cost: budget.cost };
  const trials = budget.trials === null ? {} : { trials: budget.trials };
  return { ...campaign, spec: { ...ruled, budget: { ...rest, ...cost, ...trials } } };
}
