import { z } from 'zod';
import { instantSchema } from './instant.js';
import type { OutcomeValues } from './standing.js';
import { type Cause, isAmount, isMeasurement, largestValue, type Observation } from './trial.js';
import { causeClasses, verdicts } from './verdicts.js';

const judgement = z.strictObject({
  verdict: z.enum(verdicts),
  /** With `release` and `amend` what counts in place of what was answered, by outcome; empty otherwise. */
  values: z.record(z.string(), z.number()).readonly(),
  /** With `failed` who is to blame, else null. */
  cause: z.enum(causeClasses).nullable(),
  who: z.string(),
  why: z.string(),
});
/** What a person holds of what a generation of a trial gave, and why. */
export type Judgement = Readonly<z.infer<typeof judgement>>;

/** A ruling as it is exported. */
export const rulingSchema = judgement.extend({
  generation: z.int().min(1),
  /** Place among the rulings on that generation, from 1. */
  seq: z.int().min(1),
  /** The first round that is decided with it. */
  sinceRound: z.int().min(1),
  /** Milliseconds since 1970. */
  at: instantSchema,
});
/**
 * A judgement in its place. Of several on one generation each is about what counted before it; none is ever changed or taken
 * back, but the next may say otherwise.
 */
export type Ruling = Readonly<z.infer<typeof rulingSchema>>;

/** The code of causes that a person's ruling gives, and nobody else. */
const declared = 'declared';

/** The code of what a person set aside for good. */
export const discarded = 'discarded';

/** A cause as an adapter told it, which cannot speak for a person. */
export function toldCause(cause: Cause): Cause {
  return cause.code === declared ? { ...cause, code: `${declared}ByAdapter` } : cause;
}

/**
 * What counts of an observation after a ruling; null where it counts as never run.
 *
 * @param given - what the lab said
 * @param before - what counted until now: `given`, unless a ruling said otherwise; null where it counted as never run
 * @param outcomes - names of what the campaign measures
 */
export function ruled(
  given: Observation,
  before: Observation | null,
  { verdict, values, cause, why }: Judgement,
  outcomes: readonly string[],
): Observation | null {
  const base = before ?? given;
  switch (verdict) {
    case 'release':
      return counting(given, values, outcomes);
    case 'amend':
      return counting(base, values, outcomes);
    case 'discard':
      return withoutValues(base, 'quarantined', { class: 'unknown', code: discarded, message: why });
    case 'failed':
      return withoutValues(base, 'failed', { class: cause ?? 'unknown', code: declared, message: why });
    case 'notStarted':
      return null;
  }
}

/** Why a judgement cannot be passed on what counts of a trial, in words for people; null if it can. */
export function rulingFault(
  given: Observation,
  before: Observation | null,
  judgement: Judgement,
  outcomes: readonly string[],
): string | null {
  const { verdict, values, cause } = judgement;
  const valued = verdict === 'release' || verdict === 'amend';
  const unknown = Object.keys(values).find((name) => !outcomes.includes(name));
  if (unknown !== undefined) return `no outcome '${unknown}' is measured; ${outcomes.join(', ')} ${are(outcomes)}`;
  const wrong = Object.entries(values).find(([, value]) => !isMeasurement(value));
  if (wrong !== undefined) return `${wrong[0]} = ${wrong[1]} was given; a number of at most ${largestValue} is wanted`;
  if (!valued && Object.keys(values).length > 0) return `values were given, which only 'release' and 'amend' take`;
  if ((verdict === 'failed') !== (cause !== null))
    return verdict === 'failed' ? 'who is to blame was not given' : `a cause was given, which only 'failed' takes`;
  if (verdict === 'amend' && Object.keys(values).length === 0) return 'no value was given to count in place of the old';
  if (verdict === 'notStarted' && before === null) return 'it counts as never run already';
  const after = ruled(given, before, judgement, outcomes);
  if (valued && Object.keys(after!.values).length === 0)
    return `it answered no number for ${outcomes.join(', ')}; say which value counts`;
  return null;
}

/** Whether nothing was learned of the design and it may be tried anew: a person said that device or operator lost it. */
export function isLost({ outcome, cause }: Observation): boolean {
  return outcome === 'failed' && cause?.code === declared && (cause.class === 'device' || cause.class === 'operator');
}

/** As measured, with what was answered where no other value is given; the noise of what was measured is kept. */
function counting(base: Observation, values: OutcomeValues, outcomes: readonly string[]): Observation {
  const { answered, answeredNoise, ...details } = base.details;
  const said = { ...members(answered), ...base.values };
  const own = outcomes.flatMap((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : Object.hasOwn(said, name) ? said[name] : undefined;
    return isMeasurement(value) ? [[name, value + 0] as const] : [];
  });
  const told = { ...members(answeredNoise), ...base.noise };
  const noise = own.flatMap(([name]) => {
    const sd = Object.hasOwn(values, name) || !Object.hasOwn(told, name) ? undefined : told[name];
    return isAmount(sd) ? [[name, sd] as const] : [];
  });
  const extra = Object.entries(members(answered)).filter(([name]) => !outcomes.includes(name));
  return {
    ...base,
    outcome: 'measured',
    values: Object.fromEntries(own),
    noise: Object.fromEntries(noise),
    cause: null,
    details: extra.length === 0 ? details : { ...details, answered: Object.fromEntries(extra) },
  };
}

/** Without values that count; what was measured is kept with what was answered. */
function withoutValues(base: Observation, outcome: 'quarantined' | 'failed', cause: Cause): Observation {
  const answered = { ...members(base.details.answered), ...base.values };
  const answeredNoise = { ...members(base.details.answeredNoise), ...base.noise };
  const details = {
    ...base.details,
    ...(Object.keys(answered).length === 0 ? {} : { answered }),
    ...(Object.keys(answeredNoise).length === 0 ? {} : { answeredNoise }),
  };
  return { ...base, outcome, values: {}, noise: {}, cause, details };
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function are(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}
