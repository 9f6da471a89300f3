import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InvalidInputError } from '../../../models/domain/errors.js';
import { outputOf } from '../../../models/pretrained/outputs.js';
import { portsOf } from '../../../models/pretrained/ports.js';
import { parseManifest } from '../../../models/pretrained/read-manifest.js';
import { tinyBundle, tinyManifest } from '../../support/tiny-encoder.js';

const bytes = new Uint8Array([1, 2, 3]);
const sound = tinyManifest(bytes, bytes);

function faultsOf(given: unknown): string[] {
  try {
    parseManifest(given, 'manifest.json');
    return [];
  } catch (error) {
    return (error as InvalidInputError).faults.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('parseManifest', () => {
  it('takes a manifest that is right, and gives what it can be read from again', () => {
    const manifest = parseManifest(sound, 'manifest.json');
    expect(manifest).toMatchObject({ id: 'tiny', tokenizer: { tooLong: 'refuse' } });
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)), 'again')).toEqual(manifest);
  });

  it('names every fault of its entries at once', () => {
    const { licence: _, ...rest } = sound;
    const found = faultsOf({
      ...rest,
      id: '../up',
      modality: 'smell',
      colour: 'red',
      inputs: { input_ids: 'int64' },
      sha256: { 'model.onnx': 'abc', '/etc/passwd': 'a'.repeat(64) },
      tokenizer: { ...sound.tokenizer, pattern: '(', maxLength: 0 },
    });
    for (const path of ['licence', 'id', 'modality', 'colour', 'inputs.input_ids', 'sha256.model.onnx'])
      expect(found.some((fault) => fault.startsWith(`${path}:`))).toBe(true);
    expect(found).toContain('licence: missing');
    expect(found.join()).toMatch(/tokenizer\.pattern/);
    expect(found.join()).toMatch(/tokenizer\.maxLength/);
    expect(found.join()).toMatch(/passwd/);
  });

  it('says of anything at all what is wrong with it', () => {
    const entry = fc.constantFrom(...Object.keys(sound), 'golden', 'inputRoles', 'model', 'encoder');
    fc.assert(
      fc.property(entry, fc.jsonValue(), (key, value) => {
        try {
          parseManifest({ ...sound, [key]: value }, 'manifest.json');
        } catch (error) {
          expect(error).toMatchObject({
            code: 'INVALID_INPUT',
            faults: [{}, ...(error as InvalidInputError).faults.slice(1)],
          });
        }
        expect(() => parseManifest(value, 'manifest.json')).toThrow('manifest.json: ');
      }),
      { seed: 17, numRuns: 300 },
    );
  });

  it('names what does not fit together', () => {
    const found = faultsOf({
      ...sound,
      model: 'other.onnx',
      inputs: { input_ids: 'int64 [batch, tokens]', attention_mask: 'bool [batch]', extra: 'int64 [batch, tokens]' },
      inputRoles: { nothing: 'mask' },
      recommendedOutput: 'pool7',
      golden: {
        tolerance: 1e-4,
        vectors: [{ smiles: 'CC', tokenIds: [1], pool9First8: [1], last_hidden_stateFirst8: [1] }],
      },
    });
    expect(found).toEqual([
      "model: 'other.onnx' has no hash",
      'inputs.attention_mask: is bool',
      'inputs.attention_mask: has 1 axes',
      'inputs.extra: it is not known what it is for',
      'inputRoles.nothing: there is no such input',
      "recommendedOutput: no output 'pool7'",
      "golden.vectors[0].pool9First8: no output 'pool9'",
      expect.stringContaining('say how its tokens are pooled'),
    ]);
    expect(faultsOf({ ...sound, modality: 'vector' })).toEqual([
      "tokenizer.kind: 'smiles-regex+vocab' of a model that takes vector",
    ]);
    expect(faultsOf({ ...sound, encoder: 'minimol' })).toEqual(["encoder: 'minimol' of a model that takes smiles"]);
    expect(faultsOf({ ...sound, golden: { tolerance: 0, vectors: [{ tokenIds: [1] }] } })).toHaveLength(2);
  });
});

describe('portsOf', () => {
  it('reads types and shapes, and each output of a range by itself', () => {
    expect(portsOf({ 'pool0..pool2': 'float32 [batch, 256], masked mean', x: 'float64 []' })).toEqual([
      { name: 'pool0', type: 'float32', shape: ['batch', 256] },
      { name: 'pool1', type: 'float32', shape: ['batch', 256] },
      { name: 'pool2', type: 'float32', shape: ['batch', 256] },
      { name: 'x', type: 'float64', shape: [] },
    ]);
    expect(portsOf({ 'a9..a1': 'float32 [2]', 'a1..b2': 'float32 [2]' }).map(({ name }) => name)).toEqual([
      'a9..a1',
      'a1..b2',
    ]);
  });
});

describe('outputOf', () => {
  const { manifest } = tinyBundle();

  it('takes an output that gives rows as it is, and one of tokens with its pooling', () => {
    expect(outputOf(manifest, 'pool0')).toMatchObject({ pooling: null, width: 6 });
    expect(outputOf(manifest, 'last_hidden_state:cls')).toMatchObject({ pooling: 'cls', width: 6 });
    expect(outputOf({ ...manifest, pooling: 'mean' }, 'last_hidden_state')).toMatchObject({ pooling: 'mean' });
  });

  it('names what there is where an output cannot be had', () => {
    for (const [asked, said] of [
      ['pool3', "no output 'pool3'"],
      ['last_hidden_state', 'last_hidden_state:mean'],
      ['pool0:cls', 'no tokens to be pooled'],
    ])
      expect(() => outputOf(manifest, asked!)).toThrow(said);
  });
});
