import { stepUses } from '../lab-adapters/step-values.js';
import { instrumentsFor, type LabSpec } from '../models/domain/lab.js';
import { recipeOf } from '../models/domain/proposed-recipe.js';
import { orderOf } from '../models/domain/recipe.js';
import { undoneBy } from '../models/domain/step-name.js';
import { type Amounts, type Draws, leastUsed } from '../models/domain/stock-needs.js';
import { jobKey, jobRequest, parseJobKey } from './job-request.js';
import type { CampaignOutline } from './store/campaign.js';
import type { Query } from './store/client.js';
import { isUndoing, listStepAnswers } from './store/step-answer.js';
import { loadTrial } from './store/trial.js';

/**
 * What the steps of a recipe that have no answer yet use up, by the keys of their jobs: what a trial takes from the stock before
 * it begins, so that it never stands in the midst for what another has taken. Steps that take back use nothing up. Nothing for a
 * trial that is over or is taken back, and for one without a recipe; steps whose amounts cannot be told are left out, and refused
 * when it is their turn.
 *
 * @param key - of any job of the trial, or of a position of its sample
 */
export async function openNeeds(
  { query, campaign, lab }: { readonly query: Query; readonly campaign: CampaignOutline; readonly lab: LabSpec },
  key: string,
): Promise<Draws> {
  const { step: asked, ...ref } = parseJobKey(key);
  const { proposal, observation } = await loadTrial(query, ref);
  const recipe = recipeOf(campaign.spec, proposal);
  if (recipe === null || observation !== null || undoneBy(asked) !== null || (await isUndoing(query, ref))) return {};
  const answered = (await listStepAnswers(query, ref)).map(({ step }) => step);
  const request = jobRequest(campaign, proposal);
  const needs: Record<string, Amounts> = {};
  for (const { step, on } of recipe.filter((one) => !answered.includes(one.step))) {
    const taken = await stepUses(orderOf(recipe, step)!.uses, request, lab.stock);
    if ('uses' in taken)
      needs[jobKey(ref.trialId, ref.generation, step)] = leastUsed(lab, instrumentsFor(lab, on), taken.uses);
  }
  return needs;
}
