import { jobKey, jobRequest } from '../../activities/job-request.js';
import { findCampaign, loadOutline, noCampaign } from '../../activities/store/campaign.js';
import type { Query } from '../../activities/store/client.js';
import { type Inbox, loadInbox, type WaitingTrial } from '../../activities/store/inbox.js';
import { filledInstructions } from '../../lab-adapters/instructions.js';
import { type PersonSettings, personSettings } from '../../models/domain/person.js';

/**
 * Everything that waits for a person, of one campaign or all, with what is to be done for each trial that waits for a result.
 * @throws {AthanorError} NOT_FOUND
 */
export async function inboxOf(query: Query, id: string | null): Promise<Inbox> {
  if (id !== null && (await findCampaign(query, id)) === null) throw await noCampaign(query, id);
  return withInstructions(query, await loadInbox(query, id));
}

async function withInstructions(query: Query, inbox: Inbox): Promise<Inbox> {
  const trials: WaitingTrial[] = [];
  for (const trial of inbox.trials)
    trials.push(trial.needs === 'result' ? { ...trial, ...(await asked(query, trial)) } : trial);
  return { ...inbox, trials };
}

async function asked(query: Query, trial: WaitingTrial): Promise<Pick<WaitingTrial, 'instructions'>> {
  const campaign = await loadOutline(query, trial.campaignId);
  const level = campaign.spec.fidelities.find(({ name }) => name === trial.fidelity);
  const settings = personSettings.safeParse(level?.settings ?? {});
  if (!settings.success) return {};
  const { instructions, file } = settings.data;
  const told =
    instructions === undefined
      ? []
      : [await filledInstructions(instructions, jobKey(trial.trialId, trial.generation), jobRequest(campaign, trial))];
  const wanted = file === undefined ? [] : [`wanted with it: ${file}`];
  const lines = [...told, ...fieldLines(settings.data), ...wanted];
  return lines.length === 0 ? {} : { instructions: lines.join('\n') };
}

function fieldLines({ fields = {} }: PersonSettings): readonly string[] {
  return Object.entries(fields).map(([name, { unit, min, max, required }]) => {
    const range = [...(min === undefined ? [] : [`from ${min}`]), ...(max === undefined ? [] : [`to ${max}`])];
    const parts = [...(unit === undefined ? [] : [`in ${unit}`]), ...range, ...(required === true ? ['required'] : [])];
    return parts.length === 0 ? name : `${name}: ${parts.join(', ')}`;
  });
}
