import { z } from 'zod';
import { askedApprovalSchema } from './approval.js';
import { sha256Pattern } from './artefact.js';
import { type Campaign, campaignSchema } from './campaign.js';
import { campaignIdSchema } from './campaign-id.js';
import { instantSchema } from './instant.js';
import { proposalSchema } from './proposal.js';
import { rulingSchema } from './ruling.js';
import { spaceSchema } from './space.js';
import { causeSchema, type Observation, observationSchema } from './trial.js';

/** Why a campaign came to rest. */
export const stopReasons = [
  'budgetCost',
  'budgetTrials',
  'wallClock',
  'targetReached',
  'noImprovement',
  'regretBound',
  'exhausted',
  'failures',
  'drained',
  'aborted',
] as const;
/** One of the reasons above. */
export type StopReason = (typeof stopReasons)[number];

/** Where a campaign stands. */
export const phases = ['running', 'paused', 'draining', 'aborting', 'stopped'] as const;
/** One of the phases above. */
export type Phase = (typeof phases)[number];

/** What the schema of a stop accepts. */
export const reachedStopSchema = z.strictObject({ reason: z.enum(stopReasons), text: z.string() }).readonly();
/** Why a campaign came to rest, with a word for people. */
export type Stop = z.infer<typeof reachedStopSchema>;

/** Where a trial stands. `withdrawn`: proposed, but never started, because the campaign stopped first. */
export const trialStates = ['proposed', 'running', 'ended', 'withdrawn'] as const;
/** One of the states above. */
export type TrialState = (typeof trialStates)[number];

/**
 * What a trial may need of a person before it goes on: `approval` before it starts; in flight its `result`, or the `resolution` of
 * what became of a job of which nobody can tell.
 */
export const needs = ['approval', 'result', 'resolution'] as const;
/** One of the needs above. */
export type Need = (typeof needs)[number];

/** What the schema of a step that was run accepts. */
export const ranStepSchema = z
  .strictObject({
    generation: z.int().min(1),
    /** Its name in the recipe; `STEP~undo` for what took one back. */
    step: z.string(),
    /** Of its job. */
    key: z.string(),
    /** On which it ran, as the ledger has it; null where none was asked. */
    instrument: z.string().nullable(),
    /** The device's name of the job; null where none began. */
    job: z.string().nullable(),
    how: z.enum(['done', 'failed', 'cancelled', 'unknown']),
    cost: z.number().min(0),
    durationMs: z.number().min(0),
    cause: causeSchema.nullable(),
    /** What it measured, by outcome; absent where that is nothing, or nothing that counts, and in records from before this was kept. */
    values: observationSchema.unwrap().shape.values.exactOptional(),
    /** Standard deviations of these; absent where none was told. */
    noise: observationSchema.unwrap().shape.noise.exactOptional(),
    /** Milliseconds since 1970; null where not known, or where time is virtual. */
    startedAt: instantSchema.nullable(),
    endedAt: instantSchema.nullable(),
    /** Present where it was done in a generation before, and counts in this one too. */
    carried: z.literal(true).exactOptional(),
  })
  .readonly();
/** A step that was run for a trial. */
export type RanStep = z.infer<typeof ranStepSchema>;

/** What a step's own observation says of it in the record. */
export function ranStepOf({
  cost,
  durationMs,
  cause,
  values,
  noise,
}: Observation): Pick<RanStep, 'cost' | 'durationMs' | 'cause' | 'values' | 'noise'> {
  const isAny = (told: object) => Object.keys(told).length > 0;
  return { cost, durationMs, cause, ...(isAny(values) ? { values } : {}), ...(isAny(noise) ? { noise } : {}) };
}

/** What the schema of a rejection accepts. */
export const rejectionSchema = z
  .strictObject({
    who: z.string(),
    why: z.string().nullable(),
    /** Milliseconds since 1970. */
    at: instantSchema,
  })
  .readonly();
/** That a person took a proposal back before it began. */
export type Rejection = z.infer<typeof rejectionSchema>;

/** What the schema of an earlier answer accepts. */
export const earlierAnswerSchema = z
  .strictObject({
    /** Null where it counted as never run. */
    observation: observationSchema.nullable(),
    /** Last round that was decided with it. */
    throughRound: z.int(),
    /** Present where a ruling ended that: what counts after it is about the same run. Else the trial was done again. */
    ruled: z.literal(true).exactOptional(),
    /** Present where it costs nothing, as a person said: it never ran, or its job is that of the time after it. */
    uncharged: z.literal(true).exactOptional(),
  })
  .readonly();
/** What counted of a trial before a person had it done again, or ruled on it. */
export type EarlierAnswer = z.infer<typeof earlierAnswerSchema>;

