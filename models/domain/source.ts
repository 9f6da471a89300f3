import { z } from 'zod';
import { designSchema } from './design.js';
import { limitsSchema } from './limits.js';
import { nameSchema } from './parameters/numbers.js';

/** Rows that are taken of an earlier campaign, at least and at most. */
export const sourceRows = { least: 3, most: 500 } as const;

/** Earlier campaigns that one campaign may be given. */
const mostSources = 8;

/** One entry of `transfer`. */
export const sourceSchema = z.strictObject({
  name: nameSchema.describe('what the earlier campaign is called in records and reports'),
  results: z.string().min(1).describe('CSV of its trials, one a row, relative to the campaign file'),
  objective: z
    .string()
    .min(1)
    .optional()
    .describe("column of what was measured, where it is not named as this campaign's objective"),
  fidelity: z.string().min(1).optional().describe('fidelity whose rows are taken, where the file has several'),
  limits: limitsSchema
    .optional()
    .describe(
      "lowest and highest value that can be true in this file, where they are not those of this campaign's objective",
    ),
  defaults: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .optional()
    .describe('values of parameters that the file has no column for, or empty cells'),
});

/** Earlier campaigns, each with a file of its results. */
export const transferSchema = z.array(sourceSchema).min(1).max(mostSources);

/** An earlier campaign as the campaign file describes it, before its results are read. */
export type SourceSpec = z.infer<typeof sourceSchema>;

/** An earlier campaign as it is exported; unknown keys are refused. */
export const readSourceSchema = z
  .strictObject({
    name: z.string(),
    designs: z.array(designSchema).readonly(),
    /** Measured value of each design, in the unit and direction of the file. */
    values: z.array(z.number()).readonly(),
    /** Measured rows that are no designs of the space, and so were left out. */
    leftOut: z.int(),
    /** Measured rows whose value lies beyond its limits, and which so were left out; absent where there is none. */
    beyond: z.int().exactOptional(),
  })
  .readonly();
/**
 * What an earlier campaign measured, with its file read. Its designs have a value for each parameter of the space, though
 * numbers may lie outside the bounds.
 */
export type Source = z.infer<typeof readSourceSchema>;
