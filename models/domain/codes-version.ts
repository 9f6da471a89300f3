import { z } from 'zod';
import { sha256Pattern } from './artefact.js';

const hash = z.string().regex(sha256Pattern);

/** What the schema of a version of codes accepts. */
export const codesVersionSchema = z
  .strictObject({
    /** Which of the space's codes it takes the place of, from 0. */
    at: z.int().min(0),
    /** ID@VERSION of the model. */
    encoder: z.string().min(1),
    output: z.string().min(1),
    /** sha256 of the model. */
    identity: hash,
    /** sha256 of the codes that it gave of the molecules of the space, as JSON. */
    artefact: hash,
  })
  .readonly();
/** Another version of an encoder, which is used in the place of the one whose codes the space of a campaign holds. */
export type CodesVersion = z.infer<typeof codesVersionSchema>;
