import { AthanorError } from './errors.js';

/**
 * Who is to blame for a failed trial. Only `chemistry` says something about the design; `device` and `operator`
 * do not, and `unknown` means that nobody can tell.
 */
export const causeClasses = ['chemistry', 'device', 'operator', 'unknown'] as const;
/** One of the classes above. */
export type CauseClass = (typeof causeClasses)[number];

/** Why a trial did not give a value. `code` is stable (`rearranged`, `timeout`), `message` is for people. */
export interface Cause {
  readonly class: CauseClass;
  readonly code: string;
  readonly message: string;
}

/** How a trial ended. `quarantined`: an answer or its absence that a person must judge; kept, not learned from. */
export const outcomes = ['measured', 'failed', 'quarantined', 'cancelled'] as const;
/** One of the outcomes above. */
export type Outcome = (typeof outcomes)[number];

/** Larger values cannot be squared and summed in double precision; no instrument gives them. */
export const largestValue = 1e100;

/** What one trial gave; written once and never changed. */
export interface Observation {
  readonly trialId: string;
  readonly outcome: Outcome;
  /** Objective name to measured value, in the objective's own unit; empty unless something was measured. */
  readonly values: Readonly<Record<string, number>>;
  /** Standard deviation of the measurement by objective, same unit, where the adapter knows it. */
  readonly noise: Readonly<Record<string, number>>;
  /** What the trial cost, in the unit of the campaign's fidelity costs; not negative. */
  readonly cost: number;
  readonly durationMs: number;
  readonly cause: Cause | null;
  /** Raw outputs kept as artefacts: name to sha256. */
  readonly artefacts: Readonly<Record<string, string>>;
  /** Everything else the adapter said; plain JSON with finite numbers. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Id of the proposal and trial at place `index` (from 1) of round `round` (from 1): `campaign/r3/p1`. */
export function trialId(campaignId: string, round: number, index: number): string {
  return `${campaignId}/r${round}/p${index}`;
}

/**
 * Parts of a trial id.
 * @throws {AthanorError} if the text is not of the form `campaign/r3/p1`
 */
export function parseTrialId(id: string): { campaignId: string; round: number; index: number } {
  const match = /^(.+)\/r(\d+)\/p(\d+)$/.exec(id);
  if (match === null) throw new AthanorError('TRIAL_ID', `'${id}' is not a trial id like campaign/r3/p1`);
  return { campaignId: match[1]!, round: Number(match[2]), index: Number(match[3]) };
}

/** Order of trials: by round, then by place in the round. Arrival order never matters. */
export function compareTrialIds(a: string, b: string): number {
  const x = parseTrialId(a);
  const y = parseTrialId(b);
  return x.round - y.round || x.index - y.index;
}
