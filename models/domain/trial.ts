import { z } from 'zod';
import { designSchema } from './design.js';
import { AthanorError } from './errors.js';
import { causeClasses } from './verdicts.js';

/** What the schema of a cause accepts. */
export const causeSchema = z
  .strictObject({
    class: z.enum(causeClasses),
    /** Stable, such as `rearranged` or `timeout`. */
    code: z.string(),
    /** For people. */
    message: z.string(),
  })
  .readonly();
/** Why a trial did not give a value. */
export type Cause = z.infer<typeof causeSchema>;

/** How a trial ended. `quarantined`: an answer or its absence that a person must judge; kept, not learned from. */
export const trialOutcomes = ['measured', 'failed', 'quarantined', 'cancelled'] as const;
/** One of the outcomes above. */
export type Outcome = (typeof trialOutcomes)[number];

/** Larger values cannot be squared and summed in double precision; no instrument gives them. */
export const largestValue = 1e100;

/** Costs and durations beyond this would not add up to finite sums. */
export const largestAmount = 1e100;

/** Whether this can be what an instrument measured; it may be anything. */
export function isMeasurement(value: unknown, largest = largestValue): value is number {
  return typeof value === 'number' && Math.abs(value) <= largest;
}

/** Whether this can be a cost, a duration or a standard deviation; it may be anything. */
export function isAmount(value: unknown, largest = largestAmount): value is number {
  return typeof value === 'number' && value >= 0 && value <= largest;
}

const amount = z.number().min(0).max(largestAmount);
const byName = z.record(z.string(), z.number()).readonly();

/** What the schema of measured contexts accepts. */
export const contextsSchema = z
  .record(
    z.string(),
    z.strictObject({ value: z.union([z.number(), z.string()]), unit: z.string().exactOptional() }).readonly(),
  )
  .readonly();
/** What was measured or noted of the surroundings of a trial, such as the humidity or the batch of a reagent, by name; each with its unit where it was told. */
export type Contexts = z.infer<typeof contextsSchema>;

/** An observation as it is stored and exported; unknown keys are refused. */
export const observationSchema = z
  .strictObject({
    trialId: z.string(),
    outcome: z.enum(trialOutcomes),
    /** By name of the outcome, each in its own unit; empty unless something was measured. */
    values: byName,
    /** Standard deviation of the measurement by name of the outcome, same unit, where the adapter knows it. */
    noise: byName,
    /** What the trial cost, in the unit of the campaign's fidelity costs; not negative. */
    cost: amount,
    durationMs: amount,
    cause: causeSchema.nullable(),
    /** Raw outputs kept as artefacts: name to sha256. */
    artefacts: z.record(z.string(), z.string()).readonly(),
    /** Everything else the adapter said; plain JSON with finite numbers. */
    details: z.record(z.string(), z.unknown()).readonly(),
    /**
     * What was set in truth in place of what was proposed, by parameter, as far as it differs; it may lie outside the space.
     * Surrogates learn from it. Absent where nobody said so.
     */
    achieved: designSchema.exactOptional(),
    /** Media types of artefacts, by name, as far as the adapter told them; absent where it told none. */
    mediaTypes: z.record(z.string(), z.string()).readonly().exactOptional(),
    /** What was measured of the surroundings, by name; surrogates learn from those that the campaign file names. Absent where nothing was. */
    contexts: contextsSchema.exactOptional(),
  })
  .readonly();
/** What one trial gave; written once and never changed. */
export type Observation = z.infer<typeof observationSchema>;

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
