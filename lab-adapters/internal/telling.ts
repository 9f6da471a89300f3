import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import type { Fault } from '../../models/domain/fault.js';
import { formatPath } from '../../models/domain/fault.js';
import type { Cause } from '../../models/domain/trial.js';
import { causeClasses } from '../../models/domain/verdicts.js';
import { type JobState, type JobStatus, jobStates } from '../contract.js';
import { pathSchema, standingAt, stepsOf } from './answer-path.js';
import { numberOf, shown } from './outcomes.js';

/** A word in an answer. */
export const wordSchema = z.union([z.string(), z.number(), z.boolean()]);
type Word = z.infer<typeof wordSchema>;

/** What has to stand in an answer: place: [words]. */
export const wordsSchema = z.record(pathSchema, z.array(wordSchema).min(1));

/** The part of the settings that says how an answer tells where a job stands. */
export const stateShape = {
  state: pathSchema.describe('where the reply says how the job stands'),
  states: z
    .partialRecord(z.enum(jobStates), z.array(wordSchema).min(1))
    .describe("which of the device's words mean which state; any other word means that nobody can tell"),
  progress: pathSchema.optional().describe('where the share done stands, 0 to 1'),
  message: pathSchema.optional(),
};
const statesSchema = z.strictObject(stateShape);
type States = z.infer<typeof statesSchema>;

/** The part of the settings that says how an answer tells why a job failed. */
export const failureSchema = z
  .strictObject({
    message: pathSchema.optional(),
    code: pathSchema.optional(),
    classes: z
      .partialRecord(z.enum(causeClasses), z.array(wordSchema).min(1))
      .optional()
      .describe('which codes mean what'),
    class: z.enum(causeClasses).default('unknown').describe('of all others'),
  })
  .default({ class: 'unknown' });
/** How an answer tells why a job failed. */
export type Failure = z.infer<typeof failureSchema>;

/** What is wrong with words for states. @param path - of the setting `states` */
export function stateFaults(states: States['states'], path: readonly PropertyKey[]): Fault[] {
  const at = formatPath(path);
  const words = Object.values(states).flat();
  const twice = new Set(words.filter((word, i) => words.indexOf(word) !== i));
  return [
    ...(states.succeeded === undefined
      ? [{ path: at, message: "no word means 'succeeded'", remedy: 'say how the device tells that a job ended well' }]
      : []),
    ...[...twice].map((word) => ({
      path: at,
      message: `${JSON.stringify(word)} means two states`,
      remedy: 'give each word one meaning',
    })),
  ];
}

/** Where a job stands, as an answer tells it; `unknown` for a word that has no meaning here. */
export function statusIn(told: unknown, { state: place, states, ...places }: States): JobStatus {
  const at = (path: string | undefined) => (path === undefined ? undefined : standingAt(told, stepsOf(path)!));
  const word = at(place);
  const [state] = Object.entries(states).find(([, words]) => words.some((each) => each === word)) ?? [];
  const progress = numberOf(at(places.progress));
  const message = at(places.message);
  return {
    state: (state as JobState | undefined) ?? 'unknown',
    ...(typeof progress === 'number' && progress >= 0 && progress <= 1 ? { progress } : {}),
    ...(state === undefined
      ? { message: `the device says ${shown(word)} of the job, which the settings give no meaning` }
      : typeof message === 'string'
        ? { message: cleanText(message, 1_000) }
        : {}),
  };
}

/** Why a job failed, or what became of it, as an answer tells it. */
export function causeIn(told: unknown, failure: Failure, { state, message }: JobStatus): Cause {
  const at = (path: string | undefined) => (path === undefined ? undefined : standingAt(told, stepsOf(path)!));
  const code = at(failure.code);
  const said = at(failure.message);
  const [known] = Object.entries(failure.classes ?? {}).find(([, words]) => words.some((word) => word === code)) ?? [];
  const words = said === undefined ? message : typeof said === 'string' ? said : JSON.stringify(said);
  return {
    class: state === 'unknown' ? 'unknown' : ((known as Cause['class'] | undefined) ?? failure.class),
    code: code === undefined ? state : cleanText(String(code), 100),
    message: cleanText(words ?? `the device says no more than that the job is '${state}'`, 1_000),
  };
}

/** The first place where an answer does not say what it has to, in words; null where it does everywhere. */
export function lackingWord(told: unknown, wanted: Readonly<Record<string, readonly Word[]>>): string | null {
  for (const [path, words] of Object.entries(wanted)) {
    const found = standingAt(told, stepsOf(path)!);
    if (!words.some((each) => each === found)) return `${path} = ${shown(found)}`;
  }
  return null;
}

/** What the device calls a job, where an answer says it: a short text or a whole number; null where none stands there. */
export function nameIn(told: unknown, path: string): string | null {
  const job = standingAt(told, stepsOf(path)!);
  const isName = (typeof job === 'string' && job !== '' && job.length <= 1_000) || Number.isSafeInteger(job);
  return isName ? String(job) : null;
}
