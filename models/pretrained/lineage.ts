import { z } from 'zod';
import { sha256Pattern } from '../domain/artefact.js';

const words = z.string().min(1).max(10_000);
const hash = z.string().regex(sha256Pattern, '64 hexadecimal digits');

/** What is allowed where a manifest tells how a model was fine-tuned. */
export const lineageSchema = z.strictObject({
  /** By what the work is known: model, labels, settings and program. */
  job: hash,
  /** `ID@VERSION` of the model that it began with, and its identity. */
  parent: words,
  parentIdentity: hash,
  campaign: words,
  /** sha256 over molecules, levels and values. */
  dataHash: hash,
  /** Which substance of the designs. */
  on: words,
  /** How many values of each level were learned from. */
  labels: z.record(z.string(), z.int()),
  molecules: z.int(),
  /** Molecules that the model does not take. */
  refused: z.int(),
  output: words,
  seed: z.int(),
  settings: z.record(z.string(), z.json()),
  /** Steps that were run, and after which the weights are those that were kept; null where no molecules were held out. */
  steps: z.int(),
  best: z.strictObject({ step: z.int(), error: z.number() }).nullable(),
  /** Largest difference of the file from what was learned. */
  difference: z.number(),
  trigger: words,
  /** Who started it. */
  who: words,
  /** When it was judged, ISO 8601. */
  at: words,
  /** Log scores of values that were left out, under both versions; null where nothing could be compared. */
  judged: z
    .strictObject({
      against: words,
      folds: z.int(),
      molecules: z.int(),
      values: z.int(),
      inUse: z.number(),
      tuned: z.number(),
      /** Of the network with random weights, and without codes; absent of versions from before that was looked at. */
      random: z.number().optional(),
      classical: z.number().optional(),
      /** Why there is no figure of one of these. */
      absent: z.record(z.string(), words).optional(),
      gain: z.number(),
      error: z.number(),
      /** Of the last trials, each foretold from those before it; absent of versions from before that was looked at. */
      prequential: z
        .strictObject({
          molecules: z.int(),
          values: z.int(),
          inUse: z.number(),
          tuned: z.number(),
          gain: z.number(),
          error: z.number(),
        })
        .optional(),
    })
    .nullable(),
  verdict: z.enum(['promoted', 'rejected']),
  reason: words,
});

/** How a model was fine-tuned from another, how it was judged, and what became of it. Plain JSON; no part of its identity. */
export type Lineage = Readonly<z.infer<typeof lineageSchema>>;
