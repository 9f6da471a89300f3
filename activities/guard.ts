import { Context } from '@temporalio/activity';
import { toFailure } from './failures.js';

const beatMs = 2_000;

/** What an activity may know of its own execution. */
export interface Execution {
  /** Says where the work stands: goes with the next heartbeat, and people see it in the status of the campaign. */
  tell(details: unknown): void;
  /** Milliseconds from the start after which the server gives this attempt up. */
  readonly timeoutMs: number | undefined;
}

/**
 * Wraps an activity: beats its heart while it runs, so that a dead worker is noticed within the heartbeat timeout and a
 * cancellation arrives, and turns errors into failures that Temporal retries or not.
 *
 * @param work - gets the signal that is aborted when the activity is cancelled or the worker shuts down
 */
export function guarded<Input, Output>(
  work: (input: Input, signal: AbortSignal, execution: Execution) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current();
    const beats = context.info.heartbeatTimeoutMs !== undefined;
    let details: unknown;
    const execution: Execution = {
      tell: (told) => {
        details = told;
      },
      timeoutMs: context.info.startToCloseTimeoutMs,
    };
    // No beat at the start: most activities are over before the first is due, and each is a call of the server.
    const timer = beats ? setInterval(() => context.heartbeat(details), beatMs) : undefined;
    try {
      return await work(input, context.cancellationSignal, execution);
    } catch (error) {
      // The abort of our own signal is the cancellation itself; its reason is what the server wants to hear.
      if (context.cancellationSignal.aborted) await context.cancelled;
      throw toFailure(error, context.info.attempt);
    } finally {
      clearInterval(timer);
    }
  };
}
