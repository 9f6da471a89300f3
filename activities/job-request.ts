import type { JobRequest } from '../lab-adapters/contract.js';
import { ContractError } from '../models/domain/errors.js';
import type { Proposal } from '../models/domain/proposal.js';
import { substancesOf } from '../models/domain/space.js';
import { measuredNames } from '../models/domain/standing.js';
import { onlyStep } from '../models/domain/step-name.js';
import { unitsOf } from '../models/domain/units.js';
import type { CampaignOutline } from './store/campaign.js';

/** What a job is: one step of one generation of a trial. */
export interface JobName {
  readonly trialId: string;
  readonly generation: number;
  readonly step: string;
}

/**
 * Key under which a trial's job is submitted, `TRIAL/gN/STEP`, the same in both hosts. The generation grows only by a decision
 * to do the physics again.
 *
 * @param step - of the trial's recipe; `STEP~undo` is what makes up for one
 */
export function jobKey(trialId: string, generation = 1, step = onlyStep): string {
  return `${trialId}/g${generation}/${step}`;
}

/**
 * What a key stands for.
 * @throws {ContractError} if it is none
 */
export function parseJobKey(key: string): JobName {
  const match = /^(.+)\/g([1-9]\d*)\/([^/]+)$/.exec(key);
  if (match === null) throw new ContractError(`'${key}' is no key of a job like campaign/r3/p1/g1/${onlyStep}`);
  return { trialId: match[1]!, generation: Number(match[2]), step: match[3]! };
}

/** What an adapter is asked for when a proposal is run. */
export function jobRequest(
  { space, spec }: Pick<CampaignOutline, 'space' | 'spec'>,
  { design, rowId, fidelity }: Pick<Proposal, 'design' | 'rowId' | 'fidelity'>,
): JobRequest {
  const units = unitsOf(space.parameters);
  return {
    design,
    rowId,
    substances: substancesOf(space, design),
    ...(units === null ? {} : { units }),
    fidelity,
    objectives: measuredNames(spec),
  };
}
