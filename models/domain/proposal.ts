import { z } from 'zod';
import { artefactRefSchema, sha256Pattern } from './artefact.js';
import { stopSchema } from './campaign.js';
import { codesVersionSchema } from './codes-version.js';
import { saidContextsSchema } from './contexts.js';
import { designSchema } from './design.js';
import { fitRecordSchema } from './fit-record.js';

const known = z.number().nullable();

/** What the schema of an assurance accepts. */
export const assuranceSchema = z.strictObject({
  /** The best trial at the target so far. */
  trialId: z.string(),
  /** Of the stop rule, in the objective's unit. */
  epsilon: z.number(),
  probability: z.number(),
});
/** With which probability, by the surrogates, the best trial at the target is within ε of the best there is. */
export type Assurance = Readonly<z.infer<typeof assuranceSchema>>;

const personSchema = z.strictObject({
  who: z.string(),
  /** Absent where no reason was given. */
  why: z.string().optional(),
  /** The first round that is decided with it: rounds asked for before a person spoke were not. */
  sinceRound: z.int().min(1),
  /** The trial whose place it takes, which never began; absent where a person put it beside all others. */
  insteadOf: z.string().optional(),
});

/** What the schema of a basis accepts. */
export const basisSchema = z.strictObject({
  /** Seed of the round, derived from the campaign's seed. */
  seed: z.int(),
  /** Sha256 over the observations used, ordered by trial id. */
  dataHash: z.string(),
  /** Number of ended trials used. */
  observed: z.int(),
  /** Trials in flight when the proposal was made. */
  pending: z.array(z.string()).readonly(),
  /** Budget that could still be committed; null without a cost budget. */
  remainingCost: known,
  /** Places asked for in this round. */
  count: z.int().min(1).max(10_000),
  /** The fit used, null for an initial design. */
  fit: fitRecordSchema.nullable(),
  /** Version of the numerical defaults. */
  defaults: z.string(),
  /** For each stop rule `regretBound` in force, what held when the proposal was made; absent where there is none, or no fit. */
  assurances: z.array(assuranceSchema.readonly()).readonly().optional(),
  /** The budget in force, null where unlimited; absent where it was that of the campaign file. */
  budget: z
    .strictObject({ cost: known, trials: z.int().min(0).nullable() })
    .readonly()
    .optional(),
  /** The stop rules in force; absent where they were those of the campaign file. */
  stop: z.array(stopSchema.readonly()).readonly().optional(),
  /** The parameters that a person had keep to a value, by name; absent where there was none. */
  fixed: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .readonly()
    .optional(),
  /**
   * The contexts that it was made for, and how many trials had not told one, with what they were taken at; absent where the campaign has
   * none.
   */
  contexts: z
    .strictObject({
      current: designSchema,
      /** What a person had said of them, and since which round; absent where nobody had. */
      said: saidContextsSchema.optional(),
      imputed: z
        .record(z.string(), z.strictObject({ trials: z.int(), as: z.union([z.number(), z.string()]) }).readonly())
        .readonly()
        .optional(),
    })
    .readonly()
    .optional(),
  /** The exponent with which what people believe weighed the acquisition; absent where nothing was believed, or none was asked. */
  belief: z.number().optional(),
  /** Whether it was kept away from trials that had taught nothing, rejected ones among them; absent where there was none, and by versions that did not. */
  untaught: z.literal(true).optional(),
  /** Whether surrogates took values for gross errors and did not learn from them; absent where there was none, and by versions that did not. */
  suspects: z.literal(true).optional(),
  /** The artefacts that the proposal was made with; absent where there is none. */
  artefacts: z.array(artefactRefSchema.readonly()).readonly().optional(),
  /**
   * The sha256 of each extension of the pool, in the order in which they were appended; absent where there is none. That of
   * an earlier proposal is how it begins.
   */
  extensions: z.array(z.string().regex(sha256Pattern)).min(1).readonly().optional(),
  /** The versions of encoders that it was made with, where they are others than the space has; absent where there is none. */
  codes: z.array(codesVersionSchema).min(1).readonly().optional(),
  /** Whose proposal it is, where it is that of a person and nothing computes it again; absent where the strategy made it. */
  person: personSchema.readonly().optional(),
});
/**
 * All a proposal was made from. With the campaign and the observations of earlier rounds that are not in `pending`,
 * the proposal can be recomputed bit for bit.
 */
export type Basis = Readonly<z.infer<typeof basisSchema>>;

/**
 * What a trial was chosen for: `target` to be the best, `informs` to tell at a lower fidelity whether it may be, `paired` to
 * be measured at both; or `guarded`, for what the target alone says of it, whatever lower fidelities or earlier campaigns do.
 */
export const steps = ['target', 'informs', 'paired', 'guarded'] as const;
/** One of the steps. */
export type ReasonStep = (typeof steps)[number];

/** What the schema of a reason accepts. */
export const reasonSchema = z.strictObject({
  /** `replicate`: a design that was measured is measured again. */
  kind: z.enum(['initial', 'supplied', 'acquisition', 'replicate']),
  /** Name of the acquisition, null for a design that none chose. */
  acquisition: z.string().nullable(),
  /** Step of the rule of two steps, or of that with earlier campaigns; absent by other rules. */
  step: z.enum(steps).optional(),
  /** Acquisition value (a logarithm for log acquisitions). */
  value: known,
  /** Posterior of the objective at the proposed fidelity, in the objective's own unit and direction. */
  mean: known,
  sd: known,
  /** Posterior at the target fidelity, same unit. */
  targetMean: known,
  targetSd: known,
  /** Median and sd at the target of each modelled outcome beside that of the first objective; absent where there is none. */
  outcomes: z
    .array(z.strictObject({ name: z.string(), mean: z.number(), sd: z.number() }).readonly())
    .readonly()
    .optional(),
  /** Probability that every bound on an outcome is kept at the target; absent where there is none, or nothing is known of it. */
  within: z.number().optional(),
  /**
   * Of several goals, what the trial was expected to add, odds of its bounds counted, and what there was: hypervolume of the front, loss
   * below the best of a single objective, or merit of combined objectives. Absent where that is not what was sought.
   */
  gain: z
    .strictObject({ of: z.enum(['hypervolume', 'loss', 'merit']), expected: z.number(), now: z.number().nullable() })
    .readonly()
    .optional(),
  /**
   * With contexts, what the trial is for beside what measured designs are expected to give in the current ones; absent elsewhere, where that
   * follows from the values.
   */
  purpose: z.enum(['exploit', 'explore']).optional(),
  /** One sentence for people. */
  text: z.string(),
});
/** Why this design at this fidelity. */
export type Reason = Readonly<z.infer<typeof reasonSchema>>;
/** What a trial was expected to add to several goals. */
export type Gain = NonNullable<Reason['gain']>;

/** A proposal as it is stored and exported; unknown keys are refused. */
export const proposalSchema = z.strictObject({
  id: z.string().regex(/^[^/\\]+\/r\d+\/p\d+$/),
  round: z.int().min(1),
  /** Place in the round, from 1. */
  index: z.int().min(1),
  design: designSchema,
  /** Row of the pool, null outside pools. */
  rowId: z.string().nullable(),
  /** Name of the fidelity. */
  fidelity: z.string(),
  estimatedCost: z.number(),
  reason: reasonSchema.readonly(),
  basis: basisSchema.readonly(),
});
/** A design to be run at a fidelity, and why. */
export type Proposal = Readonly<z.infer<typeof proposalSchema>>;
