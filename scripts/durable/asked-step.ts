import { jobRequest } from '../../activities/job-request.js';
import { orderIn } from '../../activities/placed-step.js';
import { type CampaignOutline, loadOutline } from '../../activities/store/campaign.js';
import type { Query } from '../../activities/store/client.js';
import type { AskedStep } from '../../activities/store/hand-answer.js';
import { findLab } from '../../activities/store/lab.js';
import { loadTrial } from '../../activities/store/trial.js';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { stepRequest } from '../../lab-adapters/step-values.js';
import { ContractError } from '../../models/domain/errors.js';
import { formatFaults } from '../../models/domain/fault.js';
import { type PersonSettings, personSettings } from '../../models/domain/person.js';
import type { Proposal } from '../../models/domain/proposal.js';
import { recipeOf } from '../../models/domain/proposed-recipe.js';
import type { StepValues } from '../../models/domain/recipe.js';
import { onlyStep, undoneBy } from '../../models/domain/step-name.js';

/** What a person is asked who does a step of a trial, or all of it. */
export interface Asked {
  readonly campaign: CampaignOutline;
  readonly proposal: Proposal;
  /** Of the recipe; null where the trial is one job. */
  readonly step: string | null;
  /** Whether it takes another step back. */
  readonly undoes: boolean;
  /** What its parameters are filled in from. */
  readonly with: StepValues;
  /** What would be asked for, were the trial one job. */
  readonly trial: JobRequest;
  readonly request: JobRequest;
  /** As the lab is registered now, as far as they are about this step. */
  readonly settings: PersonSettings;
}

/** What is asked of the person whom a step of a trial waits for. */
export async function askedOf(query: Query, { key, trialId, generation, step, instrument }: AskedStep): Promise<Asked> {
  const { campaignId, proposal } = await loadTrial(query, { trialId, generation });
  const campaign = await loadOutline(query, campaignId);
  const settings = await settingsOf(query, instrument);
  const trial = jobRequest(campaign, proposal);
  const own = (request: JobRequest) => settingsFor(request, settings, trial.objectives);
  if (step === onlyStep && recipeOf(campaign.spec, proposal) === null) {
    const values = Object.fromEntries(Object.keys(trial.design).map((name) => [name, `{${name}}`]));
    return { campaign, proposal, step: null, undoes: false, with: values, trial, request: trial, settings: own(trial) };
  }
  const order = orderIn(campaign, proposal, step);
  const filled = await stepRequest(order, trial, key);
  // Told when it was begun, and it was not.
  if ('faults' in filled) throw new ContractError(`step '${step}' of '${trialId}': ${formatFaults(filled.faults)}`);
  const { request } = filled;
  const undoes = undoneBy(step) !== null;
  const about = undoes ? {} : own(request);
  const told = settings.instructions === undefined ? {} : { instructions: settings.instructions };
  return { campaign, proposal, step, undoes, with: order.with, trial, request, settings: { ...about, ...told } };
}

/** Without the fields of outcomes that another step gives. @param outcomes - of the campaign */
function settingsFor(
  { objectives: gives }: JobRequest,
  { fields = {}, ...settings }: PersonSettings,
  outcomes: readonly string[],
): PersonSettings {
  const kept = Object.entries(fields).filter(([name]) => gives.includes(name) || !outcomes.includes(name));
  return { ...settings, fields: Object.fromEntries(kept) };
}

async function settingsOf(query: Query, instrument: string): Promise<PersonSettings> {
  const [lab, name] = instrument.split('/') as [string, string];
  const found = (await findLab(query, lab))?.definition.instruments[name];
  const parsed = personSettings.safeParse(found?.settings ?? {});
  return parsed.success ? parsed.data : {};
}
