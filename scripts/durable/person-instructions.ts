import { jobKey, jobRequest } from '../../activities/job-request.js';
import { findCampaign, loadOutline, noCampaign } from '../../activities/store/campaign.js';
import type { Query } from '../../activities/store/client.js';
import { type AskedStep, listAsked } from '../../activities/store/hand-answer.js';
import { type Inbox, loadInbox, type WaitingTrial } from '../../activities/store/inbox.js';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { filledInstructions } from '../../lab-adapters/instructions.js';
import type { CampaignSpec } from '../../models/domain/campaign.js';
import { isOfLab } from '../../models/domain/fidelity.js';
import { type PersonSettings, personSettings } from '../../models/domain/person.js';
import { undoneBy } from '../../models/domain/step-name.js';
import { askedOf } from './asked-step.js';

/**
 * Everything that waits for a person, of one campaign or all, with what is to be done for each trial that waits for a result.
 * @throws {AthanorError} NOT_FOUND
 */
export async function inboxOf(query: Query, id: string | null): Promise<Inbox> {
  if (id !== null && (await findCampaign(query, id)) === null) throw await noCampaign(query, id);
  const inbox = await loadInbox(query, id);
  const steps = new Map((await listAsked(query)).map((step) => [step.trialId, step]));
  const trials: WaitingTrial[] = [];
  for (const trial of inbox.trials) {
    const asked = trial.needs === 'result' ? await withInstructions(query, trial, steps.get(trial.trialId)) : trial;
    if (asked !== null) trials.push(asked);
  }
  return { ...inbox, trials: trials.sort((a, b) => a.since - b.since) };
}

/** A trial with what is to be done for it; null where that was entered a moment ago. */
async function withInstructions(
  query: Query,
  trial: WaitingTrial,
  step: AskedStep | undefined,
): Promise<WaitingTrial | null> {
  if (step !== undefined) return { ...trial, ...(await askedStep(query, step)) };
  const campaign = await loadOutline(query, trial.campaignId);
  const level = campaign.spec.fidelities.find(({ name }) => name === trial.fidelity);
  if (level !== undefined && isOfLab(level)) return null;
  const settings = personSettings.safeParse(level?.settings ?? {});
  if (!settings.success) return trial;
  const key = jobKey(trial.trialId, trial.generation);
  return {
    ...trial,
    ...(await instructionsOf(settings.data, key, jobRequest(campaign, trial), [], aroundLines(campaign.spec))),
  };
}

async function askedStep(query: Query, asked: AskedStep) {
  const { campaign, step, settings, request, undoes } = await askedOf(query, asked);
  const { objectives, outcomes = [] } = campaign.spec;
  const gives = [...objectives, ...outcomes].flatMap(({ name, unit }) => {
    if (!request.objectives.includes(name) || settings.fields?.[name] !== undefined) return [];
    return unit === undefined ? name : `${name}: in ${unit}`;
  });
  gives.push(...aroundLines(campaign.spec));
  const undone = undoes ? [`take back what step '${undoneBy(asked.step)}' did`] : [];
  return {
    ...(step === null ? {} : { step }),
    instrument: asked.instrument,
    since: asked.since,
    ...(await instructionsOf(settings, asked.key, request, undone, gives)),
  };
}

/** @param first - what is said before, a line each */
async function instructionsOf(
  { instructions, fields = {}, file }: PersonSettings,
  key: string,
  request: JobRequest,
  first: readonly string[],
  gives: readonly string[] = [],
): Promise<Pick<WaitingTrial, 'instructions'>> {
  const told = instructions === undefined ? [] : [await filledInstructions(instructions, key, request)];
  const wanted = file === undefined ? [] : [`wanted with it: ${file}`];
  const lines = [...first, ...told, ...gives, ...fieldLines(fields), ...wanted];
  return lines.length === 0 ? {} : { instructions: lines.join('\n') };
}

/** What of the surroundings is to be told with a result. */
function aroundLines({ contexts = [] }: CampaignSpec): readonly string[] {
  if (contexts.length === 0) return [];
  const names = contexts.map((one) =>
    one.type === 'continuous' && one.unit !== undefined ? `${one.name} in ${one.unit}` : one.name,
  );
  return [`where known, by --context: ${names.join(', ')}`];
}

function fieldLines(fields: NonNullable<PersonSettings['fields']>): readonly string[] {
  return Object.entries(fields).map(([name, { unit, min, max, required }]) => {
    const range = [...(min === undefined ? [] : [`from ${min}`]), ...(max === undefined ? [] : [`to ${max}`])];
    const parts = [...(unit === undefined ? [] : [`in ${unit}`]), ...range, ...(required === true ? ['required'] : [])];
    return parts.length === 0 ? name : `${name}: ${parts.join(', ')}`;
  });
}
