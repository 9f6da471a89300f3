import type { Adapter, JobResult } from '../lab-adapters/contract.js';
import { ContractError } from '../models/domain/errors.js';
import { parseJobKey } from './job-request.js';
import { loadArtefact } from './store/artefact.js';
import type { Query, Store } from './store/client.js';
import { findHandAnswer, type HandAnswer, saveHandAnswer } from './store/hand-answer.js';
import { setNeeds } from './store/trial.js';

/** Nobody polls people: a trial's workflow is told of what was entered, and looks then. */
const pollMs = 60_000;

/**
 * The adapter of instruments that are people: a job is a step that they are asked to do, known by its key, and waits in the
 * store until somebody enters what came of it. Nothing moves by it, so that a job which is not asked for any more has not begun
 * as far as anybody was told.
 */
export function handAdapter(store: Store): Adapter {
  const { query } = store;
  const ended = async (job: string): Promise<HandAnswer> => {
    const answer = await findHandAnswer(query, job);
    if (answer === null) throw new ContractError(`job '${job}' waits for a person, and has given nothing`);
    return answer;
  };
  const ask = async (key: string): Promise<string> => {
    await isEntered(store, key);
    return key;
  };
  return {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: false, anyHome: true, virtualTime: false },
    pollMs,
    validate: async () => [],
    submit: ask,
    // What a person says that they began already is theirs to enter.
    adopt: ask,
    find: async (key) => ((await findHandAnswer(query, key)) === null ? null : key),
    status: async (job) => ({ state: (await findHandAnswer(query, job))?.state ?? 'awaiting_operator' }),
    result: async (job) => resultOf(store, await ended(job)),
    cancel: (job) =>
      store.transaction(async (within) => {
        const { trialId, generation, step } = parseJobKey(job);
        const at = Date.now();
        const nobody = { result: null, requestId: null, who: null, why: null };
        await lockRow(within, trialId);
        await saveHandAnswer(within, { trialId, generation }, { key: job, step, state: 'cancelled', ...nobody, at });
        await setNeeds(within, trialId, null);
      }),
    close: async () => undefined,
  };
}

/**
 * Whether a job has ended. While it has not, its trial is noted to need a person: once more each time, as a store that was
 * restored may not know.
 */
export function isEntered(store: Store, job: string): Promise<boolean> {
  return store.transaction(async (query) => {
    const { trialId } = parseJobKey(job);
    await lockRow(query, trialId);
    if ((await findHandAnswer(query, job)) !== null) return true;
    await setNeeds(query, trialId, 'result');
    return false;
  });
}

/** What a person enters meanwhile waits, to the end of the transaction. */
async function lockRow(query: Query, trialId: string): Promise<void> {
  await query('SELECT 1 FROM trial WHERE id = $1 FOR UPDATE', [trialId]);
}

async function resultOf({ query }: Store, { result }: HandAnswer): Promise<JobResult> {
  if (result === null) return { values: {}, cost: 0, durationMs: 0 };
  const { artefacts, cause, achieved, contexts, ...given } = result;
  const files: Record<string, Uint8Array> = {};
  for (const [name, sha] of Object.entries(artefacts)) files[name] = await loadArtefact(query, sha);
  return {
    ...given,
    artefacts: files,
    ...(cause === undefined ? {} : { cause }),
    ...(achieved === undefined ? {} : { achieved }),
    ...(contexts === undefined ? {} : { contexts }),
  };
}
