import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { cleanText } from '../models/domain/clean-text.js';
import { AthanorError } from '../models/domain/errors.js';
import { redactorOf } from '../models/domain/redaction.js';
import { isConnectionLoss } from './store/client.js';

/** Attempts after which an error of unknown kind is taken to be a bug that trying again does not cure. */
const attemptsOfUnexpected = 5;
const longestMessage = 2_000;

/**
 * The Temporal failure that an error amounts to. Trouble that passes (a store or device that cannot be reached) is
 * retried for as long as it lasts; a broken contract, wrong input or a numerical failure is not, as it would come
 * again; anything else is tried a few times. The failure's `type` is the error's code.
 *
 * @param attempt - which try this was, from 1
 */
export function toFailure(error: unknown, attempt: number): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof ApplicationFailure || cause instanceof CancelledFailure || cause.name === 'AbortError')
    return cause;
  // It goes to the server's history, and to whoever reads it.
  const redact = redactorOf(process.env);
  const message = cleanText(redact(cause.message), longestMessage);
  if (isConnectionLoss(error))
    return ApplicationFailure.create({ message: `the store cannot be reached: ${message}`, type: 'STORE' });
  if (error instanceof AthanorError)
    return ApplicationFailure.create({ message, type: error.code, nonRetryable: error.code !== 'ADAPTER' });
  return ApplicationFailure.create({
    message: `${cause.name}: ${message}`,
    type: 'UNEXPECTED',
    nonRetryable: attempt >= attemptsOfUnexpected,
    cause: Object.assign(new Error(message), { name: cause.name, stack: redact(cause.stack ?? message) }),
  });
}
