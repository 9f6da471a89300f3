import { z } from 'zod';

const words = z.string().min(1);

/** What is allowed of an act on the versions of a model. */
export const versionActSchema = z.strictObject({
  /** ISO 8601, UTC, to the millisecond. */
  at: z.iso.datetime({ precision: 3 }),
  act: z.enum(['promoted', 'rejected', 'rolled-back']),
  /** `ID@VERSION` that it is about: after `promoted` and `rolled-back` it is the one in use. */
  version: words,
  /** That which was in use before. */
  before: words,
  /** Who did it, or by what it came about. */
  who: words,
  why: words,
});

/** What was done with the versions of a model. Plain JSON. */
export type VersionAct = Readonly<z.infer<typeof versionActSchema>>;
