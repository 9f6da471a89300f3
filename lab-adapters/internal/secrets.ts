import { z } from 'zod';
import { AdapterError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { redacted } from '../../models/domain/redaction.js';
import { leastLength, secretForms } from '../../models/domain/secret-forms.js';

/** Schema of a name of an environment variable. */
export const variableSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of letters, digits and underscores');
/** Schema of a value that is given, or taken from a variable of the worker: `{from: NAME}`, for secrets. */
export const givenSchema = z.union([z.string(), z.strictObject({ from: variableSchema })]);
/** A text, or the worker's variable that holds it. */
export type Given = z.infer<typeof givenSchema>;
/** Environment of a worker. */
export type Surroundings = Readonly<Record<string, string | undefined>>;

/** What keeps values from being taken from the worker's variables, by their paths in the settings; no value is repeated. */
export function secretFaults(
  given: Readonly<Record<string, Given | undefined>>,
  worker: Surroundings,
): readonly Fault[] {
  return Object.entries(given).flatMap(([path, each]) => {
    if (typeof each === 'string' || each === undefined) return [];
    const value = worker[each.from] ?? '';
    const remedy = `set ${each.from} for the worker and start it again`;
    const taken = `takes its value from the worker's environment variable ${each.from},`;
    if (value === '') return [{ path, message: `${taken} which is not set`, remedy }];
    if (value.length < leastLength || /^[-+.\deE]+$/.test(value))
      return [
        {
          path,
          message: `${taken} which is no secret that could be told from what a program measures: ${leastLength} characters or more are wanted, not all of them those of a number`,
          remedy,
        },
      ];
    return [];
  });
}

/**
 * The values themselves, by their paths.
 * @throws {AdapterError} if one cannot be taken; what is thrown here passes once the worker has it
 */
export function secretValues(given: Readonly<Record<string, Given>>, worker: Surroundings): Record<string, string> {
  const [lack] = secretFaults(given, worker);
  if (lack !== undefined) throw new AdapterError(`${lack.path} ${lack.message}; ${lack.remedy}`);
  const values = Object.entries(given).map(
    ([path, each]) => [path, typeof each === 'string' ? each : worker[each.from]!] as const,
  );
  return Object.fromEntries(values);
}

/** Puts *** in the place of the secrets in all texts of a value, names too. */
export function withoutSecrets<T>(value: T, given: Readonly<Record<string, Given>>, worker: Surroundings): T {
  const taken = Object.values(given).flatMap((each) => (typeof each === 'string' ? [] : (worker[each.from] ?? [])));
  const forms = secretForms(taken);
  const redact = (text: string) => forms.reduce((left, form) => left.replaceAll(form, '***'), text);
  return forms.length === 0 ? value : redacted(value, redact);
}
