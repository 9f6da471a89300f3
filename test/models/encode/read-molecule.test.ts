import { expect, it } from 'vitest';
import { readMolecule } from '../../../models/encode/read-molecule.js';

it('gives what is made of a molecule, and names a text that is none', async () => {
  expect(await readMolecule('OCC', (molecule) => molecule.get_smiles())).toBe('CCO');
  await expect(readMolecule('nonsense', () => 1)).rejects.toThrow("'nonsense' is not a molecule that RDKit can read");
  await expect(readMolecule('', () => 1)).rejects.toMatchObject({ code: 'SMILES' });
});
