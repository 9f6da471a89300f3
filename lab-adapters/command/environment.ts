import { AdapterError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { redacted, secretVariable } from '../../models/domain/redaction.js';
import type { CommandSettings } from './settings.js';

type Env = CommandSettings['env'];
type Surroundings = Readonly<Record<string, string | undefined>>;

/** A secret with fewer characters would be taken for one wherever it stands by chance. */
const leastLength = 8;

/** What lets Athanor itself in to its servers is handed on only to a program whose settings ask for it. */
const isOwnSecret = (name: string) =>
  name === 'DATABASE_URL' || name.startsWith('TEMPORAL_TLS_CLIENT_KEY') || secretVariable.test(name);

/**
 * Environment of the program: the worker's, and on top of it what the settings give, or take from variables of the worker.
 * @throws {AdapterError} if one of those cannot be taken; what is thrown here passes once the worker has it
 */
export function environmentOf(env: Env, worker: Surroundings): Record<string, string> {
  const [lack] = environmentFaults(env, worker);
  if (lack !== undefined) throw new AdapterError(`${lack.path} ${lack.message}; ${lack.remedy}`);
  const inherited = Object.entries(worker).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isOwnSecret(entry[0]),
  );
  const given = Object.entries(env ?? {}).map(
    ([key, value]) => [key, typeof value === 'string' ? value : worker[value.from]!] as const,
  );
  return Object.fromEntries([...inherited, ...given]);
}

/** What keeps values from being taken from the worker's variables; no value is repeated. */
export function environmentFaults(env: Env, worker: Surroundings): readonly Fault[] {
  return Object.entries(env ?? {}).flatMap(([key, given]) => {
    if (typeof given === 'string') return [];
    const value = worker[given.from] ?? '';
    const path = `env.${key}`;
    const remedy = `set ${given.from} for the worker and start it again`;
    const taken = `takes its value from the worker's environment variable ${given.from},`;
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

/** Variables of the program's environment that hold secrets. */
export function secretNames(env: Env): string[] {
  return Object.entries(env ?? {}).flatMap(([key, value]) => (typeof value === 'string' ? [] : [key]));
}

/** Texts by which secrets may be repeated: as they are, line by line, in JSON, in an address. Longest first. */
export function secretForms(secrets: readonly string[]): readonly string[] {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split(/[\r\n]+/)]);
  const forms = lines.flatMap((secret) => {
    const json = JSON.stringify(secret).slice(1, -1);
    const ascii = json.replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return [secret, secret.trim(), json, ascii, json.replaceAll('/', '\\/'), encodeURIComponent(secret)];
  });
  return [...new Set(forms)].filter((form) => form.length >= leastLength).sort((a, b) => b.length - a.length);
}

/** Puts *** in the place of the secrets in all texts of a value, names too. */
export function withoutSecrets<T>(value: T, env: Env, worker: Surroundings): T {
  const taken = Object.values(env ?? {}).flatMap((given) =>
    typeof given === 'string' ? [] : (worker[given.from] ?? []),
  );
  const forms = secretForms(taken);
  const redact = (text: string) => forms.reduce((left, form) => left.replaceAll(form, '***'), text);
  return forms.length === 0 ? value : redacted(value, redact);
}
