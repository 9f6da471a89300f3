import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { listCampaigns, loadOutline } from '../../activities/store/campaign.js';
import type { Store } from '../../activities/store/client.js';
import { defaultTaskQueue, startCampaignWorkflow } from './campaign-workflow.js';
import { endedForStore } from './restored-store.js';
import { serviceError } from './service-failure.js';

/** How often campaigns are looked for whose workflow the server has lost, milliseconds. */
const restoreEveryMs = 15_000;

interface RestoreSettings {
  readonly namespace?: string;
  readonly taskQueue?: string;
}

/**
 * Starts the workflows of campaigns that have none: the start was cut short, the server lost its data, or the campaign was
 * extended and the command that did so died; or the server ended it, for the length of its history, or because the database is
 * an older state. One that a person ended by force is left alone.
 */
export async function restoreWorkflows(
  settings: RestoreSettings,
  connection: NativeConnection,
  store: Store,
  log: (message: string) => void,
): Promise<void> {
  const client = new Client({ connection, namespace: settings.namespace ?? 'default' });
  for (const { id, phase } of await listCampaigns(store.query)) {
    if (phase === 'stopped' || (await hasWorkflow(client, id))) continue;
    log(`campaign '${id}' has no workflow on the server; it goes on from the store`);
    const campaign = await loadOutline(store.query, id);
    await startCampaignWorkflow(client, settings.taskQueue ?? defaultTaskQueue, store.query, campaign);
  }
}

/**
 * Does so again and again, as a server may lose its data, and come back, while workers wait for it.
 * @returns how to stop
 */
export function keepWorkflows(
  settings: RestoreSettings,
  connection: NativeConnection,
  store: Store,
  log: (message: string) => void,
): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    // What keeps a server or the store from answering is said by those who need them.
    last = restoreWorkflows(settings, connection, store, log)
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, restoreEveryMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await last;
  };
}

async function hasWorkflow(client: Client, id: string): Promise<boolean> {
  try {
    const { status, runId } = await client.workflow.getHandle(id).describe();
    if (status.name === 'TERMINATED') return !(await isToGoOn(client, id, runId));
    return status.name !== 'COMPLETED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw serviceError(error, 'Temporal');
  }
}

/** Who ends a workflow, by the server's own word, that has grown beyond its limits. */
const server = 'history-service';

/** Whether a workflow was ended by nobody who wanted its campaign to end. */
async function isToGoOn(client: Client, workflowId: string, runId: string): Promise<boolean> {
  const { namespace } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const ended = history?.events?.[0]?.workflowExecutionTerminatedEventAttributes;
  return ended?.reason === endedForStore || ended?.identity === server;
}
