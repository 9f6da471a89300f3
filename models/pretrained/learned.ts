import { z } from 'zod';
import { DamagedError } from '../domain/errors.js';
import type { ModelBundle } from './bundle.js';
import { modelName } from './manifest.js';

/** File of a fine-tuned model that says which molecules it has learned from, by marks. */
export const learnedFile = 'learned.json';

const learnedSchema = z.strictObject({ molecules: z.array(z.string()) });

/** Marks of the molecules that a model has learned from; none of one that is not fine-tuned. @throws {DamagedError} if its file is none */
export function learnedBy({ manifest, files }: ModelBundle): readonly string[] {
  const bytes = files.get(learnedFile);
  if (manifest.lineage === undefined || bytes === undefined) return [];
  try {
    return learnedSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).molecules;
  } catch (cause) {
    throw new DamagedError(`${learnedFile} of ${modelName(manifest)} cannot be read`, { cause });
  }
}

/** Marks as that file has them. */
export function learnedText(molecules: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ molecules })}\n`);
}
