import type net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { endedSince } from './ended.js';
import { callGuard, startGuard } from './guard-client.js';
import { type Answer, onLines, say, variableHashes } from './guard-words.js';
import { keptInstruments } from './kept-instruments.js';

/** Pauses between attempts to have a guard, milliseconds. */
const pause = { firstMs: 50, longestMs: 30_000 } as const;
/** How long the worker that knows more is left to start the guard that takes over, milliseconds. */
const leaveMs = 2_000;

/** A worker's part in having its home guarded. */
export interface KeptGuard {
  /** To be called when an instrument was kept that was not before: only a home that has some is guarded. */
  look(): void;
  /** The worker lets go; the guard stays. */
  leave(): void;
}

/**
 * Has a home guarded for as long as this worker works: finds the guard or starts it, and starts another where it died or does not
 * know the secrets that this worker knows. A person who ends the guard (`athanor down`) ends it until the next worker.
 */
export function keepGuard(jobs: string, log: (line: string) => void): KeptGuard {
  const since = Date.now();
  let socket: net.Socket | null = null;
  let over = false;
  let busy = false;
  const work = () => say(socket!, { say: 'work', variables: variableHashes(jobs, process.env) });
  const reach = async (afterMs: number) => {
    if (afterMs > 0) await wait(afterMs, undefined, { ref: false });
    for (let ms: number = pause.firstMs; !over; ms = Math.min(pause.longestMs, 2 * ms)) {
      socket = await callGuard(jobs, 2_000);
      if (socket !== null) return hold(socket);
      // Ended while this one was about to find it.
      if (endedSince(jobs, since)) over = true;
      else await startGuard(jobs, since).catch((error: Error) => log(`nobody guards ${jobs}: ${error.message}`));
      await wait(ms, undefined, { ref: false });
    }
  };
  const hold = (held: net.Socket) => {
    held.unref();
    let because = '';
    onLines(held, (line) => {
      const answer = line as Answer;
      if (answer.say === 'ends') because = answer.because;
    });
    held.once('close', () => {
      socket = null;
      if (because === 'asked') over = true;
      begin(because === 'replaced' ? leaveMs : 0);
    });
    work();
  };
  const begin = (afterMs = 0) => {
    if (busy || over || keptInstruments(jobs).length === 0) return;
    busy = true;
    void reach(afterMs).finally(() => {
      busy = false;
      // It may have gone again before this was noted.
      if (socket === null && !over) begin();
    });
  };
  begin();
  return {
    look: () => (socket === null ? begin() : work()),
    leave: () => {
      over = true;
      socket?.destroy();
    },
  };
}
