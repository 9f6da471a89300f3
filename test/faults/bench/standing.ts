import type { Lane } from './lane.js';

/** Where a campaign stands that does not end, for whoever looks for why: what the store says, and what the server waits for. */
export async function standing(lane: Lane, id: string): Promise<string> {
  const told = await Promise.all(
    [
      'SELECT phase, problem FROM campaign WHERE id = $1',
      `SELECT id, state, needs FROM trial WHERE campaign_id = $1 AND state IN ('proposed', 'running')`,
      `SELECT key, state, instrument, fence FROM submission WHERE key LIKE $1 || '/%' AND state <> 'ended'`,
      'SELECT resource, key, held_at, released_at FROM lease WHERE campaign_id = $1 AND released_at IS NULL',
      'SELECT resource, kind, why FROM standstill WHERE cleared_at IS NULL AND $1 IS NOT NULL',
    ].map((sql) => lane.store.query(sql, [id]).catch((error: Error) => [{ error: error.message }])),
  );
  const lines = told.map((rows) => JSON.stringify(rows));
  const looked = (async () => {
    for await (const { workflowId, status, raw } of lane.client.workflow.list({
      query: `ExecutionStatus = 'Running'`,
    })) {
      const found = await lane.client.workflowService.describeWorkflowExecution({
        namespace: 'default',
        execution: raw.execution!,
      });
      const waits = (found.pendingActivities ?? []).map(
        ({ activityType, state, attempt, lastFailure, lastHeartbeatTime, lastStartedTime }) =>
          JSON.stringify({
            name: activityType?.name,
            state,
            attempt,
            lastFailure: lastFailure?.message,
            lastHeartbeatTime,
            lastStartedTime,
          }),
      );
      const { pendingWorkflowTask: task } = found;
      lines.push(
        `${workflowId} ${status.name} ${task == null ? '' : `task ${task.state} ${task.attempt}`} ${waits.join(' ')}`,
      );
    }
  })();
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('Temporal does not say'), 10_000));
  const trouble = await Promise.race([looked.then(() => null, String), late]);
  return [...lines, ...(trouble === null ? [] : [trouble])].join('\n');
}
