import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { listAudit, saveAudit } from '../../activities/store/audit.js';
import { listCampaigns } from '../../activities/store/campaign.js';
import type { Query, Store } from '../../activities/store/client.js';
import { beginLife } from '../../activities/store/mark.js';
import { lastRound } from '../../activities/store/proposal.js';
import { restoreSubmissions, type Submission } from '../../activities/store/submission.js';
import { listRunning } from '../../activities/store/trial.js';
import { parseTrialId, trialId as trialIdOf } from '../../models/domain/trial.js';
import { trialWorkflowId } from '../../workflows/loop.js';
import type { LineMemory } from './line-memory.js';
import { serviceError } from './service-failure.js';
import { storeRestored } from './store-memory.js';

/** Why workflows are ended that know of more than a database which was restored; then they are begun anew from the store. */
export const endedForStore = 'athanor: the database is an older state, from which work goes on';

/** How often in a row no workflow may be found before there is none: the server's list lags behind. */
const looks = 3;
const lookEveryMs = 500;

interface Servers {
  readonly client: Client;
  readonly taskQueue: string;
  readonly store: Store;
  /** What this home has written into the ledger. */
  readonly lines: LineMemory;
}

/**
 * Sees to it that no workflow knows of more than the store: of a trial that is over, or of a round, since its campaign was begun.
 * @throws {AthanorError} WRONG_STATE where one does: the database is an older state that was restored
 */
export async function mustBeAbreast({ client, store: { query } }: Omit<Servers, 'lines'>): Promise<void> {
  for (const { id, phase, createdAt } of await listCampaigns(query)) {
    if (phase === 'stopped') continue;
    const restored = (await listAudit(query, id)).filter(({ action }) => action === 'restored');
    const since = restored.at(-1)?.at ?? createdAt;
    const open = await listRunning(query, id);
    const round = (await lastRound(query, id)) + 1;
    const statusOf = async (workflowId: string) => {
      const found = await describe(client, workflowId);
      // One of a database that is no more, or of before that was said, says nothing.
      return found === null || found.startTime.getTime() < since ? null : found.status.name;
    };
    const over: string[] = [];
    for (const { trialId, generation } of open)
      if ((await statusOf(trialWorkflowId(trialId, generation))) === 'COMPLETED')
        over.push(`${trialId}/g${generation}`);
    const hasMore = (await statusOf(trialIdOf(id, round, 1))) !== null;
    // What has happened meanwhile is in the store by now.
    const still = (await listRunning(query, id)).map(({ trialId, generation }) => `${trialId}/g${generation}`);
    if (over.some((one) => still.includes(one)) || (hasMore && (await lastRound(query, id)) < round))
      throw storeRestored();
  }
}

async function describe(client: Client, id: string) {
  try {
    return await client.workflow.getHandle(id).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw serviceError(error, 'Temporal');
  }
}

/**
 * Has work go on from a database that was restored from an older dump: ends all workflows, which know of what it lost; campaigns
 * are begun anew from it afterwards. Jobs of trials that it has are where they were, by what this home remembers of the ledger. Rounds
 * that it lost are not decided again under their numbers, as the keys of their jobs are used up.
 *
 * @param who - says so; kept with each campaign
 */
export async function goOnFromStore(
  { client, taskQueue, store, lines }: Servers,
  who: string,
  log: (message: string) => void,
): Promise<void> {
  const ended = new Set<string>();
  for (let empty = 0; empty < looks; empty += 1) {
    const running = client.workflow.list({ query: `ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'` });
    try {
      for await (const { workflowId, runId } of running) {
        if (ended.has(runId)) continue;
        ended.add(runId);
        empty = -1;
        await client.workflow
          .getHandle(workflowId, runId)
          .terminate(endedForStore)
          .catch((error: unknown) => {
            if (!(error instanceof WorkflowNotFoundError)) throw error;
          });
      }
    } catch (error) {
      throw serviceError(error, 'Temporal');
    }
    await delay(lookEveryMs);
  }
  log(
    `${ended.size} workflows may have known of more than the database and were ended; campaigns go on from what it holds`,
  );
  const known = lines.all();
  const ids = [...(await trialsOn(client, taskQueue)), ...known.map(({ trialId }) => trialId)];
  const at = Date.now();
  const lost = await store.transaction(async (query) => {
    await beginLife(query);
    await restoreSubmissions(query, known);
    for (const { id: campaignId } of await listCampaigns(query)) {
      const rounds = ids.map(parseTrialId).flatMap((id) => (id.campaignId === campaignId ? id.round : []));
      const through = rounds.reduce((last, round) => Math.max(last, round), await lastRound(query, campaignId));
      const details = { round: through };
      await saveAudit(query, { campaignId, requestId: randomUUID(), at, who, action: 'restored', details });
    }
    return lostJobs(query, known);
  });
  for (const { key, job, instrument } of lost)
    log(
      `the database has no trial for job ${job} of ${instrument} (${key}): what it measured lies with its adapter alone`,
    );
}

/** Ids of all trials that were begun, as far as the server remembers them. */
async function trialsOn(client: Client, taskQueue: string): Promise<readonly string[]> {
  const ids: string[] = [];
  const query = `WorkflowType = 'trialWorkflow' AND TaskQueue = '${taskQueue}'`;
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId.replace(/\/g\d+$/, ''));
  return ids;
}

/** Jobs of trials that the database does not have. */
async function lostJobs(query: Query, lines: readonly Submission[]): Promise<readonly Submission[]> {
  const rows = await query('SELECT id FROM trial WHERE id = ANY ($1)', [lines.map(({ trialId }) => trialId)]);
  const has = new Set(rows.map(({ id }) => id));
  return lines.filter(({ trialId, job }) => job !== null && !has.has(trialId));
}
