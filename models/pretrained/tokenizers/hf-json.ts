import { InvalidInputError } from '../../domain/errors.js';
import type { TokenizerSettings } from '../tokenizer-schema.js';
import type { Tokenizer } from './contract.js';
import { within } from './length.js';

type Settings = Extract<TokenizerSettings, { kind: 'hf-json' }>;

/**
 * The tokenizer in a `tokenizer.json`. What the file itself says of cutting and filling up is not done; the manifest says it.
 *
 * @throws {InvalidInputError} if it is no such file, or lacks a special token
 */
export async function hfTokenizer(settings: Settings, bytes: Uint8Array): Promise<Tokenizer> {
  const { Tokenizer: Reader } = await import('@huggingface/tokenizers');
  const refuse = (message: string, remedy: string) =>
    new InvalidInputError(settings.file, [{ path: '', message, remedy }]);
  let reader: InstanceType<typeof Reader>;
  try {
    reader = new Reader(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as object, {});
  } catch (cause) {
    throw refuse(`cannot be read: ${(cause as Error).message}`, 'a tokenizer.json as the package tokenizers writes it');
  }
  const number = (token: string) => {
    const id = reader.token_to_id(token);
    if (id === undefined) throw refuse(`lacks '${token}'`, 'the special tokens of the manifest');
    return id;
  };
  const pad = number(settings.pad);
  const unknownId = settings.unknown === undefined ? null : number(settings.unknown);
  return {
    pad,
    tokens: (text) => {
      const { ids: whole, tokens } = reader.encode(text);
      const inner: readonly number[] = reader.encode(text, { add_special_tokens: false }).ids;
      const from = startOf(whole, inner);
      const parts = { before: whole.slice(0, from), inner, after: whole.slice(from + inner.length) };
      const { ids, cut } = within(settings, text, parts);
      // The package gives what is unknown as the token for it, so that the piece itself is not to be had.
      const unknown = inner.flatMap((id, i) => (id === unknownId ? [tokens[from + i]!] : []));
      return { ids, unknown, cut };
    },
  };
}

/** Where the tokens of the text itself begin among all. */
function startOf(whole: readonly number[], inner: readonly number[]): number {
  const last = whole.length - inner.length;
  for (let from = 0; from < last; from++) if (inner.every((id, i) => whole[from + i] === id)) return from;
  return Math.max(0, last);
}
