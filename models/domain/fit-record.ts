import { z } from 'zod';
import { sha256Pattern } from './artefact.js';

const memberSchema = z.looseObject({
  name: z.string(),
  weight: z.number(),
  score: z.number(),
  hyperparameters: z.array(z.number()),
  logPosterior: z.number(),
  jitter: z.number(),
  choice: z.string().exactOptional(),
  artefact: z.string().regex(sha256Pattern).exactOptional(),
});

const earlierSchema = z
  .looseObject({
    round: z.int(),
    surrogate: z.string(),
    observations: z.int(),
    hyperparameters: z.array(z.number()),
    logPosterior: z.number(),
    jitter: z.number(),
  })
  .transform(({ hyperparameters, logPosterior, jitter, ...rest }): FitRecord => {
    const member = { name: rest.surrogate, weight: 1, score: 0, hyperparameters, logPosterior, jitter };
    return { ...rest, members: [member] };
  });

/** Hyperparameters of one surrogate of a fit, and its weight. */
export interface MemberFit {
  /** Name of the surrogate, e.g. `gp`. */
  readonly name: string;
  /** The weights of a fit add up to 1. */
  readonly weight: number;
  /** Leave-one-out log score over the target trials, in standardised losses; 0 where there is one member alone. */
  readonly score: number;
  /** In the surrogate's own unconstrained coordinates. */
  readonly hyperparameters: readonly number[];
  /** Log posterior density at the optimum. */
  readonly logPosterior: number;
  /** Diagonal added to make the covariance factorise; 0 if none. */
  readonly jitter: number;
  /** What a surrogate that is of several kinds chose, e.g. `matern32 on log`; absent where there is nothing to choose. */
  readonly choice?: string;
  /** Sha256 of what its state is beside the hyperparameters, e.g. trained weights; absent where that is nothing. */
  readonly artefact?: string;
}

const correlationSchema = z.looseObject({ value: z.number(), low: z.number(), high: z.number() });

const sourceSchema = z.looseObject({
  name: z.string(),
  rows: z.int(),
  used: z.int(),
  correlation: z.number(),
  weight: z.number(),
  foretold: z.looseObject({ pairs: z.int(), correlation: correlationSchema.nullable() }),
});

/** A correlation with its central 90 % interval. */
export type CorrelationInterval = Readonly<Pick<z.infer<typeof correlationSchema>, 'value' | 'low' | 'high'>>;

/** What a fit has learned of an earlier campaign. */
export interface SourceFit {
  readonly name: string;
  /** Rows that there are, and that were used. */
  readonly rows: number;
  readonly used: number;
  /** Correlation of its values with those at the target over all designs, as the surrogates that join it have it. */
  readonly correlation: number;
  /** Weight of these surrogates in all. */
  readonly weight: number;
  /**
   * The values that it alone predicts of the designs measured at the target, against those measured: number of trials,
   * and correlation; null with fewer than four, or where values do not differ.
   */
  readonly foretold: { readonly pairs: number; readonly correlation: CorrelationInterval | null };
}

/** Fitted surrogates with what they were fitted to. */
export interface FitRecord {
  /** Round whose proposals this fit was made for; later rounds may use its hyperparameters without a new fit. */
  readonly round: number;
  /** What was chosen, e.g. `ensemble`. */
  readonly surrogate: string;
  /** Number of observations the hyperparameters have seen. */
  readonly observations: number;
  readonly members: readonly MemberFit[];
  /**
   * Sha256 over what the columns mean that hyperparameters are of, where the pool has grown: with other columns the next fit
   * starts afresh. Absent where it has not.
   */
  readonly encoding?: string;
  /** How the surrogate was less than exact on all observations, e.g. `subset 2000 of 3500`; absent where it was not. */
  readonly approximation?: string;
  /**
   * By level, what the standard deviations said of its proposals are multiples of those of the surrogates; absent in
   * records from before that.
   */
  readonly widening?: readonly number[];
  /** What was learned of each earlier campaign; absent where there is none. */
  readonly sources?: readonly SourceFit[];
  /** The ensembles of the outcomes beside that of the first objective; absent where there is none. */
  readonly outcomes?: readonly { readonly name: string; readonly members: readonly MemberFit[] }[];
}

/**
 * A fit as it was stored. Records from before there were ensembles hold one surrogate, which becomes the one member.
 * More than is known is passed on whole.
 */
export const fitRecordSchema: z.ZodType<FitRecord> = z.union([
  z.looseObject({
    round: z.int(),
    surrogate: z.string(),
    observations: z.int(),
    members: z.array(memberSchema).min(1),
    encoding: z.string().regex(sha256Pattern).exactOptional(),
    approximation: z.string().exactOptional(),
    widening: z.array(z.number()).exactOptional(),
    sources: z.array(sourceSchema).exactOptional(),
    outcomes: z.array(z.looseObject({ name: z.string(), members: z.array(memberSchema).min(1) })).exactOptional(),
  }),
  earlierSchema,
]);
