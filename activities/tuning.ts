import { AthanorError } from '../models/domain/errors.js';
import {
  nothingMade,
  type TuneOrder,
  type TuningEnd,
  tuningDetails,
  versionActions,
  wouldComeAgain,
} from '../models/domain/tuning.js';
import type { ModelBundle } from '../models/pretrained/bundle.js';
import { modelName } from '../models/pretrained/manifest.js';
import { campaignJob, campaignVersion, type Tunable } from '../models/strategy/tuning/campaign-tuning.js';
import { labelsHash } from '../models/strategy/tuning/labels.js';
import type { TuneChunk, TuneJob } from '../models/strategy/tuning/tune.js';
import { loadArtefact, saveArtefact } from './store/artefact.js';
import { saveAudit } from './store/audit.js';
import { loadCampaign } from './store/campaign.js';
import type { Store } from './store/client.js';
import { findModel, type StoredModel, saveBundle } from './store/model.js';
import { saveModelActs } from './store/model-act.js';
import { loadTrials } from './store/record.js';
import {
  endTuning,
  enterTraining,
  findTuning,
  leaveTraining,
  loadTuning,
  loadTuningStates,
  saveTuned,
  saveTuning,
  saveTuningState,
  type TuningRef,
} from './store/tuning.js';
import { tuneInThread } from './tune-in-thread.js';

/** What fine-tuning works on. */
export interface TuningDeps {
  readonly store: Store;
  /** Version of the program. */
  readonly program?: string;
  /** A model of the store out of what this worker keeps of it; null, or absent, where it is to be read from the store. */
  readonly modelHere?: (model: StoredModel) => Promise<ModelBundle | null>;
}

/**
 * Writes an order down with a hash over what is learned from.
 *
 * @returns whether there is something to be done: false where it has ended
 */
export async function beginTuning(
  deps: TuningDeps,
  { campaignId, ...order }: TuneOrder & { readonly campaignId: string },
): Promise<boolean> {
  const { query } = deps.store;
  const ref = { campaignId, n: order.n };
  if ((await findTuning(query, ref))?.end != null) return false;
  const job = await orRejected(deps, { ...ref, order }, () => jobOf(deps, campaignId, order));
  if (job === null) return false;
  await saveTuning(query, campaignId, order, labelsHash(job.labelled));
  return true;
}

/** Workers that are lost in training without its getting on, after which it is not begun again. */
const mostLost = 3;

/**
 * Trains, judges and encodes; the store keeps the state after each chunk, from which any worker goes on. Where that takes one worker after
 * the other with it, as the system ends processes for want of memory, the order ends as rejected.
 */
export async function trainTuning(
  deps: TuningDeps,
  ref: TuningRef,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (chunk: TuneChunk) => void },
): Promise<void> {
  const { query } = deps.store;
  const { order, dataHash, made, end } = await loadTuning(query, ref);
  if (made !== null || end !== null) return;
  await orRejected(deps, { ...ref, order }, async () => {
    const job = await jobOf(deps, ref.campaignId, order);
    if (labelsHash(job.labelled) !== dataHash)
      throw new AthanorError('DAMAGED', 'what was learned from is no more as it was when it was ordered');
    const keep = async (chunk: TuneChunk, state: Uint8Array) => {
      await saveTuningState(query, ref, chunk.training, state);
      tell(chunk);
    };
    const lost = await enterTraining(query, ref);
    try {
      if (lost >= mostLost)
        throw new AthanorError(
          'MEMORY',
          `${lost} workers were lost in training one after the other, without its getting on: perhaps they lack memory`,
        );
      const { network, ...tuned } = await tuneInThread(job, { kept: await loadTuningStates(query, ref), keep, signal });
      const at = new Date().toISOString();
      await saveTuned(query, ref, { tuned, at }, await saveArtefact(query, network));
    } finally {
      await leaveTraining(query, ref);
    }
  });
}

