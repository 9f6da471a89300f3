import type { JobRequest } from '../lab-adapters/contract.js';
import type { Proposal } from '../models/domain/proposal.js';
import { substancesOf } from '../models/domain/space.js';
import { outcomeNames } from '../models/domain/standing.js';
import type { CampaignOutline } from './store/campaign.js';

/**
 * Key under which a trial's job is submitted, the same in both hosts. The generation grows only by a decision to do the
 * physics again.
 */
export function jobKey(trialId: string, generation = 1): string {
  return `${trialId}/g${generation}/run`;
}

/** What an adapter is asked for when a proposal is run. */
export function jobRequest(
  { space, spec }: Pick<CampaignOutline, 'space' | 'spec'>,
  { design, rowId, fidelity }: Pick<Proposal, 'design' | 'rowId' | 'fidelity'>,
): JobRequest {
  const units = space.parameters.flatMap((parameter) =>
    'unit' in parameter && parameter.unit !== undefined ? [[parameter.name, parameter.unit] as const] : [],
  );
  return {
    design,
    rowId,
    substances: substancesOf(space, design),
    ...(units.length === 0 ? {} : { units: Object.fromEntries(units) }),
    fidelity,
    objectives: outcomeNames(spec),
  };
}
