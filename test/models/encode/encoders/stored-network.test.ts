import { expect, it } from 'vitest';
import { encoderKey } from '../../../../models/encode/encoders/contract.js';
import { openNetwork } from '../../../../models/encode/encoders/stored-network.js';
import { describeEncoderLaws } from '../../../laws/encoder.js';
import { realModel } from '../../../support/models-folder.js';
import { tinyBundle, tinyWidth } from '../../../support/tiny-encoder.js';
import { tinyGraphBundle } from '../../../support/tiny-minimol.js';

const cases = {
  texts: ['CCO', 'c1ccccc1', 'CC(=O)N', 'C=O', 'C'],
  unknown: ['nonsense', 'C1CC', 'C(C)(C)(C)(C)C'],
};
const tiny = (await openNetwork(tinyBundle(), 'molecules'))!;
const real = realModel('rxnmapper-albert');
const albert = real === null ? null : (await openNetwork(real, 'molecules'))!;

describeEncoderLaws(tiny, cases);
if (albert !== null) describeEncoderLaws(albert, cases);
const reactions = real === null ? null : (await openNetwork(real, 'reactions'))!;
if (reactions !== null)
  describeEncoderLaws(reactions, { texts: ['CCO.CC(=O)O>>CCOC(C)=O', 'CC(=O)O.CCO>>CCOC(C)=O', 'CCO>>'], unknown: [] });

it('gives all spellings of a molecule the same bits', async () => {
  const [a, b] = await tiny.encode(['OCC', 'CCO']);
  expect(b).toEqual(a);
  expect(a).toHaveLength(tinyWidth);
});

it('is known by network and output', async () => {
  const others = [
    await openNetwork(tinyBundle(), 'molecules', 'pool0'),
    await openNetwork(tinyBundle({ seed: 2 }), 'molecules'),
  ];
  const keys = [tiny, ...others.map((one) => one!)].map((one) => encoderKey(one));
  expect(new Set(keys).size).toBe(3);
  expect(encoderKey((await openNetwork(tinyBundle(), 'molecules'))!)).toBe(keys[0]);
});

it('opens a model of graphs as MiniMol', async () => {
  const encoder = (await openNetwork(tinyGraphBundle(1), 'molecules'))!;
  expect([encoder.name, encoder.width]).toEqual(['minimol', 512]);
  await encoder.release();
});

it('what takes no molecules, has no such output, or was changed is refused', async () => {
  await expect(openNetwork(tinyBundle({}, { modality: 'text' }), 'molecules')).rejects.toThrow(
    'takes text, no molecules',
  );
  await expect(openNetwork(tinyBundle(), 'molecules', 'pool9')).rejects.toMatchObject({ code: 'CONTRACT' });
  const { manifest, files } = tinyGraphBundle(1);
  const changed = { manifest, files: new Map([...files].map(([name]) => [name, new Uint8Array(3)] as const)) };
  await expect(openNetwork(changed, 'molecules')).rejects.toMatchObject({ code: 'DAMAGED' });
});
