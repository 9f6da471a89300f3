import { isGrpcServiceError } from '@temporalio/client';
import { isConnectionLoss } from '../../activities/store/client.js';
import { AthanorError } from '../../models/domain/errors.js';

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
  // What the client wraps an answer in that it has no words for: the answer is the server's.
  if (cause.name === 'ServiceError') {
    const answer = cause.cause as { readonly details?: unknown; readonly message?: string } | undefined;
    const details = typeof answer?.details === 'string' && answer.details !== '' ? answer.details : answer?.message;
    return new AthanorError('SERVICE_UNAVAILABLE', `${service} refuses this: ${details ?? cause.message}`);
  }
  if (cause.name === 'WorkflowNotFoundError')
    return new AthanorError(
      'WRONG_STATE',
      `${service} has no such workflow running; run the campaign again to repair that`,
    );
  return cause;
}
