import { AthanorError } from '../../../models/domain/errors.js';
import { CommandError, exitCodes } from '../exit-codes.js';

/** What is said of a model that is damaged, cannot be run on its examples, or gives what is no number or of another shape. */
const refusals = ['DAMAGED', 'ARTEFACT', 'NUMERICAL', 'SHAPE', 'CONTRACT'];

/** Does work on a model that a person gave: what it is refused for is a fault of what was given. */
export async function refusedAsInput<T>(work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    if (error instanceof AthanorError && refusals.includes(error.code))
      throw new CommandError(exitCodes.badInput, error.message, { cause: error.cause });
    throw error;
  });
}
