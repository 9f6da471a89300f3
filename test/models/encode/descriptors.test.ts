import { describe, expect, it } from 'vitest';
import { descriptorNames, descriptorVector, fragments } from '../../../models/encode/descriptors.js';
import { loadMolecules } from '../../../models/encode/molecules.js';
import { stereoNames } from '../../../models/encode/stereo.js';

describe('descriptors', async () => {
  const molecules = await loadMolecules();
  /** Entries as they were before the logarithm. */
  const of = async (smiles: string) => {
    const vector = await molecules.descriptors(smiles);
    return (name: string) => {
      const value = vector[descriptorNames.indexOf(name)]!;
      return Math.sign(value) * Math.expm1(Math.abs(value));
    };
  };

  it('have names of their own', async () => {
    expect(new Set(descriptorNames).size).toBe(descriptorNames.length);
    expect(await molecules.descriptors('CCO')).toHaveLength(descriptorNames.length + stereoNames.length);
  });

  it('count atoms, hydrogens, bonds, rings and groups of aspirin', async () => {
    const aspirin = await of('CC(=O)Oc1ccccc1C(=O)O');
    const counts: Record<string, number> = {
      NumHeavyAtoms: 13,
      NumHBD: 1,
      tpsa: 63.6,
      atomsC: 9,
      atomsO: 4,
      atomsN: 0,
      atomsOther: 0,
      charges: 0,
      hydrogens: 8,
      hydrogensOnHeteroatoms: 1,
      singleBonds: 5,
      doubleBonds: 2,
      tripleBonds: 0,
      aromaticBonds: 6,
      rings6: 1,
      acid: 1,
      ester: 1,
      alcohol: 0,
      methyl: 1,
    };
    for (const [name, count] of Object.entries(counts)) expect(aspirin(name), name).toBeCloseTo(count, 9);
  });

  it('count ions, other elements and large rings', async () => {
    const salt = await of('[Na+].[Cl-]');
    expect([salt('charges'), salt('atomsCl'), salt('atomsOther')].map(Math.round)).toEqual([2, 1, 1]);
    expect((await of('C1CCCCCCCC1'))('rings7OrMore')).toBeCloseTo(1, 9);
    expect((await of('[H][H]'))('hydrogens')).toBeCloseTo(2, 9);
  });

  it.each(['C', '[H][H]', '[He]', '[Na+].[Cl-]', '*', '[Fe]', 'O'])('are finite for %s', async (smiles) => {
    expect((await molecules.descriptors(smiles)).every(Number.isFinite)).toBe(true);
  });

  it('do not depend on how the SMILES is written', async () => {
    const [a, b] = await Promise.all(
      ['OC(=O)c1ccccc1OC(C)=O', 'CC(=O)Oc1ccccc1C(=O)O'].map((smiles) => molecules.descriptors(smiles)),
    );
    a!.forEach((value, i) => {
      expect(value, descriptorNames[i]).toBeCloseTo(b![i]!, 9);
    });
  });

  it.each(Object.keys(fragments))('know a molecule with and one without the group %s', async (name) => {
    const all = ['CO', 'Oc1ccccc1', 'CC(=O)O', 'CC(=O)OC', 'COC', 'CC=O', 'CC(C)=O', 'CC(=O)N', 'CN', 'CNC', 'CN(C)C'];
    all.push('Nc1ccccc1', 'CC#N', 'CN(=O)=O', 'CS', 'CSC', 'CS(=O)(=O)C', 'c1ccncc1', 'c1cc[nH]c1', 'Clc1ccccc1');
    all.push('CCl', 'C=C', 'C#C', 'CP(C)(C)=O', 'CC(C)(C)C', 'ClCCl', 'OCCO', 'CCC', 'O');
    const counts = await Promise.all(all.map(async (smiles) => Math.round((await of(smiles))(name))));
    expect(counts.some((count) => count > 0)).toBe(true);
    expect(counts.some((count) => count === 0)).toBe(true);
  });

  it('take what is not finite as 0', async () => {
    const json = '{"defaults":{"atom":{"z":6,"impHs":0,"chg":0},"bond":{"bo":1}},"molecules":[{"atoms":[{}]}]}';
    const vector = descriptorVector('{"amw": 12.0,"kappa2":nan, "Phi":-inf}', json, []);
    expect(vector[descriptorNames.indexOf('amw')]).toBe(Math.log1p(12));
    expect([vector[descriptorNames.indexOf('kappa2')], vector[descriptorNames.indexOf('Phi')]]).toEqual([0, 0]);
  });
});
