import { InvalidInputError } from '../../domain/errors.js';
import type { TokenizerSettings } from '../tokenizer-schema.js';
import type { Tokenizer } from './contract.js';
import { within } from './length.js';

type Settings = Extract<TokenizerSettings, { kind: 'smiles-regex+vocab' }>;

/**
 * Tokens that a regular expression finds, and their numbers by a list. What lies between two of them is one piece that the
 * vocabulary lacks.
 *
 * @param vocabulary - content of the list: a token a line
 * @throws {InvalidInputError} if the list has a token twice, or lacks a special one
 */
export function smilesTokenizer(settings: Settings, vocabulary: Uint8Array): Tokenizer {
  const numbers = readVocabulary(settings, vocabulary);
  const number = (token: string | undefined) => (token === undefined ? [] : [numbers.get(token)!]);
  const [before, after, unknownIds] = [number(settings.cls), number(settings.sep), number(settings.unknown)];
  const pattern = new RegExp(settings.pattern, 'g');
  return {
    pad: numbers.get(settings.pad)!,
    tokens: (text) => {
      const inner: number[] = [];
      const unknown: string[] = [];
      const lacks = (piece: string) => {
        if (unknownIds.length === 0)
          throw new InvalidInputError(`'${text}'`, [
            { path: '', message: `'${piece}' is not in the vocabulary`, remedy: 'the model takes no such text' },
          ]);
        unknown.push(piece);
        inner.push(...unknownIds);
      };
      let at = 0;
      for (const { 0: token, index } of text.matchAll(pattern)) {
        if (token === '') continue;
        if (index > at) lacks(text.slice(at, index));
        const id = numbers.get(token);
        if (id === undefined) lacks(token);
        else inner.push(id);
        at = index + token.length;
      }
      if (at < text.length) lacks(text.slice(at));
      const { ids, cut } = within(settings, text, { before, inner, after });
      return { ids, unknown, cut };
    },
  };
}

function readVocabulary(settings: Settings, bytes: Uint8Array): ReadonlyMap<string, number> {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const numbers = new Map(lines.map((token, i) => [token, i]));
  const twice = lines.find((token, i) => numbers.get(token) !== i);
  const { cls, sep, pad, mask, unknown } = settings;
  const lacking = [cls, sep, pad, mask, unknown].filter((token) => token !== undefined && !numbers.has(token));
  const faults = [
    ...(twice === undefined ? [] : [{ path: '', message: `'${twice}' stands in it twice`, remedy: 'each token once' }]),
    ...lacking.map((token) => ({
      path: '',
      message: `lacks '${token}'`,
      remedy: 'the special tokens of the manifest',
    })),
  ];
  if (faults.length > 0) throw new InvalidInputError(settings.vocab, faults);
  return numbers;
}
