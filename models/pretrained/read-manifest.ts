import type { z } from 'zod';
import { InvalidInputError } from '../domain/errors.js';
import { type Fault, formatPath } from '../domain/fault.js';
import { type Manifest, manifestSchema, modelFile } from './manifest.js';
import { manifestFaults } from './manifest-faults.js';

/**
 * Reads a manifest, from a person or from elsewhere.
 *
 * @param given - parsed JSON
 * @param where - the file, for people
 * @throws {InvalidInputError} with every fault found
 */
export function parseManifest(given: unknown, where: string): Manifest {
  const parsed = manifestSchema.safeParse(given);
  const faults: Fault[] = parsed.success
    ? [...manifestFaults(parsed.data, modelFile(parsed.data))]
    : parsed.error.issues.flatMap(faultsOf);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new InvalidInputError(where, faults);
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? Object.keys(manifestSchema.shape).join(', ') : 'those of docs/models.md';
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      message: `unknown key '${key}'`,
      remedy: `known are ${known}`,
    }));
  }
  const remedy = issue.code === 'invalid_value' ? `one of ${issue.values.join(', ')}` : 'see docs/models.md';
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ path: formatPath(issue.path), message: isMissing ? 'missing' : issue.message, remedy }];
}
