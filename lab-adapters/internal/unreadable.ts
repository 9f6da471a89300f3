import { plainJson } from '../../models/domain/plain-json.js';
import { causeClasses } from '../../models/domain/verdicts.js';
import type { JobResult } from '../contract.js';

/** Of what cannot be artefacts no more is kept. */
const fewEntries = { depth: 4, entries: 100, characters: 4_000 };
const records = ['values', 'noise', 'achieved', 'contexts'] as const;

/** Parts of a result that are not what the contract wants, as they came: nobody makes anything of them but a person. */
export function unreadableOf(result: JobResult): Record<string, unknown> {
  const { artefacts, cause } = result;
  const isUnknown = cause != null && !causeClasses.includes(cause.class);
  const unlike = records.filter((part) => !isRecord(result[part] ?? {}));
  return {
    ...Object.fromEntries(unlike.map((part) => [part, plainJson(result[part])])),
    ...(isRecord(artefacts ?? {}) ? {} : { artefacts: plainJson(artefacts, fewEntries) }),
    ...(isUnknown ? { cause: plainJson(cause) } : {}),
  };
}

/** Whether something has members by name, and is not a collection of some other kind. */
export function isRecord<T extends object>(value: T | undefined | null): value is T {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(Symbol.iterator in value);
}
