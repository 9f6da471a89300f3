import { setImmediate as turn } from 'node:timers/promises';
import { AthanorError } from '../../models/domain/errors.js';
import type { VirtualClock } from './clock.js';

/** How a host calls adapters and waits for what happens next. */
export interface Lane {
  /** Calls an adapter, or the brain. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Resolves once `ready` is true; lets time pass meanwhile. */
  until(ready: () => boolean): Promise<void>;
  /** To be called whenever what `until` waits for may have become true. */
  notify(): void;
}

/** Real time: calls run side by side, and waiting is waiting. */
export class RealLane implements Lane {
  private wake: () => void = () => {};

  run<T>(call: () => Promise<T>): Promise<T> {
    return call();
  }

  async until(ready: () => boolean): Promise<void> {
    while (!ready())
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
  }

  notify(): void {
    this.wake();
  }
}

/**
 * Virtual time: calls run strictly one after the other, in the order in which they were asked for, and the clock jumps
 * to the next wake-up when nothing else is left to do. The order of everything is therefore a function of the campaign.
 *
 * A call that itself sleeps on the clock (a slow answer) is recognised by the sleep it began.
 */
export class VirtualLane implements Lane {
  private tail: Promise<void> = Promise.resolve();
  private busy = 0;
  private wake: () => void = () => {};
  private readonly clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    const previous = this.tail;
    let release = () => {};
    this.tail = new Promise((resolve) => {
      release = resolve;
    });
    this.busy++;
    await previous;
    try {
      const begun = this.clock.begun;
      let settled = false;
      const answer = call();
      const done = answer.then(
        () => {
          settled = true;
        },
        () => {
          settled = true;
        },
      );
      for (;;) {
        await turn();
        if (settled) break;
        if (this.clock.hasSleeperSince(begun)) this.clock.advance();
        else await Promise.race([done, this.clock.nextSleep()]);
      }
      return await answer;
    } finally {
      this.busy--;
      release();
      this.wake();
    }
  }

  /** @throws {AthanorError} if nothing is going on and nobody will wake up: an adapter that waits for something else */
  async until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      await turn();
      if (ready()) return;
      if (this.busy > 0)
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      else if (!this.clock.advance())
        throw new AthanorError('STALLED', 'the simulated campaign waits for something that no clock will bring about');
    }
  }

  notify(): void {
    this.wake();
  }
}
