import { z } from 'zod';
import { cleanText } from '../models/domain/clean-text.js';
import { AdapterError, AthanorError } from '../models/domain/errors.js';
import { faultsOf } from './checked-adapter.js';
import type { AdapterType } from './contract.js';

/** Milliseconds after which a check that has not answered counts as failed. */
export const checkTimeoutMs = 30_000;
/** Characters of what a module says of its own trouble that are kept. */
const messageLength = 1_000;
const mostIssues = 100;

/** The checked form of each type that was asked for, so that one type stays one. */
const made = new WeakMap<object, Map<number, AdapterType>>();

/**
 * An adapter type of somebody else's whose parts keep to the contract: whatever they throw is an AdapterError in words,
 * what they answer is looked at before it is trusted, and a check that never answers is given up. What holds the whole
 * process (an endless loop) cannot be told from here.
 *
 * @param file - the module, for messages
 * @param timeoutMs - for `check`
 * @returns null where the value is no adapter type; the same object for the same type
 */
export function checkedType(value: unknown, file: string, timeoutMs = checkTimeoutMs): AdapterType | null {
  if (typeof value !== 'object' || value === null) return null;
  const known = made.get(value)?.get(timeoutMs);
  if (known !== undefined) return known;
  const type = attempt(`${file} cannot be read`, () => readType(value as AdapterType, file, timeoutMs));
  if (type === null) return null;
  made.set(value, (made.get(value) ?? new Map<number, AdapterType>()).set(timeoutMs, type));
  return type;
}

function readType(type: AdapterType, file: string, timeoutMs: number): AdapterType | null {
  const { name, description, settings, paths, programs, trialPrograms, costSetting, incidental } = type;
  if (typeof name !== 'string' || name === '' || cleanText(name) !== name) return null;
  if (typeof type.create !== 'function' || typeof settings?.safeParse !== 'function') return null;
  const of = `adapter ${name} (${file})`;
  return {
    name,
    description: typeof description === 'string' ? cleanText(description, messageLength) : name,
    settings: checkedSettings(settings, of),
    paths: keys(paths, `${of}: paths`),
    programs: keys(programs, `${of}: programs`),
    trialPrograms: keys(trialPrograms, `${of}: trialPrograms`),
    incidental: keys(incidental, `${of}: incidental`),
    ...(costSetting === undefined ? {} : { costSetting: keys([costSetting], `${of}: costSetting`)[0]! }),
    ...(type.check === undefined
      ? {}
      : { check: (given, scope, mayRun) => checked(of, timeoutMs, async () => type.check!(given, scope, mayRun)) }),
    ...(type.lacks === undefined
      ? {}
      : {
          lacks: (given, environment) =>
            attempt(`${of}: what its environment lacks cannot be told`, () =>
              faultsOf(`${of}: 'lacks'`, atOnce(type.lacks!(given, environment))),
            ),
        }),
    ...(type.range === undefined ? {} : { range: (given) => range(of, () => type.range!(given)) }),
    ...(typeof type.load === 'function' ? { load: async () => type.load!() } : {}),
    create: (given, context) => {
      const adapter: unknown = attempt(`${of} cannot be made`, () => atOnce(type.create(given, context)));
      if (typeof adapter === 'object' && adapter !== null) return adapter as ReturnType<AdapterType['create']>;
      throw new AdapterError(`${of}: 'create' gave no adapter`);
    },
  };
}

/** The schema with an answer that is one: parsed data, or a list of issues with a path and a message. */
function checkedSettings(schema: AdapterType['settings'], of: string): AdapterType['settings'] {
  const safeParse = (given: unknown) =>
    attempt(`${of}: its settings cannot be checked`, () => {
      const answer = atOnce(schema.safeParse(given)) ?? { success: false };
      if (answer.success === true) return answer;
      if (!Array.isArray(answer.error?.issues)) throw new AdapterError(`${of}: its settings refuse without a reason`);
      const issues = answer.error.issues.slice(0, mostIssues).map((issue: unknown) => {
        const known = issueSchema.safeParse(issue);
        const { path, message } = known.success ? known.data : { path: [], message: thrown(issue) };
        const words = cleanText(message, messageLength);
        return { ...(isWhole(known.data) ? known.data : { code: 'custom' }), path, message: words };
      });
      return { success: false, error: Object.assign(new Error('settings'), { issues }) };
    }) as ReturnType<AdapterType['settings']['safeParse']>;
  const parse = (given: unknown) => {
    const answer = safeParse(given);
    if (answer.success) return answer.data;
    throw new AdapterError(`${of}: ${answer.error.issues[0]!.message}`);
  };
  // Whoever describes the schema (as JSON Schema) sees the module's own below.
  return Object.assign(Object.create(schema) as z.ZodType, { safeParse, parse });
}

const issueSchema = z.looseObject({
  code: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
  message: z.string(),
});

/** Whether an issue has all that one of its code has, so that more can be told than its message. */
function isWhole(issue: Readonly<Record<string, unknown>> | undefined): boolean {
  if (issue === undefined) return false;
  const texts = (list: unknown) => Array.isArray(list) && list.every((text) => typeof text === 'string');
  if (issue.code === 'unrecognized_keys') return texts(issue.keys);
  if (issue.code === 'invalid_value')
    return Array.isArray(issue.values) && issue.values.every((value) => Object(value) !== value);
  if (issue.code !== 'invalid_union') return typeof (issue.expected ?? issue.origin ?? '') === 'string';
  const lists = issue.errors;
  if (!Array.isArray(lists)) return false;
  const isIssue = (inner: unknown) => isWhole(issueSchema.safeParse(inner).data);
  return lists.every((list) => Array.isArray(list) && list.every(isIssue));
}

async function checked(of: string, timeoutMs: number, check: () => Promise<unknown>) {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const late = new AdapterError(`${of}: its check did not answer within ${timeoutMs / 1000} s`);
    timer = setTimeout(() => reject(late), timeoutMs);
  });
  try {
    return faultsOf(`${of}: its check`, await Promise.race([check(), silence]));
  } catch (error) {
    throw inWords(`${of}: its check failed`, error);
  } finally {
    clearTimeout(timer);
  }
}

function range(of: string, ask: () => unknown): { low: number | null; high: number | null } {
  return attempt(`${of}: its range cannot be told`, () => {
    const { low, high } = atOnce(ask()) as { low: number | null; high: number | null };
    if ([low, high].every((end) => end === null || Number.isFinite(end))) return { low, high };
    throw new Error('low and high have to be numbers or null');
  });
}

function keys(given: readonly string[] | undefined, what: string): readonly string[] {
  if (given === undefined) return [];
  if (Array.isArray(given) && given.every((key) => typeof key === 'string')) return [...given];
  throw new AdapterError(`${what} has to name keys of the settings`);
}

/** An answer that was wanted at once: a promise is none, and what comes of it later must not end the process. */
function atOnce<T>(answer: T): T {
  if (typeof (answer as { then?: unknown } | null | undefined)?.then !== 'function') return answer;
  Promise.resolve(answer).catch(() => {});
  throw new Error('it answers later, with a promise; an answer at once is wanted');
}

function attempt<T>(doing: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw inWords(doing, error);
  }
}

/** Whatever somebody else's code threw, as an error with words. */
export function inWords(doing: string, error: unknown): AthanorError {
  if (error instanceof AthanorError) return error;
  return new AdapterError(`${doing}: ${cleanText(thrown(error), messageLength)}`, { cause: error });
}

/** What was thrown, in words: it may be anything, and may throw itself when it is looked at. */
function thrown(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'no reason given';
  }
}
