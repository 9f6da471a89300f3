import type { JobResult, JobState } from '../lab-adapters/contract.js';
import { type CampaignSpec, statedCost } from '../models/domain/campaign.js';
import { cleanText } from '../models/domain/clean-text.js';
import { type Fault, formatFaults } from '../models/domain/fault.js';
import { beyond, type Limits, limitsOf } from '../models/domain/limits.js';
import { plainJson, plainRecord } from '../models/domain/plain-json.js';
import { redacted, redactorOf } from '../models/domain/redaction.js';
import { outcomeNames } from '../models/domain/standing.js';
import { type Cause, largestAmount, largestValue, type Observation, type Outcome } from '../models/domain/trial.js';

/** What a campaign makes of the answers of its adapters. */
export interface Terms {
  /** Names of the values wanted; others are kept in the details. */
  readonly outcomes: readonly string[];
  /** Lowest and highest value that can be true, by outcome; absent where none are given. */
  readonly limits?: Readonly<Record<string, Limits>>;
  /** What a job is charged whatever it reports, which is then kept in the details; null for what it reports. */
  readonly statedCost: number | null;
}

/** The terms on which a campaign takes what is measured at a fidelity. */
export function termsOf(spec: CampaignSpec, fidelity: string): Terms {
  return {
    outcomes: outcomeNames(spec),
    limits: limitsOf(spec),
    statedCost: statedCost(spec, fidelity),
  };
}

/**
 * The observation that a finished job amounts to. Of several outcomes some may be missing. One that is not finite or beyond
 * its limits, and an answer without any, are quarantined, with whatever came kept in the details; a job whose fate nobody can
 * tell is quarantined too. Nothing is guessed, nothing dropped.
 *
 * @param artefacts - raw outputs already kept: name to sha256
 */
export function observe(
  trialId: string,
  { outcomes, limits = {}, statedCost }: Terms,
  state: JobState,
  result: JobResult,
  artefacts: Readonly<Record<string, string>> = {},
): Observation {
  const wrong = state === 'succeeded' ? faultOf(outcomes, limits, result) : null;
  const outcome = wrong === null ? outcomeOf(state) : 'quarantined';
  const measured = outcome === 'measured';
  const extra = Object.entries(result.values ?? {}).filter(([name]) => !measured || !outcomes.includes(name));
  const told = Object.entries(result.noise ?? {}).filter(([name]) => Number.isFinite(result.values?.[name]));
  return shielded({
    trialId,
    outcome,
    values: measured ? pick(result.values, outcomes) : {},
    noise: measured ? pick(result.noise ?? {}, outcomes) : {},
    cost: statedCost ?? amount(result.cost),
    durationMs: amount(result.durationMs),
    cause: measured ? null : (wrong ?? result.cause ?? causeOf(state)),
    artefacts,
    details: {
      ...plainRecord(result.details),
      ...(statedCost === null ? {} : { reportedCost: amount(result.cost) }),
      ...(extra.length === 0 ? {} : { answered: plainJson(Object.fromEntries(extra)) }),
      ...(measured || told.length === 0 ? {} : { answeredNoise: plainJson(Object.fromEntries(told)) }),
    },
  });
}

/** An observation without what lets Athanor in to its servers, should a program or an error have repeated it. */
function shielded(observation: Observation): Observation {
  const { cause, details } = observation;
  const redact = redactorOf(process.env);
  return { ...observation, cause: redacted(cause, redact), details: redacted(details, redact) };
}

/** The observation of a trial that no adapter was asked to run, because the adapter says beforehand that it cannot. */
export function refused(trialId: string, faults: readonly Fault[]): Observation {
  const message = `the adapter refuses the request:\n${formatFaults(faults)}`;
  return unrun(trialId, 'failed', { class: 'operator', code: 'refused', message });
}

/** The observation of a trial that gave no answer of its own: cancelled before its start, or lost on the way. */
export function unrun(trialId: string, outcome: Exclude<Outcome, 'measured'>, cause: Cause): Observation {
  const nothing = { values: {}, noise: {}, cost: 0, durationMs: 0, artefacts: {}, details: {} };
  return shielded({ trialId, outcome, cause, ...nothing });
}

/** Cause of a trial that a person took back. */
export const cancelledByPerson: Cause = { class: 'operator', code: 'cancelled', message: 'cancelled by a person' };

function outcomeOf(state: JobState): Outcome {
  if (state === 'succeeded') return 'measured';
  if (state === 'failed') return 'failed';
  return state === 'cancelled' ? 'cancelled' : 'quarantined';
}

function causeOf(state: JobState): Cause {
  if (state === 'cancelled') return cancelledByPerson;
  return { class: 'unknown', code: state, message: `the adapter gave no cause for state '${state}'` };
}

function faultOf(
  outcomes: readonly string[],
  limits: Readonly<Record<string, Limits>>,
  result: JobResult,
): Cause | null {
  const wanted = (code: string, bad: readonly string[], what: string): Cause => ({
    class: 'unknown',
    code,
    message: `the adapter answered ${bad.join(', ')}; ${what} is wanted`,
  });
  const given = outcomes.filter((name) => result.values?.[name] != null);
  const wrong = given.filter((name) => !isValue(result.values[name]));
  const bad = given.length === 0 ? outcomes : wrong;
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
  return isAmount(result.cost)
    ? null
    : wanted('badCost', [`cost ${result.cost}`], `a number from 0 to ${largestAmount}`);
}

function pick(values: Readonly<Record<string, number>>, names: readonly string[]): Record<string, number> {
  // Adding 0 turns −0 into 0, which is what a trip through JSON would do: both hosts see the same number.
  return Object.fromEntries(names.filter((name) => values[name] != null).map((name) => [name, values[name]! + 0]));
}

function isValue(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= largestValue;
}

/** A value that came, which may be anything. */
function inWords(value: unknown): string {
  return typeof value === 'number' ? String(value) : cleanText(JSON.stringify(plainJson(value)) ?? 'nothing', 100);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= largestAmount;
}

function amount(value: unknown): number {
  return isAmount(value) ? value + 0 : 0;
}
