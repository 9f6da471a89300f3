import { isGrpcServiceError } from '@temporalio/client';
import { isConnectionLoss } from '../activities/store/client.js';
import { AthanorError } from '../models/domain/errors.js';

/**
 * An error met while talking to a server, in words a person can act on. Errors of our own are passed
 * on; one that means that the server is away becomes SERVICE_UNAVAILABLE.
 *
 * @param service - whose answer was wanted, e.g. `Temporal at 127.0.0.1:7233`
 */
export function serviceError(error: unknown, service: string): Error {
  if (error instanceof AthanorError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (isConnectionLoss(cause))
    return new AthanorError(
      'SERVICE_UNAVAILABLE',
      `PostgreSQL does not answer: ${cause.message}; start it, or check DATABASE_URL`,
      {
        cause,
      },
    );
  if (isGrpcServiceError(cause) || cause.name === 'TransportError' || /connect/i.test(cause.message))
    return new AthanorError(
      'SERVICE_UNAVAILABLE',
      `${service} does not answer: ${cause.message}; start it, or check its address`,
      {
        cause,
      },
    );
  return cause;
}
