import { Client, Connection } from '@temporalio/client';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { artefactSize, streamArtefact } from '../../activities/store/artefact.js';
import {
  createCampaign,
  findCampaign,
  listCampaigns,
  loadOutline,
  noCampaign,
} from '../../activities/store/campaign.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { lastEvents, listEvents, sealedAs, verifyChain } from '../../activities/store/event.js';
import { listAwayHomes } from '../../activities/store/home.js';
import { migrate } from '../../activities/store/migrate.js';
import { findModel, saveBundle } from '../../activities/store/model.js';
import { destinationHealth } from '../../activities/store/notice.js';
import { findPlaced } from '../../activities/store/proposal.js';
import { listTrials, loadTrials, recordNow } from '../../activities/store/record.js';
import { sealEvents } from '../../activities/store/seal.js';
import { summarise } from '../../activities/store/summary.js';
import { parseTrialId } from '../../models/domain/trial.js';
import type * as messages from '../../workflows/messages.js';
import { actsOnEnded } from './acts-on-ended.js';
import { createAlarmControl } from './alarm-control.js';
import { defaultTaskQueue, startCampaignWorkflow } from './campaign-workflow.js';
import { changeCampaign, inForceOf } from './changes.js';
import type { Control } from './control-contract.js';
import { courseOf, statusOnceOrdered, updateCampaign } from './course.js';
import { enterFor } from './entered.js';
import { createLabControl } from './lab-control.js';
import { closeRun, hasClosed, openRun } from './last-run.js';
import { designOf, editOf, shortagesOfOwn } from './own-designs.js';
import { extendCampaign, knownTrial, reopenUndone } from './people.js';
import { inboxOf } from './person-instructions.js';
import { requestIdOf } from './request-id.js';
import { retriesUntilClosed } from './retries-until-closed.js';
import { serviceError } from './service-failure.js';
import { type Stillness, stillnessOf, stillnessOfAll } from './stillness.js';
import type { TemporalAccess } from './temporal-access.js';
import { tellOf } from './told-trial.js';
import { isStopUndone } from './undone-stop.js';
import { type Report, waitFor } from './wait-for.js';

/** Where the servers are. */
export interface ControlSettings {
  readonly databaseUrl: string;
  /** host:port */
  readonly temporalAddress: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  /** TLS and API key; none where absent. */
  readonly temporalAccess?: TemporalAccess;
  /** The home, or the folder that homes share, whose safe stops are to be known; none where absent. */
  readonly jobs?: string;
  /** How long a worker may take to confirm what people decide, milliseconds; 15 s where absent. */
  readonly confirmMs?: number;
}

/**
 * Connects to the servers; the store is migrated first. Temporal is called when first needed, so what only reads the
 * store works without it.
 *
 * @throws {UnavailableError} if PostgreSQL cannot be reached; the verbs throw it too, for either server
 */
