import { learnableFaults } from './achieved.js';
import { type CampaignSpec, statedCost } from './campaign.js';
import { cleanText } from './clean-text.js';
import type { Design, ParameterValue } from './design.js';
import { type Fault, formatFaults } from './fault.js';
import { beyond, type Limits, limitsOf } from './limits.js';
import type { Parameter } from './parameters/parameter.js';
import { plainJson, plainRecord } from './plain-json.js';
import { toldCause } from './ruling.js';
import { measuredNames } from './standing.js';
import {
  type Cause,
  type Contexts,
  isAmount,
  isMeasurement,
  largestAmount,
  largestValue,
  type Observation,
  type Outcome,
} from './trial.js';

/** What a campaign makes of the answers of its adapters. */
export interface Terms {
  /** Names of the values wanted; others are kept in the details. */
  readonly outcomes: readonly string[];
  /** Present where an answer without any of them is taken too: that of one step of several. */
  readonly mayLackAll?: true;
  /** Lowest and highest value that can be true, by outcome; absent where none are given. */
  readonly limits?: Readonly<Record<string, Limits>>;
  /** What a job is charged whatever it reports, which is then kept in the details; null for what it reports. */
  readonly statedCost: number | null;
  /** What was asked for, so that what was reached in its place can be looked at; absent where that is only kept in the details. */
  readonly asked?: { readonly parameters: readonly Parameter[]; readonly design: Design };
  /** Largest value and cost that are taken; absent for `largestValue` and `largestAmount`, which adapters are held to. */
  readonly largest?: number | undefined;
}

/** The terms on which a campaign takes what is measured at a fidelity. */
export function termsOf(spec: CampaignSpec, fidelity: string, asked?: NonNullable<Terms['asked']>): Terms {
  return {
    ...(asked === undefined ? {} : { asked }),
    outcomes: measuredNames(spec),
    limits: limitsOf(spec),
    statedCost: statedCost(spec, fidelity),
  };
}

