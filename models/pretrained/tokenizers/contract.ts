/** A text as the numbers that a network reads. */
export interface Tokens {
  readonly ids: readonly number[];
  /** What of the text the vocabulary lacks, piece by piece. */
  readonly unknown: readonly string[];
  /** Tokens that were left out at its end, as it is longer than the model takes. */
  readonly cut: number;
}

/** Makes texts into tokens. A new kind is one file, one schema in `tokenizer-schema.ts` and one line in `tokenizers.ts`. */
export interface Tokenizer {
  /** Number of the token that fills up shorter texts. */
  readonly pad: number;
  /** @throws {AthanorError} INVALID_INPUT if the text is longer than the model takes, or has what it does not know, where these are refused */
  tokens(text: string): Tokens;
}
