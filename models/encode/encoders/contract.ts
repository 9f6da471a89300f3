import type { Reading } from '../../domain/space-codes.js';
import type { Fingerprint } from '../fingerprint.js';

/** What an encoder makes of a text, by kind: counts of features for a kernel of counts, or as many numbers for each text. */
export interface Codes {
  readonly counts: Fingerprint;
  readonly numbers: Float64Array;
}

/**
 * Texts of one kind as kernels read them, the same text always as the same code: what an encoder computes with is all in its
 * program, of which its version tells, and in the network that it was opened with, if any. A new encoder must pass `test/laws/encoder.ts`.
 * One without a network is one file with such an object and one line in `encoders.ts`; one with a network is a file with a function that opens it.
 */
export interface Encoder<Kind extends keyof Codes = keyof Codes> {
  readonly name: string;
  /** Grows when the program gives any text another code, so that nothing older is read from a cache. */
  readonly version: number;
  /** Of an encoder that computes with a stored network: the network's sha256, or what else tells it from any other. */
  readonly weights?: string;
  /** What a text is: see `textOfKey`. */
  readonly takes: Reading;
  readonly gives: Kind;
  /** Features that may be counted, or numbers of a code. */
  readonly width: number;
  /**
   * @returns a code for each text, in their order
   * @throws {AthanorError} if a text is nothing that it can encode; names it
   */
  encode(texts: readonly string[]): Promise<readonly Codes[Kind][]>;
}

/** An encoder with a stored network that was opened. */
export interface OpenEncoder extends Encoder<'numbers'> {
  readonly weights: string;
  /** Gives its memory back; it cannot be run any more. */
  release(): Promise<void>;
}

/** By what the codes of an encoder are known apart from those of any other. */
export function encoderKey({ name, version, weights }: Pick<Encoder, 'name' | 'version' | 'weights'>): string {
  return weights === undefined ? `${name}@${version}` : `${name}@${version}-${weights}`;
}
