import { Client, Connection } from '@temporalio/client';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { artefactSize, streamArtefact } from '../../activities/store/artefact.js';
import {
  type CampaignHead,
  createCampaign,
  findCampaign,
  listCampaigns,
  loadOutline,
} from '../../activities/store/campaign.js';
import { openStore } from '../../activities/store/client.js';
import { type AwayHome, listAwayHomes } from '../../activities/store/home.js';
import type { Inbox } from '../../activities/store/inbox.js';
import { migrate } from '../../activities/store/migrate.js';
import { findPlaced } from '../../activities/store/proposal.js';
import { loadTrials, recordNow } from '../../activities/store/record.js';
import { summarise } from '../../activities/store/summary.js';
import type { Campaign } from '../../models/domain/campaign.js';
import type { Changed } from '../../models/domain/change.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import type { Judgement } from '../../models/domain/ruling.js';
import type { Seen } from '../../models/domain/seen.js';
import { parseTrialId } from '../../models/domain/trial.js';
import type * as messages from '../../workflows/messages.js';
import { actsOnEnded } from './acts-on-ended.js';
import { defaultTaskQueue, lastRunEnded, startCampaignWorkflow } from './campaign-workflow.js';
import { type ChangeRequest, changeCampaign, type InForceOf, inForceOf } from './changes.js';
import { type CampaignReport, courseOf, statusOnceOrdered, updateCampaign } from './course.js';
import { enterFor, type GivenResult } from './entered.js';
import { createLabControl, type LabControl } from './lab-control.js';
import { designOf, editOf, type GivenDesign } from './own-designs.js';
import { extendCampaign, knownTrial, type RetryRequest, reopenUndone } from './people.js';
import { inboxOf } from './person-instructions.js';
import { requestIdOf } from './request-id.js';
import type { Said } from './resolve.js';
import { serviceError } from './service-failure.js';
import { type Stillness, stillnessOf, stillnessOfAll } from './stillness.js';
import type { TemporalAccess } from './temporal-access.js';
import { isStopUndone } from './undone-stop.js';
import { type Report, type WaitOptions, waitFor } from './wait-for.js';

/** Where the servers are. */
export interface ControlSettings {
  readonly databaseUrl: string;
  /** host:port */
  readonly temporalAddress: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  /** TLS and API key; none where absent. */
  readonly temporalAccess?: TemporalAccess;
}

/** Everything that waits for a person, and what of labs stands still, of campaigns that have stopped too. */
export interface FullInbox extends Inbox {
  readonly obstacles: Stillness['obstacles'];
}

/** What `start` found. */
export interface Started {
  /** `started` now, `attached` to one that runs already, or `stopped` long since. */
  readonly outcome: 'started' | 'attached' | 'stopped';
}