/** What a job gave, as far as it is judged: the contract of adapters says what is meant, and anything may stand in it. */
export interface Answer {
  readonly values: Readonly<Record<string, number>>;
  readonly noise?: Readonly<Record<string, number>>;
  readonly cost: number;
  readonly durationMs: number;
  readonly cause?: Cause;
  /** A text where what came is no record by parameter. */
  readonly achieved?: Readonly<Record<string, ParameterValue>> | string;
  readonly contexts?: Readonly<Record<string, { readonly value: number | string; readonly unit?: string }>>;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The observation that a finished job amounts to. Of several outcomes some may be missing. One that is not finite or beyond
 * its limits, and an answer without any, are quarantined, with whatever came kept in the details; a job whose fate nobody can
 * tell is quarantined too. Nothing is guessed, nothing dropped.
 *
 * @param state - in which the job ended, as the contract of adapters names it
 * @param artefacts - raw outputs already kept: name to sha256
 */
export function observe(
  trialId: string,
  { outcomes, mayLackAll, limits = {}, statedCost, largest, asked }: Terms,
  state: string,
  result: Answer,
  artefacts: Readonly<Record<string, string>> = {},
): Observation {
  const reached = reachedOf(asked, result);
  const wrong =
    state === 'succeeded'
      ? (faultOf({ outcomes, limits, largest, ...(mayLackAll && { mayLackAll }) }, result) ?? reached.wrong)
      : null;
  const around = contextsOf(result);
  const outcome = wrong === null ? outcomeOf(state) : 'quarantined';
  const measured = outcome === 'measured';
  const extra = Object.entries(result.values ?? {}).filter(([name]) => !measured || !outcomes.includes(name));
  const told = Object.entries(result.noise ?? {}).filter(
    ([name]) => Number.isFinite(result.values?.[name]) && !(measured && outcomes.includes(name)),
  );
  return {
    trialId,
    outcome,
    values: measured ? pick(result.values, outcomes) : {},
    noise: measured ? pick(result.noise ?? {}, outcomes) : {},
    cost: statedCost ?? amount(result.cost, largest),
    durationMs: amount(result.durationMs),
    cause: measured ? null : (wrong ?? toldCause(result.cause ?? causeOf(state))),
    artefacts,
    details: {
      ...plainRecord(result.details),
      ...(statedCost === null && isAmount(result.cost, largest) ? {} : { reportedCost: reported(result.cost) }),
      ...((result.durationMs ?? 0) === amount(result.durationMs)
        ? {}
        : { reportedDurationMs: reported(result.durationMs) }),
      ...(extra.length === 0 ? {} : { answered: plainJson(Object.fromEntries(extra)) }),
      ...(told.length === 0 ? {} : { answeredNoise: plainJson(Object.fromEntries(told)) }),
      ...reached.details,
      ...around.details,
    },
    ...reached.achieved,
    ...around.contexts,
  };
}

/** What was reached in place of what was asked for, as far as it differs; what cannot be told is in the details. */
function reachedOf(asked: Terms['asked'], { achieved = {} }: Answer) {
  if (typeof achieved === 'string') {
    const message = `the adapter says that ${achieved} was reached; values by name of the parameter are wanted`;
    return { wrong: { class: 'unknown', code: 'badAchieved', message } as const, achieved: {}, details: {} };
  }
  const said = Object.entries(achieved);
  if (said.length === 0) return { wrong: null, achieved: {}, details: {} };
  const details = { answeredAchieved: plainJson(achieved) };
  if (asked === undefined) return { wrong: null, achieved: {}, details };
  const { parameters, design } = asked;
  const faults = learnableFaults(parameters, { ...design, ...achieved }).filter(({ path }) =>
    Object.hasOwn(achieved, path),
  );
  if (faults.length > 0) {
    const words = faults.map(({ path, message, remedy }) => `${path}: ${message}; ${remedy} is wanted`);
    const message = `the adapter says that something was reached that cannot be: ${words.join('; ')}`;
    return { wrong: { class: 'unknown', code: 'badAchieved', message } as const, achieved: {}, details };
  }
  const other = said.flatMap(([name, value]) =>
    value === design[name] ? [] : [[name, typeof value === 'number' ? value + 0 : value] as const],
  );
  return {
    wrong: null,
    achieved: other.length === 0 ? {} : { achieved: Object.fromEntries(other) as Design },
    details: {},
  };
}

/** Characters of the name of a context, such as that of a batch. */
const longestName = 200;

/** What was measured of the surroundings; what is neither a number nor a name stays in the details, and what was measured beside it counts. */
function contextsOf({ contexts = {} }: Answer) {
  const good: Record<string, Contexts[string]> = {};
  const bad: Record<string, unknown> = {};
  for (const [name, told] of Object.entries(contexts)) {
    const { value, unit } = (told ?? {}) as Partial<Contexts[string]>;
    const isNamed = typeof value === 'string' && cleanText(value, longestName).trim() !== '';
    if ((isMeasurement(value) || isNamed) && (unit === undefined || typeof unit === 'string'))
      good[name] = {
        value: typeof value === 'string' ? cleanText(value, longestName).trim() : value + 0,
        ...(unit === undefined ? {} : { unit: cleanText(unit, 60) }),
      };
    else bad[name] = told;
  }
  return {
    contexts: Object.keys(good).length === 0 ? {} : { contexts: good as Contexts },
    details: Object.keys(bad).length === 0 ? {} : { answeredContexts: plainJson(bad) },
  };
}

/** The observation of a trial that no adapter was asked to run, because the adapter says beforehand that it cannot. */
export function refused(trialId: string, faults: readonly Fault[]): Observation {
  const message = `the adapter refuses the request:\n${formatFaults(faults)}`;
  return unrun(trialId, 'failed', { class: 'operator', code: 'refused', message });
}

/** The observation of a trial that gave no answer of its own: cancelled before its start, or lost on the way. */
export function unrun(trialId: string, outcome: Exclude<Outcome, 'measured'>, cause: Cause): Observation {
  const nothing = { values: {}, noise: {}, cost: 0, durationMs: 0, artefacts: {}, details: {} };
  return { trialId, outcome, cause, ...nothing };
}

/**
 * The observation of a trial of which nobody can tell whether it ran, or what became of it.
 * @param cost - what it is charged until somebody can tell; 0 where it did not run
 */
export function unknown(trialId: string, cause: Cause, cost: number): Observation {
  const charged = cost === 0 ? {} : { cost, details: { costIsEstimate: true } };
  return { ...unrun(trialId, 'quarantined', cause), ...charged };
}

/** Cause of a trial that a person took back. */
export const cancelledByPerson: Cause = { class: 'operator', code: 'cancelled', message: 'cancelled by a person' };

function outcomeOf(state: string): Outcome {
  if (state === 'succeeded') return 'measured';
  if (state === 'failed') return 'failed';
  return state === 'cancelled' ? 'cancelled' : 'quarantined';
}

function causeOf(state: string): Cause {
  if (state === 'cancelled') return cancelledByPerson;
  return { class: 'unknown', code: state, message: `the adapter gave no cause for state '${state}'` };
}

function faultOf(
  { outcomes, mayLackAll, limits = {}, largest }: Omit<Terms, 'statedCost'>,
  result: Answer,
): Cause | null {
  const wanted = (code: string, bad: readonly string[], what: string): Cause => ({
    class: 'unknown',
    code,
    message: `the adapter answered ${bad.join(', ')}; ${what} is wanted${refusalsIn(result.details)}`,
  });
  const given = outcomes.filter((name) => result.values?.[name] != null);
  const wrong = given.filter((name) => !isMeasurement(result.values[name], largest));
  const bad = given.length === 0 && mayLackAll !== true ? outcomes : wrong;
  if (bad.length > 0)
    return wanted(
      'notFinite',
      bad.map((name) => `${name} = ${inWords(result.values?.[name])}`),
      `a number of at most ${largestValue}`,
    );
  const outside = given.flatMap((name) => {
    const range = limits[name];
    return (range === undefined ? null : beyond(name, result.values[name]!, range)) ?? [];
  });
  if (outside.length > 0) return { class: 'unknown', code: 'beyondLimits', message: outside.join('; ') };
  const noisy = outcomes.filter((name) => result.noise?.[name] !== undefined && !isAmount(result.noise[name]));
  if (noisy.length > 0)
    return wanted(
      'badNoise',
      noisy.map((name) => `noise ${result.noise?.[name]} of ${name}`),
      `a standard deviation from 0 to ${largestAmount}`,
    );
  return isAmount(result.cost, largest)
    ? null
    : wanted('badCost', [`cost ${result.cost}`], `a number from 0 to ${largestAmount}`);
}

/** What an adapter says under `refused` of what it could not take, such as a page in place of a document. */
function refusalsIn(details: Answer['details']): string {
  const told: unknown = details?.refused;
  const words = Array.isArray(told) ? told.filter((each): each is string => typeof each === 'string') : [];
  return words.length === 0 ? '' : ` (${cleanText(words.slice(0, 5).join('; '), 500)})`;
}

function pick(values: Readonly<Record<string, number>>, names: readonly string[]): Record<string, number> {
  // Adding 0 turns −0 into 0, which is what a trip through JSON would do: both hosts see the same number.
  return Object.fromEntries(names.filter((name) => values[name] != null).map((name) => [name, values[name]! + 0]));
}

/** A value that came, which may be anything. */
function inWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'number' ? String(value) : cleanText(JSON.stringify(plainJson(value)) ?? 'nothing', 100);
}

/** A cost or duration that was reported and is not charged: as it is, or in the form in which it can be kept. */
function reported(value: unknown): unknown {
  return isAmount(value) ? value + 0 : plainJson(value);
}

function amount(value: unknown, largest?: number): number {
  return isAmount(value, largest) ? value + 0 : 0;
}
