import { describe, expect, it } from 'vitest';
import { checkFiles, modelIdentity } from '../../../models/pretrained/bundle.js';
import { tinyBundle } from '../../support/tiny-encoder.js';

describe('modelIdentity', () => {
  it('is another where anything that changes the numbers is another, and else the same', () => {
    const { manifest } = tinyBundle();
    const own = modelIdentity(manifest);
    expect(own).toMatch(/^[0-9a-f]{64}$/);
    expect(modelIdentity({ ...manifest, title: 'Tiny', id: 'other', model: 'model.onnx' })).toBe(own);
    expect(modelIdentity(JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(manifest).reverse()))))).toBe(own);
    expect(modelIdentity(tinyBundle({ seed: 2 }).manifest)).not.toBe(own);
    expect(modelIdentity({ ...manifest, pooling: 'cls' })).not.toBe(own);
    expect(modelIdentity({ ...manifest, tokenizer: { ...manifest.tokenizer, cls: 'C' } as never })).not.toBe(own);
  });
});

describe('checkFiles', () => {
  it('names every file that is missing or changed', () => {
    const { manifest, files } = tinyBundle();
    expect(() => checkFiles({ manifest, files })).not.toThrow();
    const changed = new Map([['model.onnx', new Uint8Array([...files.get('model.onnx')!, 0])]]);
    expect(() => checkFiles({ manifest, files: changed })).toThrow(/model\.onnx has sha256 .*vocab\.txt is missing/);
  });
});
