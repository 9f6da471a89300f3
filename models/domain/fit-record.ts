import { z } from 'zod';
import { sha256Pattern } from './artefact.js';

/** What is known of an object that may hold more, to be read only. */
type Known<T> = T extends readonly (infer M)[]
  ? readonly Known<M>[]
  : T extends object
    ? { readonly [K in keyof T as string extends K ? never : K]: Known<T[K]> }
    : T;

const memberSchema = z.looseObject({
  /** Name of the surrogate, e.g. `gp`. */
  name: z.string(),
  /** The weights of a fit add up to 1. */
  weight: z.number(),
  /** Leave-one-out log score over the target trials, in standardised losses; 0 where there is one member alone. */
  score: z.number(),
  /** In the surrogate's own unconstrained coordinates. */
  hyperparameters: z.array(z.number()),
  /** Log posterior density at the optimum. */
  logPosterior: z.number(),
  /** Diagonal added to make the covariance factorise; 0 if none. */
  jitter: z.number(),
  /** What a surrogate that is of several kinds chose, e.g. `matern32 on log`; absent where there is nothing to choose. */
  choice: z.string().exactOptional(),
  /** Sha256 of what its state is beside the hyperparameters, e.g. trained weights; absent where that is nothing. */
  artefact: z.string().regex(sha256Pattern).exactOptional(),
});
/** Hyperparameters of one surrogate of a fit, and its weight. */
export type MemberFit = Known<z.infer<typeof memberSchema>>;

const correlationSchema = z.looseObject({ value: z.number(), low: z.number(), high: z.number() });
/** A correlation with its central 90 % interval. */
export type CorrelationInterval = Known<z.infer<typeof correlationSchema>>;

const sourceSchema = z.looseObject({
  name: z.string(),
  /** Rows that there are, and that were used. */
  rows: z.int(),
  used: z.int(),
  /** Correlation of its values with those at the target over all designs, as the surrogates that join it have it. */
  correlation: z.number(),
  /** Weight of these surrogates in all. */
  weight: z.number(),
  /**
   * The values that it alone predicts of the designs measured at the target, against those measured: number of trials,
   * and correlation; null with fewer than four, or where values do not differ.
   */
  foretold: z.looseObject({ pairs: z.int(), correlation: correlationSchema.nullable() }),
});
/** What a fit has learned of an earlier campaign. */
export type SourceFit = Known<z.infer<typeof sourceSchema>>;

const fitSchema = z.looseObject({
  /** Round whose proposals this fit was made for; later rounds may use its hyperparameters without a new fit. */
  round: z.int(),
  /** What was chosen, e.g. `ensemble`. */
  surrogate: z.string(),
  /** Number of observations the hyperparameters have seen. */
  observations: z.int(),
  members: z.array(memberSchema).min(1),
  /**
   * Sha256 over what the columns mean that hyperparameters are of, where the pool has grown: with other columns the next fit
   * starts afresh. Absent where it has not.
   */
  encoding: z.string().regex(sha256Pattern).exactOptional(),
  /** How the surrogate was less than exact on all observations, e.g. `subset 2000 of 3500`; absent where it was not. */
  approximation: z.string().exactOptional(),
  /**
   * By level, what the standard deviations said of its proposals are multiples of those of the surrogates; absent in
   * records from before that.
   */
  widening: z.array(z.number()).exactOptional(),
  /** What was learned of each earlier campaign; absent where there is none. */
  sources: z.array(sourceSchema).exactOptional(),
  /** The ensembles of the outcomes beside that of the first objective; absent where there is none. */
  outcomes: z.array(z.looseObject({ name: z.string(), members: z.array(memberSchema).min(1) })).exactOptional(),
});
/** Fitted surrogates with what they were fitted to. */
export type FitRecord = Known<z.infer<typeof fitSchema>>;

/** Of one surrogate, as records from before there were ensembles hold it. */
const earlierSchema = fitSchema
  .pick({ round: true, surrogate: true, observations: true })
  .extend(memberSchema.pick({ hyperparameters: true, logPosterior: true, jitter: true }).shape)
  .transform(({ hyperparameters, logPosterior, jitter, ...rest }): FitRecord => {
    const member = { name: rest.surrogate, weight: 1, score: 0, hyperparameters, logPosterior, jitter };
    return { ...rest, members: [member] };
  });

/**
 * A fit as it was stored. Records from before there were ensembles hold one surrogate, which becomes the one member.
 * More than is known is passed on whole.
 */
export const fitRecordSchema: z.ZodType<FitRecord> = z.union([fitSchema, earlierSchema]);