/** All that people can do with campaigns; the CLI and the dashboard go through here. */
export interface Control {
  /**
   * Starts a campaign. The same campaign started again is attached to, and repaired where a start had been cut short.
   * @param historyLimit - history events after which the workflow continues as new; for tests
   * @throws {AthanorError} CONFLICT if another campaign has its id
   */
  start(campaign: Campaign, options?: { readonly historyLimit?: number }): Promise<Started>;
  /** All campaigns, newest first. */
  list(): Promise<readonly CampaignHead[]>;
  /** @throws {AthanorError} NOT_FOUND */
  status(id: string): Promise<CampaignReport>;
  /** Everything that is stored of a campaign. @throws {AthanorError} NOT_FOUND */
  record(id: string): Promise<CampaignRecord>;
  /** All trials in the order of their ids; for who has the campaign, a fraction of what `record` reads. */
  trials(id: string): Promise<readonly TrialRecord[]>;
  /** The bytes of a raw output, piece by piece. @throws {AthanorError} ARTEFACT if there are none, or they are damaged */
  raw(sha256: string): AsyncIterable<Uint8Array>;
  /** How many bytes it has; null where the store has none. */
  rawSize(sha256: string): Promise<number | null>;
  /** No new trials until resumed. @throws {AthanorError} NOT_FOUND or WRONG_STATE; so do those below */
  pause(id: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /** Goes on after a pause or a problem, or where what people ruled or changed has undone the stop. */
  resume(id: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /** Stops when the trials in flight have ended. */
  drain(id: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /** Cancels the trials in flight and stops. */
  abort(id: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  changeBudget(id: string, change: messages.BudgetChange): Promise<messages.CampaignStatus>;
  changeParallel(id: string, change: messages.ParallelChange): Promise<messages.CampaignStatus>;
  /**
   * Changes parallelism, budget and stop rules, also of a campaign that has stopped, which goes on no more for that.
   * @throws {AthanorError} WRONG_STATE that says who was first
   */
  change(id: string, request: ChangeRequest): Promise<Changed>;
  /** What of a campaign people may change, as it is in force, and what they changed. @throws {AthanorError} NOT_FOUND */
  inForce(id: string): Promise<InForceOf>;
  /** Lets a stopped campaign go on with another budget. */
  extend(id: string, change: messages.BudgetChange): Promise<CampaignReport>;
  /** Does a trial again that gave no value; one whose home is away is given up first. */
  retry(trialId: string, request: RetryRequest): Promise<messages.CampaignStatus>;
  /**
   * Says what became of a job of which nobody can tell, also of a campaign that has stopped: the trial goes on with it, is done
   * again, or has failed. @throws {AthanorError} WRONG_STATE that says who was first
   */
  resolve(trialId: string, said: Said): Promise<TrialRecord>;
  /**
   * Rules on what a trial gave, also of a campaign that has stopped.
   * @param seen - how far its author knows the trial: refused with who was first where there is more to be seen by now
   * @returns the trial, with what counts of it now
   */
  rule(trialId: string, judgement: Judgement, seen?: Seen): Promise<TrialRecord>;
  /** Everything that waits for a person, over all campaigns that have not stopped, or of one. @throws {AthanorError} NOT_FOUND */
  inbox(id?: string | null): Promise<FullInbox>;
  /** What of labs stands still, and which trials of all campaigns wait for a slot. */
  stillness(): Promise<Stillness>;
  /** Lets a proposal begin that waits for approval; who comes second is told who was first. */
  approve(trialId: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /**
   * Puts a person's own design in the place of a proposal that has not begun; that is kept beside it.
   * @returns its trial, with what the surrogates of that round expect of it
   * @throws {InvalidInputError} with everything that is wrong with the design
   */
  edit(trialId: string, given: GivenDesign): Promise<TrialRecord>;
  /** Puts a person's own design beside what is proposed. @returns its trial, with what the surrogates expect of it */
  add(id: string, given: GivenDesign): Promise<TrialRecord>;
  /** Stores what a person measured, where that is waited for. @throws {InvalidInputError} with everything that is wrong with it */
  enter(trialId: string, given: GivenResult): Promise<TrialRecord>;
  /** Takes a proposal back that has not begun. */
  reject(trialId: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /** Whether what a stopped campaign stopped for holds no more, by what people ruled or changed since; then `resume` lets it go on. */
  isStopUndone(id: string): Promise<boolean>;
  /** Homes that trials in flight wait for, of all campaigns. */
  away(): Promise<readonly AwayHome[]>;
  /** Instruments that campaigns share. */
  readonly labs: LabControl;
  /**
   * Waits for the end of a campaign.
   *
   * Where a server is away it goes on asking.
   *
   * @param onChange - told the figures now and whenever they change
   * @param options.onTrouble - told once that a server is away, and null when it is back
   * @param options.signal - ends the waiting, not the campaign
   * @throws {AthanorError} WRONG_STATE if its workflow was ended by force
   */
  waitUntilStopped(
    id: string,
    onChange?: (report: CampaignReport) => void,
    options?: WaitOptions,
  ): Promise<CampaignReport>;
  close(): Promise<void>;
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
  });
  const client = new Client({ connection, namespace: settings.namespace ?? 'default' });
  const taskQueue = settings.taskQueue ?? defaultTaskQueue;
  const temporal = `Temporal at ${settings.temporalAddress}`;
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw serviceError(error, temporal);
    }
  };
  const namespace = settings.namespace ?? 'default';
  const reading = { store, client, taskQueue, namespace, source: createCampaignSource(store) };
  const told = new Map<string, Pick<Stillness, 'waits' | 'obstacles'>>();
  const report: Report = async (id, course) => {
    const summary = await summarise(store.query, id);
    // Who follows a campaign asks every moment; servers are asked with its course.
    const { waits, obstacles } =
      (course === undefined ? undefined : told.get(id)) ?? (await stillnessOf(reading, summary));
    told.set(id, { waits, obstacles });
    return { ...summary, waits, obstacles, course: course ?? (await courseOf(client, summary)) };
  };
  const update =
    <Change extends messages.Decided>(
      name: 'pause' | 'resume' | 'drain' | 'abort' | 'changeBudget' | 'changeParallel',
    ) =>
    (id: string, change: Change) =>
      ask(async () => updateCampaign(client, await summarise(store.query, id), name, change));

  /** Of a decision on a trial, and of a change: taken once, however often the same person says the same. */
  const once = async <Change extends messages.Decided>(name: OfTrials | 'change', id: string, change: Change) =>
    updateCampaign(client, await summarise(store.query, id), name, change, requestIdOf(name, change));

  /** Starts the workflow of a campaign that was reopened. */
  const goOn = async (id: string) => {
    await lastRunEnded(client, id);
    await startCampaignWorkflow(client, taskQueue, store.query, await loadOutline(store.query, id));
    return id;
  };
  const statusOf = (id: string) => statusOnceOrdered(client, id);

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

  const labs = createLabControl({ store, client, taskQueue, namespace, ask });
  /** What is held for a trial may be free by a person's word on it. */
  const heeded = <T>(trialId: string, work: () => Promise<T>): Promise<T> =>
    ask(async () => {
      const said = await work();
      await labs.heed(trialId);
      return said;
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
        await startCampaignWorkflow(client, taskQueue, store.query, campaign, options?.historyLimit);
        return { outcome: before.created ? 'started' : 'attached' };
      }),
    list: () => ask(() => listCampaigns(store.query)),
    status: (id) => ask(() => report(id)),
    record: (id) => ask(() => recordNow(store, id)),
    trials: (id) => ask(() => loadTrials(store.query, id)),
    raw: (sha) => streamArtefact(store.query, sha),
    rawSize: (sha) => ask(() => artefactSize(store.query, sha)),
    pause: update('pause'),
    resume: (id, decided) =>
      ask(async () =>
        (await reopenUndone(store, id, decided)) ? statusOf(await goOn(id)) : update('resume')(id, decided),
      ),
    drain: update('drain'),
    abort: update('abort'),
    changeBudget: update<messages.BudgetChange>('changeBudget'),
    changeParallel: update<messages.ParallelChange>('changeParallel'),
    change: (id, request) => ask(() => changeCampaign(store, id, request, (order) => once('change', id, order))),
    inForce: (id) => ask(() => inForceOf(store.query, id)),
    extend: (id, change) =>
      ask(async () => {
        await extendCampaign(store, id, change);
        return report(await goOn(id));
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
    enter: (trialId, given) =>
      ask(() => enterFor(store.query, trialId, given, (id, entry) => once('enter', id, entry))),
    approve: (trialId, decided) => ask(() => sayOf('approve', trialId, decided)),
    reject: (trialId, decided) => ask(() => sayOf('reject', trialId, decided)),
    isStopUndone: (id) => ask(() => isStopUndone(store.query, id)),
    away: () => ask(() => listAwayHomes(store.query)),
    labs,
    waitUntilStopped: (id, onChange, options) => ask(() => waitFor(report, id, onChange, options)),
    close: async () => {
      await connection.close();
      await store.close();
    },
  };
}

/** Decisions on single trials. */
type OfTrials = 'retry' | 'rule' | 'approve' | 'reject' | 'edit' | 'add' | 'enter';
