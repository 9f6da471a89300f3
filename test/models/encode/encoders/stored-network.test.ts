import { expect, it } from 'vitest';
import { encoderKey } from '../../../../models/encode/encoders/contract.js';
import { openMoleculeNetwork } from '../../../../models/encode/encoders/stored-network.js';
import { describeEncoderLaws } from '../../../laws/encoder.js';
import { realModel } from '../../../support/models-folder.js';
import { tinyBundle, tinyWidth } from '../../../support/tiny-encoder.js';
import { tinyGraphBundle } from '../../../support/tiny-minimol.js';

const cases = {
  texts: ['CCO', 'c1ccccc1', 'CC(=O)N', 'C=O', 'C'],
  unknown: ['nonsense', 'C1CC', 'C(C)(C)(C)(C)C'],
};
const tiny = (await openMoleculeNetwork(tinyBundle()))!;
const real = realModel('rxnmapper-albert');
const albert = real === null ? null : (await openMoleculeNetwork(real))!;

describeEncoderLaws(tiny, cases);
if (albert !== null) describeEncoderLaws(albert, cases);

it('gives all spellings of a molecule the same bits', async () => {
  const [a, b] = await tiny.encode(['OCC', 'CCO']);
  expect(b).toEqual(a);
  expect(a).toHaveLength(tinyWidth);
});

it('is known by network and output', async () => {
  const others = [await openMoleculeNetwork(tinyBundle(), 'pool0'), await openMoleculeNetwork(tinyBundle({ seed: 2 }))];
  const keys = [tiny, ...others.map((one) => one!)].map((one) => encoderKey(one));
  expect(new Set(keys).size).toBe(3);
  expect(encoderKey((await openMoleculeNetwork(tinyBundle()))!)).toBe(keys[0]);
});

it('opens a model of graphs as MiniMol', async () => {
  const encoder = (await openMoleculeNetwork(tinyGraphBundle(1)))!;
  expect([encoder.name, encoder.width]).toEqual(['minimol', 512]);
  await encoder.release();
});

it('what takes no molecules, has no such output, or was changed is refused', async () => {
  await expect(openMoleculeNetwork(tinyBundle({}, { modality: 'text' }))).rejects.toThrow('takes text, no molecules');
  await expect(openMoleculeNetwork(tinyBundle(), 'pool9')).rejects.toMatchObject({ code: 'CONTRACT' });
  const { manifest, files } = tinyGraphBundle(1);
  const changed = { manifest, files: new Map([...files].map(([name]) => [name, new Uint8Array(3)] as const)) };
  await expect(openMoleculeNetwork(changed)).rejects.toMatchObject({ code: 'DAMAGED' });
});
