import { describe, expect, it } from 'vitest';
import { GuardedRdkit } from '../../../models/encode/rdkit.js';

describe('RDKit under guard', () => {
  it('is made anew after a crash of its module', async () => {
    const rdkit = new GuardedRdkit(['[OX2H]']);
    const first = await rdkit.load();
    // Beyond the bounds that protect the module, given to it directly: it runs out of stack.
    await expect(rdkit.use('CO', (_, { module }) => module.get_mol('C'.repeat(3000)))).rejects.toThrow(/fails at 'CO'/);
    expect(() => first.module.get_mol('CCO')?.get_smiles()).toThrow();
    expect(await rdkit.use('OCC', (molecule) => molecule.get_smiles())).toBe('CCO');
    expect(await rdkit.load()).not.toBe(first);
  });

  it('gives null for what is no molecule, and frees what it gave', async () => {
    const rdkit = new GuardedRdkit([]);
    expect(await rdkit.use('xyz', () => 1)).toBeNull();
    expect(await rdkit.use(' ', () => 1)).toBeNull();
    const kept = await rdkit.use('C', (molecule) => molecule);
    expect(() => kept!.get_smiles()).toThrow();
  });
});
