import { AdapterError } from '../models/domain/errors.js';

/** A device's silence after which a call counts as failed, milliseconds. */
export const callTimeoutMs = 240_000;

/** A call whose answer did not come in time. */
export function silence(verb: string, timeoutMs: number): AdapterError {
  return new AdapterError(`the adapter did not answer '${verb}' within ${timeoutMs / 1000} s`);
}

/**
 * A call that never returns must not keep its trial for ever.
 * @throws {AdapterError} once the time is over
 */
export async function call<T>(verb: string, reply: Promise<T>, timeoutMs = callTimeoutMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const isOver = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(silence(verb, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([reply, isOver]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits, unless the signal ends the waiting. @throws the signal's reason */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
