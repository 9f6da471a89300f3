import { finalStates } from '../contract.js';
import type { Begun, Collected, RemoteDevice, Seen } from './remote-device.js';

const notCollected = 'it had ended when it was stopped safely, and what it gave was not told in time';

/** A job in a final state, and what it gave. */
export interface EndedJob {
  readonly job: string;
  readonly seen: Seen;
  readonly given: Collected;
}

/**
 * What jobs gave that have ended, as far as the device tells it in time; nothing is written down. One that is seen to have ended,
 * and whose values do not come in time, is `unknown`.
 *
 * @param open - jobs that have not ended, as far as is known
 * @param ms - after so long the device is told to give up what it waits for
 */
export async function endedWithin(
  device: Pick<RemoteDevice, 'look' | 'collect'>,
  open: readonly Begun[],
  ms: number,
): Promise<readonly EndedJob[]> {
  const giveUp = AbortSignal.timeout(ms);
  const late = new Promise<null>((resolve) => giveUp.addEventListener('abort', () => resolve(null)));
  const ended = async (begun: Begun): Promise<EndedJob | null> => {
    const job = begun.name;
    let isOver = false;
    const collecting = async (): Promise<EndedJob | null> => {
      const seen = await device.look(begun, giveUp);
      isOver = finalStates.has(seen.state);
      return isOver ? { job, seen, given: await device.collect(begun, seen, giveUp) } : null;
    };
    const told = await Promise.race([collecting().catch(() => null), late]);
    if (told !== null || !isOver) return told;
    const cause = { class: 'unknown', code: 'notCollected', message: notCollected } as const;
    return { job, seen: { state: 'unknown' }, given: { values: {}, cause } };
  };
  const all = await Promise.all(open.map(ended));
  return all.flatMap((one) => one ?? []);
}
