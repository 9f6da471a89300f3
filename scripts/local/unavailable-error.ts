import { AthanorError } from '../../models/domain/errors.js';

/** PostgreSQL or Temporal cannot be had or does not answer; the message names the fix. */
export class UnavailableError extends AthanorError {
  constructor(message: string, options?: ErrorOptions) {
    super('SERVICE_UNAVAILABLE', message, options);
  }
}
