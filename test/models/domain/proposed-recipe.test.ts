import { expect, it } from 'vitest';
import type { CampaignSpec } from '../../../models/domain/campaign.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import { recipeOf } from '../../../models/domain/proposed-recipe.js';

it('gives the recipe of the level of a proposal, and null of one that is one job', () => {
  const recipe = [{ step: 'weigh', on: 'scale', with: {}, uses: {}, gives: ['mass'] }];
  const spec = { fidelities: [{ name: 'quick' }, { name: 'whole', recipe }] } as unknown as CampaignSpec;
  const at = (fidelity: string) => ({ fidelity, design: {}, rowId: null, basis: {} }) as unknown as Proposal;
  expect(recipeOf(spec, at('whole'))).toBe(recipe);
  expect(recipeOf(spec, at('quick'))).toBeNull();
});
