import type { Fault } from '../models/domain/fault.js';
import type { CheckScope, JobRequest } from './contract.js';
import { fill } from './internal/template.js';
import { templateFaults } from './internal/template-faults.js';
import { loadUnits, type Units } from './internal/units.js';

export { loadUnits, type Units };

/** What a person is to do, with the values of the design filled in; as it was written where it cannot be filled. */
export async function filledInstructions(text: string, key: string, request: JobRequest): Promise<string> {
  const filled = fill(text, { key, request, units: await loadUnits() });
  return 'value' in filled ? String(filled.value) : text;
}

/**
 * What is wrong with instructions before there is a request; without a scope, whatever that is for.
 * @param path - of the text in the settings
 */
export async function instructionFaults(
  text: string,
  scope: CheckScope | undefined,
  path: string,
): Promise<readonly Fault[]> {
  return templateFaults(text, { scope, units: await loadUnits() }, [path]);
}
