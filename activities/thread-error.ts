import { AthanorError } from '../models/domain/errors.js';

/** An error as it goes from one thread to another. */
export interface ThreadError {
  readonly name: string;
  /** That of an `AthanorError`, or of the system; null where there is none. */
  readonly code: string | null;
  readonly message: string;
}

/** What was thrown, as it goes to another thread. */
export function asThreadError(thrown: unknown): ThreadError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { name: error.name, code, message: error.message };
}

/** The error again, in the thread that it came to. */
export function errorOf({ name, code, message }: ThreadError): Error {
  return code === null ? new Error(`${name}: ${message}`) : new AthanorError(code, message);
}
