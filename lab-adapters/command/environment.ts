import type { Fault } from '../../models/domain/fault.js';
import { secretVariable } from '../../models/domain/redaction.js';
import { type Given, type Surroundings, secretFaults, secretValues } from '../internal/secrets.js';
import type { CommandSettings } from './settings.js';

type Env = CommandSettings['env'];

/** What lets Athanor itself in to its servers is handed on only to a program whose settings ask for it. */
const isOwnSecret = (name: string) =>
  name === 'DATABASE_URL' || name.startsWith('TEMPORAL_TLS_CLIENT_KEY') || secretVariable.test(name);

const pathed = (env: Env): Record<string, Given> =>
  Object.fromEntries(Object.entries(env ?? {}).map(([key, given]) => [`env.${key}`, given]));

/**
 * Environment of the program: the worker's, and on top of it what the settings give, or take from variables of the worker.
 * @throws {AdapterError} if one of those cannot be taken; what is thrown here passes once the worker has it
 */
export function environmentOf(env: Env, worker: Surroundings): Record<string, string> {
  const values = secretValues(pathed(env), worker);
  const inherited = Object.entries(worker).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isOwnSecret(entry[0]),
  );
  const given = Object.keys(env ?? {}).map((key) => [key, values[`env.${key}`]!] as const);
  return Object.fromEntries([...inherited, ...given]);
}

/** What keeps values from being taken from the worker's variables; no value is repeated. */
export function environmentFaults(env: Env, worker: Surroundings): readonly Fault[] {
  return secretFaults(pathed(env), worker);
}

/** Variables of the program's environment that hold secrets. */
export function secretNames(env: Env): string[] {
  return Object.entries(env ?? {}).flatMap(([key, value]) => (typeof value === 'string' ? [] : [key]));
}
