import { existsSync, readFileSync, readlinkSync } from 'node:fs';

/** Where the kernel counts the CPU time of the calling thread, to the nanosecond. */
const counter = `/proc/${existsSync('/proc/thread-self') ? readlinkSync('/proc/thread-self') : ''}/schedstat`;

/** Whether this system counts CPU time by thread; Linux does. */
export const countsThreads = existsSync(counter) && cpuMs() > 0;

/** CPU time that this thread has used since it was started, in milliseconds. */
export function cpuMs(): number {
  return Number(readFileSync(counter, 'utf8').split(' ')[0]) / 1e6;
}

/** What a watch has seen. */
export interface BusyTurns {
  /** CPU time of the longest turn of the event loop, in milliseconds. */
  readonly longestMs: number;
  readonly turns: number;
}

/**
 * Watches this thread's event loop while `work` is under way: how much CPU time the thread itself used between two ticks
 * of a timer. The timer is served in every turn of the loop, so this is what one turn computed, at least as long as the
 * longest callback; time that other threads and processes took away does not count, so a busy machine changes nothing.
 */
export async function busyTurns(work: () => Promise<unknown>): Promise<BusyTurns> {
  let longestMs = 0;
  let turns = 0;
  let last = cpuMs();
  const look = () => {
    const now = cpuMs();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    turns += 1;
  };
  const timer = setInterval(look, 1);
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
  }
  return { longestMs, turns };
}
