import { expect, it } from 'vitest';
import { fingerprintOf, fingerprints } from '../../../../models/encode/encoders/fingerprints.js';
import { loadMolecules } from '../../../../models/encode/molecules.js';
import { readMolecule } from '../../../../models/encode/read-molecule.js';

it('fingerprints are those of molecules, all spellings alike', async () => {
  const { fingerprint, encode } = await loadMolecules();
  const [one, two] = await fingerprints.encode(['OCC', 'C(O)C']);
  expect(one).toEqual(two);
  expect(one).toEqual(await fingerprint('CCO'));
  expect(one).toEqual((await encode('CCO')).fingerprint);
  const bits = await readMolecule('CCO', (molecule) => fingerprintOf(molecule, 'bit'));
  expect(bits.counts.every((count) => count === 1)).toBe(true);
});
