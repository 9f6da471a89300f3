import type { Client } from '@temporalio/client';

/** A worker that has not asked for work for so long is gone. */
const silentMs = 150_000;
const queryMs = 3_000;
/** What the server calls the two kinds of work. */
const types = { workflows: 1, activities: 2 } as const;

/** Whether a worker asks for the work of a queue; null where the server does not tell. */
export async function isPolled(client: Client, queue: string, kind: keyof typeof types): Promise<boolean | null> {
  const { namespace } = client.options;
  try {
    const { pollers } = await client.withDeadline(Date.now() + queryMs, () =>
      client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: queue }, taskQueueType: types[kind] }),
    );
    return (pollers ?? []).some(({ lastAccessTime }) => {
      const seconds = Number(lastAccessTime?.seconds ?? 0);
      return Date.now() - seconds * 1_000 < silentMs;
    });
  } catch {
    return null;
  }
}
