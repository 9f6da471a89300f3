import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../../../models/domain/sha256.js';
import { openTextModel } from '../../../../models/pretrained/embed.js';
import { parseManifest } from '../../../../models/pretrained/read-manifest.js';
import { hfTokenizer } from '../../../../models/pretrained/tokenizers/hf-json.js';
import { tinyManifest, tinyNetwork } from '../../../support/tiny-encoder.js';

const special = (id: number, content: string) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

/** A byte pair tokenizer as the package `tokenizers` writes it: letters, of which c and o make one token. */
const file = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [special(0, '[PAD]'), special(1, '[CLS]'), special(2, '[SEP]'), special(3, '[UNK]')],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
    },
  },
  decoder: null,
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: '[UNK]',
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    vocab: { '[PAD]': 0, '[CLS]': 1, '[SEP]': 2, '[UNK]': 3, c: 4, o: 5, n: 6, co: 7 },
    merges: [['c', 'o']],
  },
};
const bytes = new TextEncoder().encode(JSON.stringify(file));
const settings = {
  kind: 'hf-json',
  file: 'tokenizer.json',
  pad: '[PAD]',
  unknown: '[UNK]',
  maxLength: 6,
  tooLong: 'refuse',
} as const;

describe('hfTokenizer', () => {
  it('reads texts as the file says', async () => {
    const tokenizer = await hfTokenizer(settings, bytes);
    expect(tokenizer.pad).toBe(0);
    expect(tokenizer.tokens('CO n')).toEqual({ ids: [1, 7, 6, 2], unknown: [], cut: 0 });
  });

  it('counts what the vocabulary lacks, and cuts or refuses what is too long, before what ends a text', async () => {
    const tokenizer = await hfTokenizer(settings, bytes);
    expect(tokenizer.tokens('cxo')).toMatchObject({ ids: [1, 4, 3, 5, 2], unknown: ['[UNK]'] });
    expect(() => tokenizer.tokens('c c c c c')).toThrow('has 7 tokens');
    const cutting = await hfTokenizer({ ...settings, tooLong: 'cut' }, bytes);
    expect(cutting.tokens('c n o c c')).toEqual({ ids: [1, 4, 6, 5, 4, 2], unknown: [], cut: 1 });
  });

  it('says what is wrong with a file', async () => {
    await expect(hfTokenizer(settings, new Uint8Array([123]))).rejects.toThrow('tokenizer.json: 1 fault');
    await expect(hfTokenizer({ ...settings, pad: '<pad>' }, bytes)).rejects.toThrow("lacks '<pad>'");
  });

  it('stands in a stored model', async () => {
    const network = tinyNetwork();
    const manifest = parseManifest(
      {
        ...tinyManifest(network, bytes),
        modality: 'text',
        tokenizer: settings,
        sha256: { 'model.onnx': sha256Of(network), 'tokenizer.json': sha256Of(bytes) },
      },
      'manifest.json',
    );
    const files = new Map([
      ['model.onnx', network],
      ['tokenizer.json', bytes],
    ]);
    // As it gets to a thread.
    const model = (await openTextModel(structuredClone({ manifest, files })))!;
    const { outputs } = await model.embed(['co', 'c o']);
    expect(outputs.pool1!.rows.slice(0, 6)).not.toEqual(outputs.pool1!.rows.slice(6));
  });
});
