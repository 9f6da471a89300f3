import type { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { DamagedError } from '../../models/domain/errors.js';
import { formatPath } from '../../models/domain/fault.js';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { sha256 } from './seal.js';

/** Reference of the job with a key: safe as a file name. */
export function nameOfJob(key: string): string {
  return sha256(key).slice(0, 32);
}

/** The record of a job in a file. @throws {DamagedError} if it is none, or that of another job */
export function parsedJobRecord<T extends { readonly key: string }>(
  schema: z.ZodType<T>,
  text: string,
  job: string,
  file: string,
): T {
  let given: unknown;
  try {
    given = parsedJson(text);
  } catch (cause) {
    throw new DamagedError(`${file} is not the record of a job: ${cleanText((cause as Error).message, 300)}`, {
      cause,
    });
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues as [z.core.$ZodIssue];
    const why = cleanText(`${formatPath(path) || 'all of it'}: ${message}`, 300);
    throw new DamagedError(`${file} is not the record of a job: ${why}`);
  }
  if (nameOfJob(parsed.data.key) === job) return parsed.data;
  throw new DamagedError(`${file} is the record of another job, '${cleanText(parsed.data.key, 300)}'`);
}
