import { AthanorError } from '../models/domain/errors.js';
import { lockTrial } from './say-of.js';
import { hasActed, knownOf } from './store/acts.js';
import { saveAudit } from './store/audit.js';
import type { Query, Store } from './store/client.js';
import { findHandAnswer, type HandAnswer, type HandResult, listAsked, saveHandAnswer } from './store/hand-answer.js';
import { setNeeds, type TrialRef } from './store/trial.js';

/** What a person says that a step of a trial gave, in the units of the campaign and of the step. */
export interface StepEntry extends TrialRef {
  readonly campaignId: string;
  readonly step: string;
  /** Key of the job that waits. */
  readonly key: string;
  readonly who: string;
  readonly why: string | null;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly result: HandResult;
}

/**
 * Writes down what a person says of a step that waits for one, once: the trial's workflow goes on from that as soon as it looks.
 *
 * @throws {AthanorError} WRONG_STATE if it does not wait, with who was first
 */
export async function enterStep(store: Store, entry: StepEntry): Promise<void> {
  const { campaignId, trialId, generation, step, key, who, why, requestId, at, result } = entry;
  await store.transaction(async (query) => {
    await lockTrial(query, campaignId, trialId);
    if (await hasActed(query, campaignId, requestId)) return;
    const { cause, values, artefacts, achieved } = result;
    const state = cause === undefined ? 'succeeded' : 'failed';
    const answer: HandAnswer = { key, step, state, result, requestId, who, why, at };
    const asked = (await listAsked(query, trialId)).some((one) => one.key === key);
    if (!asked || !(await saveHandAnswer(query, { trialId, generation }, answer))) throw await waitsNot(query, entry);
    const known = await knownOf(query, trialId);
    await setNeeds(query, trialId, null);
    const failed = cause === undefined ? {} : { cause: cause.class };
    const reached = achieved === undefined ? {} : { achieved };
    const details = { trial: trialId, generation, step, values, artefacts, ...reached, ...failed };
    const note = why === null ? {} : { note: why };
    const told = { ...details, ...note, known };
    await saveAudit(query, { campaignId, requestId, at, who, action: 'enter', details: told });
  });
}

/** That a step waits for nobody any more, and why. */
export async function waitsNot(
  query: Query,
  { trialId, step, key }: Pick<StepEntry, 'trialId' | 'step' | 'key'>,
): Promise<AthanorError> {
  const answer = await findHandAnswer(query, key);
  return new AthanorError(
    'WRONG_STATE',
    `step '${step}' of trial '${trialId}' does not wait for a person: ${answer === null ? 'it is not its turn' : wasFirst(answer)}`,
  );
}

/** Who entered what came of a step, or that nobody is asked any more; in words. */
function wasFirst({ who, why, state, at }: HandAnswer): string {
  const when = new Date(at).toISOString();
  if (state === 'cancelled') return `it was cancelled at ${when}`;
  const did = state === 'failed' ? 'enter --failed' : 'enter';
  return `${who} was first, at ${when}: ${did}${why === null ? '' : ` (${why})`}`;
}
