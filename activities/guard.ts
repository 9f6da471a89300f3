import { Context } from '@temporalio/activity';
import { toFailure } from './failures.js';

const beatMs = 2_000;

/**
 * Wraps an activity: beats its heart while it runs, so that a dead worker is noticed within the heartbeat timeout and a
 * cancellation arrives, and turns errors into failures that Temporal retries or not.
 *
 * @param work - gets the signal that is aborted when the activity is cancelled or the worker shuts down
 */
export function guarded<Input, Output>(
  work: (input: Input, signal: AbortSignal) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current();
    const beats = context.info.heartbeatTimeoutMs !== undefined;
    // No beat at the start: most activities are over before the first is due, and each is a call of the server.
    const timer = beats ? setInterval(() => context.heartbeat(), beatMs) : undefined;
    try {
      return await work(input, context.cancellationSignal);
    } catch (error) {
      // The abort of our own signal is the cancellation itself; its reason is what the server wants to hear.
      if (context.cancellationSignal.aborted) await context.cancelled;
      throw toFailure(error, context.info.attempt);
    } finally {
      clearInterval(timer);
    }
  };
}
