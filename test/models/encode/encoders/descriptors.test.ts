import { expect, it } from 'vitest';
import { descriptorNames } from '../../../../models/encode/descriptors.js';
import { descriptors } from '../../../../models/encode/encoders/descriptors.js';
import { loadMolecules } from '../../../../models/encode/molecules.js';
import { stereoNames } from '../../../../models/encode/stereo.js';

it('descriptors are those of molecules, with those of stereo after them', async () => {
  const molecules = await loadMolecules();
  const [left, right] = await descriptors.encode(['C[C@H](N)C(=O)O', 'C[C@@H](N)C(=O)O']);
  expect(left).toEqual(await molecules.descriptors('C[C@H](N)C(=O)O'));
  expect(descriptors.width).toBe(descriptorNames.length + stereoNames.length);
  expect(left!.subarray(0, descriptorNames.length)).toEqual(right!.subarray(0, descriptorNames.length));
  expect(left).not.toEqual(right);
});
