import { expect, it } from 'vitest';
import { moleculeGraph } from '../../../../models/encode/graph/molecule-graph.js';
import { readMolecule } from '../../../../models/encode/read-molecule.js';

const graphOf = (smiles: string) => readMolecule(smiles, (molecule) => moleculeGraph(molecule.get_json()));

it('atoms have what RDKit says of them', async () => {
  const { atoms, bondsOf } = await graphOf('[CH2]c1cc[nH]c1.[O-]S');
  expect(atoms[0]).toEqual({ element: 6, hydrogens: 2, charge: 0, radicals: 1, aromatic: false, ring: false });
  expect(atoms[4]).toEqual({ element: 7, hydrogens: 1, charge: 0, radicals: 0, aromatic: true, ring: true });
  expect(atoms[6]).toEqual({ element: 8, hydrogens: 0, charge: -1, radicals: 0, aromatic: false, ring: false });
  expect(bondsOf[1]!.length).toBe(3);
});

it('bonds have order, ring and stereo', async () => {
  const { bonds } = await graphOf('F/C=C/C=C\\C1CC1C#N');
  expect(bonds.map(({ order }) => order)).toEqual([1, 2, 1, 2, 1, 1, 1, 1, 3, 1]);
  expect(bonds.map(({ stereo }) => stereo).filter((stereo) => stereo !== 'none')).toEqual(['E', 'Z']);
  expect(bonds.filter(({ ring }) => ring).length).toBe(3);
  const ring = await graphOf('c1ccccc1-c1ccccc1');
  expect(ring.bonds.filter(({ order }) => order === 'aromatic').length).toBe(12);
  // Joins two rings and is in neither.
  expect(ring.bonds.filter((bond) => !bond.ring).map(({ order }) => order)).toEqual([1]);
  expect((await graphOf('FC=CF')).bonds[1]).toMatchObject({ order: 2, stereo: 'none' });
});
