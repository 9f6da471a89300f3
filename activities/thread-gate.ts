import { setTimeout as sleep } from 'node:timers/promises';

/** Lowest bit: the thread is to end. Above it: twice the number of calls under way. */
const closed = 1;
const oneCall = 2;

/** How often it is looked whether the last call is over. */
const pollMs = 2;

/**
 * Stands between a thread and the calls during which it must not be ended: a native library whose thread goes in
 * mid-call takes the whole process with it. Both sides have the same memory.
 */
export type ThreadGate = Int32Array<SharedArrayBuffer>;

/** An open gate, to be sent to the thread at its start. */
export function createGate(): ThreadGate {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Makes a call in the thread. Once the gate is closed, nothing is called any more and no answer comes: the thread ends. */
export async function callThrough<T>(gate: ThreadGate, call: () => Promise<T>): Promise<T> {
  for (;;) {
    const state = Atomics.load(gate, 0);
    if ((state & closed) !== 0) return new Promise(() => undefined);
    if (Atomics.compareExchange(gate, 0, state, state + oneCall) === state) break;
  }
  try {
    return await call();
  } finally {
    Atomics.sub(gate, 0, oneCall);
  }
}

/** Lets the thread make no further call, and waits for those under way; then it may be ended. */
export async function closeGate(gate: ThreadGate): Promise<void> {
  Atomics.or(gate, 0, closed);
  while (Atomics.load(gate, 0) !== closed) await sleep(pollMs);
}
