import { setTimeout as delay } from 'node:timers/promises';
import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';

/** How long the workflow of a campaign that has stopped is given to close, milliseconds. */
const closesMs = 15_000;

/** A workflow with all that it continued as; null where none is open. */
export type OpenRun = string | null;

/** The open workflow of a campaign. */
export async function openRun(client: Client, id: string): Promise<OpenRun> {
  let found: WorkflowExecutionDescription;
  try {
    found = await client.workflow.getHandle(id).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
  return found.status.name === 'RUNNING' ? (found.raw.workflowExecutionInfo?.firstRunId ?? found.runId) : null;
}

/**
 * Waits, for a while, until the workflow of a campaign that has stopped has closed: the end is in the store a moment earlier.
 *
 * @param run - the workflow in question; whichever is open where absent
 * @returns whether it has
 */
export async function hasClosed(client: Client, id: string, run?: OpenRun): Promise<boolean> {
  const last = run === undefined ? await openRun(client, id) : run;
  const isOpen = async () => last !== null && (await openRun(client, id)) === last;
  for (const end = Date.now() + closesMs; Date.now() < end; await delay(100)) if (!(await isOpen())) return true;
  return !(await isOpen());
}

/**
 * Closes the workflow of a campaign that has stopped, so that it is not taken for the one that goes on. Where its worker left
 * before it closed, nobody closes it: it is ended by force, as its end and all that was decided is in the store.
 *
 * @param run - as it was open before the campaign was reopened
 */
export async function closeRun(client: Client, id: string, run: OpenRun): Promise<void> {
  if (run === null || (await hasClosed(client, id, run))) return;
  const last = client.workflow.getHandle(id, undefined, { firstExecutionRunId: run });
  await last.terminate('the campaign had stopped and goes on as a new workflow').catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}
