import { expect, it } from 'vitest';
import { sha256Of } from '../../../models/domain/sha256.js';
import { parseManifest } from '../../../models/pretrained/read-manifest.js';
import { checkModel } from '../../../scripts/models/check-model.js';
import { knownByHash, knownByName, knownModels } from '../../../scripts/models/known-models.js';
import { minimolWeights } from '../../support/minimol-weights.js';
import { tinyMinimol } from '../../support/tiny-minimol.js';

it('known models have manifests that are right, and are found by name and by hash', () => {
  for (const known of knownModels) {
    const { manifest } = known;
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)), 'known')).toEqual(manifest);
    expect(knownByName(manifest.id)).toBe(known);
    expect(knownByHash(Object.values(manifest.sha256)[0]!)).toBe(known);
  }
  expect([knownByName('nothing'), knownByHash('0'.repeat(64))]).toEqual([null, null]);
});

const { manifest } = knownByName('minimol')!;

it('a network of graphs with other weights is told from MiniMol by its golden values', async () => {
  const network = tinyMinimol(1);
  const other = { ...manifest, sha256: { 'minimol_v1.onnx': sha256Of(network) } };
  const { differences } = await checkModel({ manifest: other, files: new Map([['minimol_v1.onnx', network]]) });
  expect(differences).toHaveLength(3);
  expect(differences[0]).toMatch(/^fingerprint of 'CCCCC#N' is /);
});

const weights = minimolWeights();
it.skipIf(weights === null)('MiniMol gives its golden values', async () => {
  const files = new Map([['minimol_v1.onnx', weights!]]);
  expect(await checkModel({ manifest, files })).toEqual({
    differences: [],
    looked: 'hashes, inputs and outputs, 3 golden inputs',
  });
});
