import { z } from 'zod';

/** A sha256 as it is written. */
export const sha256Pattern = /^[0-9a-f]{64}$/;

/** What the schema of a reference accepts. */
export const artefactRefSchema = z.strictObject({
  /** What they are to who uses them, e.g. `surrogate deep-ensemble`. */
  name: z.string(),
  /** In 64 hexadecimal digits. */
  sha256: z.string().regex(sha256Pattern),
});
/** Bytes that are kept apart from what speaks of them, by what they are and the sha256 over them. */
export type ArtefactRef = Readonly<z.infer<typeof artefactRefSchema>>;

/**
 * Finds the bytes of a sha256; whoever holds them need not have looked whether they are still those.
 *
 * @throws {AthanorError} ARTEFACT if there are none
 */
export type ArtefactSource = (sha256: string) => Promise<Uint8Array>;
