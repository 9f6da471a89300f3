import { type Lane, labName } from './lane.js';
import { standing } from './standing.js';

/** A run that takes longer stands still for ever, milliseconds: minutes, for a machine that is busy with other things. */
export const limitMs = Number(process.env.ATHANOR_FAULT_LIMIT_MS ?? 400_000);

/** Waits, and no longer. @throws {Error} saying what did not come */
export async function within<T>(work: Promise<T>, what: string, ms = limitMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(what)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks until it is so. @throws {Error} if it does not come */
export async function eventually(look: () => Promise<boolean>, everyMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  while (!(await look())) {
    if (Date.now() > until) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Until a campaign has ended, and the lab and the server have heard of it. */
export async function stopped(lane: Lane, id: string): Promise<void> {
  const over = async () => {
    await lane.control.waitUntilStopped(id, undefined, { pollMs: 200 });
    const open = 'SELECT 1 FROM lease WHERE campaign_id = $1 AND released_at IS NULL';
    await eventually(async () => (await lane.store.query(open, [id])).length === 0, 100);
    const handle = lane.client.workflow.getHandle(id);
    await eventually(async () => (await handle.describe()).status.name !== 'RUNNING', 100);
  };
  // A device that was killed knows nothing of its job any more, and what it had stays held until a person has looked.
  const looks = setInterval(() => void clearHeld(lane, id).catch(() => undefined), 500);
  const ended = within(over(), 'the campaign does not end').catch(async (error: Error) => {
    throw new Error(`${error.message}\n${await standing(lane, id)}`);
  });
  await ended.finally(() => clearInterval(looks));
}

/** A person who has seen to a device gives back what is held for jobs of which nobody knows. */
async function clearHeld(lane: Lane, id: string): Promise<void> {
  const held =
    'SELECT DISTINCT resource FROM lease WHERE campaign_id = $1 AND held_at IS NOT NULL AND released_at IS NULL';
  for (const { resource } of await lane.store.query(held, [id]))
    await lane.control.labs.clear(labName, resource as string, { who: 'ann', why: 'looked at it' });
}

/** Which run of its workflow a campaign is in; null where the server does not say. */
export function runOf(lane: Lane, id: string): Promise<string | null> {
  const described = lane.client.workflow.getHandle(id).describe();
  return described.then(
    ({ runId }) => runId,
    () => null,
  );
}
