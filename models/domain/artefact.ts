/** Bytes that are kept apart from what speaks of them, by what they are and the sha256 over them. */
export interface ArtefactRef {
  /** What they are to who uses them, e.g. `surrogate deep-ensemble`. */
  readonly name: string;
  /** In 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Finds the bytes of a sha256; whoever holds them need not have looked whether they are still those.
 *
 * @throws {AthanorError} ARTEFACT if there are none
 */
export type ArtefactSource = (sha256: string) => Promise<Uint8Array>;

/** A sha256 as it is written. */
export const sha256Pattern = /^[0-9a-f]{64}$/;
