/** A line of Temporal's own log. */
export interface TemporalLine {
  readonly level: string;
  readonly message: string;
  readonly meta?: unknown;
}

/** Silence after which a server that does not answer is told of again, milliseconds: each call tries at least so often. */
const quietMs = 60_000;

/**
 * A function that passes Temporal's lines on to people: without what is as it should be, and with one line for a server that
 * is away, of which every call tells at every attempt, several a second.
 */
export function temporalLines(log: (line: string) => void, now: () => number = Date.now): (line: TemporalLine) => void {
  let triedAt = Number.NEGATIVE_INFINITY;
  return ({ level, message, meta }) => {
    // The queue of decisions has no workflows, as is right; a task that took long on a busy machine is made again.
    if (message.startsWith('No workflows registered') || message.startsWith('[TMPRL1104]')) return;
    if (/^gRPC call \w+ retried \d+ times/.test(message)) {
      if (now() - triedAt > quietMs) log('Temporal does not answer; waiting until it does');
      triedAt = now();
      return;
    }
    const { workflowId, activityType, error } = (meta ?? {}) as Record<string, unknown>;
    const place = [workflowId, activityType].filter((part) => part !== undefined).join(', ');
    const cause = error instanceof Error ? `: ${error.message}` : '';
    log(`${level.toLowerCase()}: ${place === '' ? '' : `${place}: `}${message}${cause}`);
  };
}