/** Keeps the version that was made, whatever became of it, so that every worker has it. */
export async function keepTuning(deps: TuningDeps, ref: TuningRef): Promise<void> {
  const { store, program = '' } = deps;
  const { order, made, end } = await loadTuning(store.query, ref);
  if (made === null || end !== null) return;
  await orRejected(deps, { ...ref, order }, async () => {
    const tunable = await tunableOf(deps, ref.campaignId);
    const job = await campaignJob(tunable, order);
    const tuned = { ...made.tuned, network: await loadArtefact(store.query, made.network) };
    const { at } = made;
    const kept = campaignVersion(tunable.campaign, order, { job, tuned }, { program, at });
    await saveBundle(store, kept.bundle);
    const { id } = job.parent.manifest;
    const { verdict, reason, name } = kept.end;
    const who = verdict === 'promoted' ? `by the figures, begun by ${order.who} in ${ref.campaignId}` : order.who;
    const before = modelName(job.inUse.manifest);
    await store.transaction(async (query) => {
      // Nobody uses the version of an order that was cancelled meanwhile.
      if (!(await endTuning(query, ref, kept.end))) return;
      if (kept.codes !== null) await saveArtefact(query, kept.codes);
      await saveModelActs(query, id, [{ at, act: verdict, version: name!, before, who, why: reason }]);
    });
  });
}

/** What came of an order; null while it is under way, or where it was forgotten. */
export async function recallTuning({ store }: TuningDeps, ref: TuningRef): Promise<TuningEnd | null> {
  return (await findTuning(store.query, ref))?.end ?? null;
}

/** Ends an order of which nothing came, with the reason. */
export async function failTuning(
  { store }: TuningDeps,
  { campaignId, reason, ...order }: TuneOrder & { readonly campaignId: string; readonly reason: string },
): Promise<void> {
  // It may have failed before it was written down.
  if ((await findTuning(store.query, { campaignId, n: order.n })) === null)
    await saveTuning(store.query, campaignId, order, noData);
  await endTuning(store.query, { campaignId, n: order.n }, nothingMade(reason));
}

/** In the place of a hash where it is not known what was to be learned from. */
const noData = '0'.repeat(64);

/** Writes into the record what came of an order, from which round on, and what stood against it. */
export async function writeTuning(
  { store }: TuningDeps,
  given: TuningRef & { readonly at: number; readonly sinceRound: number; readonly meanwhile: string | null },
): Promise<void> {
  const { campaignId, n, at, ...since } = given;
  const { order, end } = await loadTuning(store.query, given);
  await saveAudit(store.query, {
    ...{ campaignId, at, who: order.who },
    requestId: `${campaignId}/tune${n}`,
    action: versionActions[0],
    details: tuningDetails(order, end!, since),
  });
}

/** Does it; what would go wrong again ends the order as rejected, and null is returned. */
async function orRejected<T>(
  { store }: TuningDeps,
  { order, ...ref }: TuningRef & { readonly order: TuneOrder },
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!wouldComeAgain(error)) throw error;
    await failTuning({ store }, { ...order, campaignId: ref.campaignId, reason: (error as Error).message });
    return null;
  }
}

async function jobOf(deps: TuningDeps, campaignId: string, order: TuneOrder): Promise<TuneJob> {
  return campaignJob(await tunableOf(deps, campaignId), order);
}

async function tunableOf(deps: TuningDeps, campaignId: string): Promise<Tunable> {
  const { store } = deps;
  return {
    campaign: await loadCampaign(store.query, campaignId),
    trials: await loadTrials(store.query, campaignId),
    artefacts: (sha) => loadArtefact(store.query, sha),
    model: (identity, name) => loadBundle(deps, identity, name),
  };
}

async function loadBundle(
  { store: { query }, modelHere = async () => null }: TuningDeps,
  identity: string,
  name: string,
): Promise<ModelBundle> {
  const found = await findModel(query, identity);
  if (found === null)
    throw new AthanorError(
      'NOT_FOUND',
      `the store has no model ${name} of identity ${identity.slice(0, 12)}; athanor models add ${name}`,
    );
  const here = await modelHere(found);
  if (here !== null) return here;
  const files = new Map<string, Uint8Array>();
  for (const [file, sha] of Object.entries(found.manifest.sha256)) files.set(file, await loadArtefact(query, sha));
  return { manifest: found.manifest, files };
}