export async function connect(settings: ControlSettings): Promise<Control> {
  const store = openStore(settings.databaseUrl, { connections: 4 });
  const connection = Connection.lazy({
    ...settings.temporalAccess,
    address: settings.temporalAddress,
    connectTimeout: '10s',
    interceptors: retriesUntilClosed,
  });
  const client = new Client({ connection, namespace: settings.namespace ?? 'default' });
  const taskQueue = settings.taskQueue ?? defaultTaskQueue;
  const { confirmMs } = settings;
  const temporal = `Temporal at ${settings.temporalAddress}`;
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw serviceError(error, temporal);
    }
  };
  const reading = { store, client, taskQueue, source: createCampaignSource(store), jobs: settings.jobs };
  const told = new Map<string, Pick<Stillness, 'waits' | 'obstacles'>>();
  const report: Report = async (id, course) => {
    const summary = await summarise(store.query, id);
    // Who follows a campaign asks every moment; servers are asked with its course.
    const { waits, obstacles } =
      (course === undefined ? undefined : told.get(id)) ?? (await stillnessOf(reading, summary));
    told.set(id, { waits, obstacles });
    return { ...summary, waits, obstacles, course: course ?? (await courseOf(client, taskQueue, summary)) };
  };
  const update =
    <Change extends messages.Decided>(
      name: 'pause' | 'resume' | 'drain' | 'abort' | 'changeBudget' | 'changeParallel' | 'finetune' | 'useVersion',
    ) =>
    (id: string, change: Change) =>
      ask(async () => updateCampaign(client, await summarise(store.query, id), name, change, { confirmMs }));

  /** Of a decision on a trial, and of a change: taken once, however often the same person says the same. */
  const once = async <Change extends messages.Decided>(name: OfTrials | 'change', id: string, change: Change) =>
    updateCampaign(client, await summarise(store.query, id), name, change, {
      requestId: requestIdOf(name, change),
      confirmMs,
    });

  /** Reopens a campaign that has stopped and starts its workflow anew; gives what reopening it gave. */
  const goOn = async (id: string, reopen: () => Promise<boolean>) => {
    const last = await openRun(client, id);
    if (!(await reopen())) return false;
    await closeRun(client, id, last);
    await startCampaignWorkflow(client, taskQueue, store.query, await loadOutline(store.query, id));
    return true;
  };
  const statusOf = (id: string) => statusOnceOrdered(client, id, confirmMs);

  const acts = actsOnEnded(store, client, { goOn, statusOf, once });

  const sayOf = async (action: 'approve' | 'reject', trialId: string, decided: messages.Decided) => {
    await knownTrial(store.query, trialId);
    return once(action, parseTrialId(trialId).campaignId, { ...decided, trialId });
  };

  const placed = async (name: 'edit' | 'add', id: string, change: messages.OwnDesign) => {
    await once(name, id, change);
    const slot = await findPlaced(store.query, id, requestIdOf(name, change));
    return knownTrial(store.query, slot!.id);
  };

  const labs = createLabControl({ store, client, taskQueue, ask });
  /** What is held for a trial may be free by a person's word on it. */
  const heeded = <T>(trialId: string, work: () => Promise<T>): Promise<T> =>
    ask(async () => {
      try {
        return await work();
      } finally {
        await labs.heed(trialId).catch(() => undefined);
      }
    });

  try {
    await ask(() => migrate(store.pool));
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    start: (campaign, options) =>
      ask(async () => {
        const before = await store.transaction((query) => createCampaign(query, campaign));
        if (before.head.phase === 'stopped') return { outcome: 'stopped' };
        for (const model of options?.models ?? []) await saveBundle(store, model);
        await startCampaignWorkflow(client, taskQueue, store.query, campaign, options?.historyLimit);
        return { outcome: before.created ? 'started' : 'attached' };
      }),
    list: () => ask(() => listCampaigns(store.query)),
    status: (id) => ask(() => report(id)),
    record: (id) => ask(() => recordNow(store, id)),
    outline: (id) =>
      ask(async () => {
        if ((await findCampaign(store.query, id)) === null) throw await noCampaign(store.query, id);
        return loadOutline(store.query, id);
      }),
    trials: (id) => ask(() => loadTrials(store.query, id)),
    trialPage: (id, page) =>
      ask(async () => {
        if ((await findCampaign(store.query, id)) === null) throw await noCampaign(store.query, id);
        return listTrials(store.query, id, page);
      }),
    trial: (trialId) => ask(() => knownTrial(store.query, trialId)),
    raw: (sha) => streamArtefact(store.query, sha),
    rawSize: (sha) => ask(() => artefactSize(store.query, sha)),
    pause: update('pause'),
    resume: (id, decided) =>
      ask(async () =>
        (await goOn(id, () => reopenUndone(store, id, decided))) ? statusOf(id) : update('resume')(id, decided),
      ),
    keepModel: (model) => ask(() => saveBundle(store, model)),
    hasModel: (identity) => ask(async () => (await findModel(store.query, identity)) !== null),
    finetune: (id, asked, models) =>
      ask(async () => {
        for (const model of models) await saveBundle(store, model);
        return update<messages.FineTune>('finetune')(id, asked);
      }),
    useVersion: update<messages.UseVersion>('useVersion'),
    drain: update('drain'),
    abort: update('abort'),
    changeBudget: update<messages.BudgetChange>('changeBudget'),
    changeParallel: update<messages.ParallelChange>('changeParallel'),
    change: (id, request) => ask(() => changeCampaign(store, id, request, (order) => once('change', id, order))),
    inForce: (id) => ask(() => inForceOf(store.query, id)),
    extend: (id, change) =>
      ask(async () => {
        await goOn(id, () => extendCampaign(store, id, change));
        return report(id);
      }),
    retry: (trialId, request) => ask(() => acts.retry(trialId, request)),
    rule: (trialId, judgement, seen) => heeded(trialId, () => acts.rule(trialId, judgement, seen)),
    resolve: (trialId, said) => heeded(trialId, () => acts.resolve(trialId, said)),
    inbox: (id = null) =>
      ask(async () => {
        const inbox = await inboxOf(store.query, id);
        const head = id === null ? null : await findCampaign(store.query, id);
        const { obstacles } = head === null ? await stillnessOfAll(reading) : await stillnessOf(reading, head);
        return { ...inbox, obstacles };
      }),
    stillness: () => ask(() => stillnessOfAll(reading)),
    edit: (trialId, given) =>
      ask(async () => placed('edit', parseTrialId(trialId).campaignId, await editOf(store.query, trialId, given))),
    add: (id, given) => ask(async () => placed('add', id, await designOf(store.query, id, given))),
    shortages: (place, given) => ask(() => shortagesOfOwn(store.query, place, given)),
    enter: (trialId, given) =>
      ask(() =>
        enterFor(store, trialId, given, { send: (id, entry) => once('enter', id, entry), tell: tellOf(client) }),
      ),
    approve: (trialId, decided) => ask(() => sayOf('approve', trialId, decided)),
    reject: (trialId, decided) => ask(() => sayOf('reject', trialId, decided)),
    isStopUndone: (id) => ask(() => isStopUndone(store.query, id)),
    away: () => ask(() => listAwayHomes(store.query)),
    destinations: () => ask(() => destinationHealth(store.query)),
    events: {
      list: (filter) => ask(async () => sealed(store, () => listEvents(store.query, filter))),
      last: (filter) => ask(async () => sealed(store, () => lastEvents(store.query, filter))),
      sealed: (seal) => ask(() => sealedAs(store.query, seal)),
      verify: () => ask(async () => sealed(store, () => verifyChain(store.query))),
    },
    labs,
    alarms: createAlarmControl({ store, client, taskQueue }, ask),
    waitUntilStopped: (id, onChange, options) => ask(() => waitFor(report, id, onChange, options)),
    hasClosed: (id) => ask(() => hasClosed(client, id)),
    close: async () => {
      await connection.close();
      await store.close();
    },
  };
}

async function sealed<T>(store: Store, read: () => Promise<T>): Promise<T> {
  await sealEvents(store);
  return read();
}

/** Decisions on single trials. */
type OfTrials = 'retry' | 'rule' | 'approve' | 'reject' | 'edit' | 'add' | 'enter';
