import { describe, expect, it } from 'vitest';
import { smilesTokenizer } from '../../../../models/pretrained/tokenizers/smiles-vocabulary.js';
import { tinyPattern, tinyVocabulary } from '../../../support/tiny-encoder.js';

const settings = {
  kind: 'smiles-regex+vocab',
  vocab: 'vocab.txt',
  pattern: tinyPattern,
  cls: '[CLS]',
  sep: '[SEP]',
  pad: '[PAD]',
  maxLength: 8,
  tooLong: 'refuse',
} as const;
const bytes = (lines: readonly string[], end = '\n') =>
  new TextEncoder().encode(lines.map((l) => `${l}${end}`).join(''));

describe('smilesTokenizer', () => {
  it('finds tokens by the pattern, between those that begin and end a text', () => {
    const tokenizer = smilesTokenizer(settings, bytes(tinyVocabulary, '\r\n'));
    expect(tokenizer).toMatchObject({ pad: 0 });
    expect(tokenizer.tokens('CC(=O)')).toEqual({ ids: [1, 4, 4, 8, 10, 7, 9, 2], unknown: [], cut: 0 });
  });

  it('takes what it lacks as unknown, piece by piece, where the manifest has a token for that', () => {
    const tokenizer = smilesTokenizer({ ...settings, unknown: '[UNK]' }, bytes(tinyVocabulary));
    expect(tokenizer.tokens('ClC[Fe]C??')).toEqual({
      ids: [1, 3, 4, 3, 4, 3, 2],
      unknown: ['Cl', '[Fe]', '??'],
      cut: 0,
    });
  });

  it('refuses what it lacks, what is empty and what is too long else', () => {
    const tokenizer = smilesTokenizer(settings, bytes(tinyVocabulary));
    expect(() => tokenizer.tokens('C[Fe]')).toThrow("'[Fe]' is not in the vocabulary");
    expect(() => tokenizer.tokens('CCCCCCC')).toThrow('has 9 tokens');
    const bare = { ...settings, cls: undefined, sep: undefined };
    expect(() => smilesTokenizer(bare, bytes(tinyVocabulary)).tokens('')).toThrow('has no tokens');
  });

  it('refuses a vocabulary with a token twice or without a special one', () => {
    expect(() => smilesTokenizer(settings, bytes([...tinyVocabulary, 'C']))).toThrow("'C' stands in it twice");
    expect(() => smilesTokenizer(settings, bytes(['C', '[PAD]', '[CLS]']))).toThrow("lacks '[SEP]'");
  });
});
