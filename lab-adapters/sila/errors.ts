import type { ServiceError } from '@grpc/grpc-js';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { Messages } from './messages.js';
import { decoded } from './values.js';

/** Errors of the framework, by their number. */
const frameworkErrors = [
  'COMMAND_EXECUTION_NOT_ACCEPTED',
  'INVALID_COMMAND_EXECUTION_UUID',
  'COMMAND_EXECUTION_NOT_FINISHED',
  'INVALID_METADATA',
  'NO_METADATA_ALLOWED',
] as const;

/** Of which kind an error is: one of SiLA 2's four, or trouble on the way. */
export type FailureKind = 'validation' | 'defined' | 'undefined' | 'framework' | 'transport';

/** A call that was not answered as it should be. */
export class SilaFailure extends AdapterError {
  constructor(
    message: string,
    readonly kind: FailureKind,
    /** Identifier of a defined error, word of one of the framework, number of one of gRPC. */
    readonly word: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** gRPC's number for what SiLA 2 says itself; its words are a message in base64. */
const aborted = 10;

/** What an error of gRPC means in SiLA 2. @param what - for words: the name of the call */
export function failureOf(error: ServiceError, messages: Messages, what: string): SilaFailure {
  const transport = () =>
    new SilaFailure(
      `${what}: ${cleanText(error.details || error.message, 300)} (gRPC ${error.code})`,
      'transport',
      String(error.code),
      {
        cause: error,
      },
    );
  if (error.code !== aborted || !/^[A-Za-z0-9+/]+={0,2}$/.test(error.details)) return transport();
  let told: Record<
    string,
    { errorType?: number; errorIdentifier?: string; parameter?: string; message: string } | null
  >;
  try {
    told = decoded(messages, messages.standard('SiLAError'), Buffer.from(error.details, 'base64')) as typeof told;
  } catch {
    return transport();
  }
  const made = (kind: FailureKind, code: string, message: string) =>
    new SilaFailure(`${what}: ${cleanText(message, 1_000)}`, kind, cleanText(code, 200));
  const { validationError, definedExecutionError, undefinedExecutionError, frameworkError } = told;
  if (validationError) {
    const { parameter = '', message } = validationError;
    return made('validation', lastOf(parameter), `${lastOf(parameter)}: ${message}`);
  }
  if (definedExecutionError) {
    const id = lastOf(definedExecutionError.errorIdentifier ?? '');
    return made('defined', id, `${id}: ${definedExecutionError.message}`);
  }
  if (undefinedExecutionError) return made('undefined', 'undefinedExecutionError', undefinedExecutionError.message);
  if (frameworkError) {
    const word = frameworkErrors[frameworkError.errorType ?? 0] ?? String(frameworkError.errorType);
    return made('framework', word, `${word} ${frameworkError.message}`.trim());
  }
  return transport();
}

/** The last part of a fully qualified identifier. */
function lastOf(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf('/') + 1);
}
