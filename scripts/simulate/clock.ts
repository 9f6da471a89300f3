import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../lab-adapters/contract.js';

/** The machine's time, milliseconds since 1970. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
  },
};

interface Sleeper {
  readonly due: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * Time that stands still until told to jump: a simulated week takes no longer than its computing. Milliseconds from 0.
 * Sleepers due at the same moment wake in the order in which they went to sleep.
 */
export class VirtualClock implements Clock {
  private time = 0;
  private slept = 0;
  private sleepers: Sleeper[] = [];
  private onSleep: () => void = () => {};

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const forget = () => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        reject(signal!.reason as Error);
      };
      const wake = () => {
        signal?.removeEventListener('abort', forget);
        resolve();
      };
      const sleeper: Sleeper = { due: this.time + Math.max(0, ms), order: this.slept++, wake };
      this.sleepers.push(sleeper);
      this.onSleep();
      signal?.addEventListener('abort', forget, { once: true });
    });
  }

  /** How many sleeps were begun so far. */
  get begun(): number {
    return this.slept;
  }

  /** Whether anyone is asleep whose sleep began after the first `order` ones. */
  hasSleeperSince(order: number): boolean {
    return this.sleepers.some((sleeper) => sleeper.order >= order);
  }

  /** Resolves when the next sleep begins. */
  nextSleep(): Promise<void> {
    return new Promise((resolve) => {
      this.onSleep = resolve;
    });
  }

  /** Jumps to the earliest wake-up and wakes that one sleeper; false if nobody sleeps. */
  advance(): boolean {
    let first: Sleeper | undefined;
    for (const sleeper of this.sleepers)
      if (first === undefined || sleeper.due < first.due || (sleeper.due === first.due && sleeper.order < first.order))
        first = sleeper;
    if (first === undefined) return false;
    this.sleepers = this.sleepers.filter((sleeper) => sleeper !== first);
    this.time = Math.max(this.time, first.due);
    first.wake();
    return true;
  }
}
