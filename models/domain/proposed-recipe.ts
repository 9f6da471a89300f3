import type { CampaignSpec } from './campaign.js';
import type { Proposal } from './proposal.js';
import type { Recipe } from './recipe.js';

/** What a recipe is looked up by. */
export type Proposed = Pick<Proposal, 'fidelity' | 'design' | 'rowId' | 'basis'>;

/**
 * What is done for a proposal, in steps; null where it is one job. Asked of the proposal, and not of its level, as the one place
 * that knows: today all proposals at a level have that of the level.
 */
export function recipeOf({ fidelities }: Pick<CampaignSpec, 'fidelities'>, { fidelity }: Proposed): Recipe | null {
  return fidelities.find(({ name }) => name === fidelity)?.recipe ?? null;
}
