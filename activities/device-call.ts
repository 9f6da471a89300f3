import { AdapterError } from '../models/domain/errors.js';

/** A device's silence after which a call counts as failed, milliseconds. */
const callTimeoutMs = 240_000;

/** A call that never returns must not keep its trial for ever. */
export async function call<T>(verb: string, reply: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const error = new AdapterError(`the adapter did not answer '${verb}' within ${callTimeoutMs / 1000} s`);
    timer = setTimeout(() => reject(error), callTimeoutMs);
  });
  try {
    return await Promise.race([reply, silence]);
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
