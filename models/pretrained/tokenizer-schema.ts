import { z } from 'zod';

const file = z.string().min(1).max(100);
const token = z.string().min(1).max(200);

/** What becomes of a text with more tokens than a model takes: refused, or cut and counted. */
const limits = {
  maxLength: z.int().min(1).max(1_000_000),
  tooLong: z.enum(['refuse', 'cut']).default('refuse'),
};

/** How a text becomes the numbers that a network reads. */
export const tokenizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('smiles-regex+vocab'),
    /** A token a line; its number is the line, from 0. */
    vocab: file,
    /** Regular expression of one token. */
    pattern: z.string().min(1).max(10_000).refine(isPattern, 'a regular expression of JavaScript'),
    /** Before the text, and after it. */
    cls: token.optional(),
    sep: token.optional(),
    pad: token,
    mask: token.optional(),
    /** In place of what the vocabulary lacks, which is counted; where absent, such a text is refused. */
    unknown: token.optional(),
    ...limits,
  }),
  z.strictObject({
    kind: z.literal('hf-json'),
    /** `tokenizer.json` of the package `tokenizers`. */
    file: file.default('tokenizer.json'),
    pad: token,
    /** The token that stands for what the vocabulary lacks, which is counted. */
    unknown: token.optional(),
    ...limits,
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

/** One kind of tokenizer with its settings. */
export type TokenizerSettings = z.infer<typeof tokenizerSchema>;

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'g');
    return true;
  } catch {
    return false;
  }
}