/** A trial as it is exported; unknown keys are refused. */
export const trialRecordSchema = z
  .strictObject({
    proposal: proposalSchema.readonly(),
    state: z.enum(trialStates),
    /** Absent where nothing is needed of a person. */
    needs: z.enum(needs).exactOptional(),
    /** Present where a person was to approve it before it began. */
    approval: askedApprovalSchema.exactOptional(),
    /** Present where it was withdrawn because a person did not want it, or wanted another in its place. */
    rejected: rejectionSchema.exactOptional(),
    /** What counts of it now. */
    observation: observationSchema.nullable(),
    /** Milliseconds since 1970; null while not yet so, or where time is virtual. */
    startedAt: instantSchema.nullable(),
    endedAt: instantSchema.nullable(),
    /** What counted before, oldest first; absent where the trial was run once, and nobody ruled on it. */
    earlier: z.array(earlierAnswerSchema).readonly().exactOptional(),
    /** What was run for it, in the order in which it ended, of every generation; absent where it has no recipe. */
    steps: z.array(ranStepSchema).readonly().exactOptional(),
    /** What people held of it, oldest first; absent where nobody did. */
    rulings: z.array(rulingSchema.readonly()).readonly().exactOptional(),
  })
  .readonly();
/** A proposal with what became of it. */
export type TrialRecord = z.infer<typeof trialRecordSchema>;

/** What the schema of a decision of a person accepts. */
export const auditEntrySchema = z
  .strictObject({
    /** Milliseconds since 1970. */
    at: instantSchema,
    who: z.string(),
    action: z.string(),
    details: z.record(z.string(), z.unknown()).readonly(),
  })
  .readonly();
/** A decision of a person. */
export type AuditEntry = z.infer<typeof auditEntrySchema>;

const recordedCampaign: z.ZodType<Campaign> = z.strictObject({
  id: campaignIdSchema,
  spec: campaignSchema,
  space: spaceSchema,
});

/** A record as it is exported; unknown keys are refused. What does not fit together in it is no matter of the schema. */
export const campaignRecordSchema = z
  .strictObject({
    campaign: recordedCampaign,
    phase: z.enum(phases),
    stop: reachedStopSchema.nullable(),
    /** In the order of trial ids. */
    trials: z.array(trialRecordSchema).readonly(),
    audit: z.array(auditEntrySchema).readonly(),
    /** All artefacts that the proposals speak of, in base64, by sha256; absent where there is none. */
    artefacts: z.record(z.string().regex(sha256Pattern), z.base64()).readonly().exactOptional(),
  })
  .readonly();
/** Everything known of one campaign; what `export` writes and `report` draws. */
export type CampaignRecord = z.infer<typeof campaignRecordSchema>;

/** A trial as a round saw it: with what counted by then. */
export function asOfRound(trial: TrialRecord, round: number): TrialRecord {
  const seen = trial.earlier?.find(({ throughRound }) => round <= throughRound);
  if (seen === undefined) return trial;
  return { ...trial, state: seen.observation === null ? 'withdrawn' : 'ended', observation: seen.observation };
}

/**
 * The trials that a round was decided with, each as it stood: those in flight without an answer, all others with what counted
 * by then. What a person proposed is seen by the rounds after that only.
 *
 * @param pending - ids of those in flight
 */
export function seenBy(trials: readonly TrialRecord[], round: number, pending: readonly string[]): TrialRecord[] {
  const open = new Set(pending);
  return trials
    .filter(({ proposal }) => (proposal.basis.person?.sinceRound ?? proposal.round + 1) <= round)
    .map((trial) =>
      open.has(trial.proposal.id)
        ? { ...trial, state: 'running', observation: null, endedAt: null }
        : asOfRound(trial, round),
    );
}

/** Which time a trial was run last, or runs, from 1. */
export function timesRun({ earlier = [] }: Pick<TrialRecord, 'earlier'>): number {
  return 1 + earlier.filter(({ ruled }) => ruled !== true).length;
}

/** What counts of each time that a trial was run and has ended; a time that counts as never run is left out. */
export function answersOf({ earlier = [], observation }: Pick<TrialRecord, 'earlier' | 'observation'>) {
  const last = earlier.filter(({ ruled }) => ruled !== true).map((answer) => answer.observation);
  return [...last, observation].filter((answer) => answer !== null);
}

/** What a trial did cost, each time that it was run. */
export function spentOn(trial: Pick<TrialRecord, 'earlier' | 'observation'>): number {
  const { earlier = [], observation } = trial;
  const charged = earlier.filter(({ uncharged }) => uncharged !== true);
  return answersOf({ earlier: charged, observation }).reduce((sum, { cost }) => sum + cost, 0);
}
