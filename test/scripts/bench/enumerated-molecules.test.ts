import { describe, expect, it } from 'vitest';
import { unfitness } from '../../../lab-adapters/xtb/bonds.js';
import { readMolecule as readGraph } from '../../../lab-adapters/xtb/molecule.js';
import { readMolecule } from '../../../models/encode/read-molecule.js';
import { drawnGeometry } from '../../../scripts/bench/drawn-geometry.js';
import { enumeratedMolecules } from '../../../scripts/bench/enumerated-molecules.js';

describe('enumerated molecules', () => {
  it('are canonical, distinct, and the first of more by the same seed', async () => {
    const some = await enumeratedMolecules(40, 1);
    for (const smiles of some) expect(await readMolecule(smiles, (one) => one.get_smiles())).toBe(smiles);
    expect(new Set(some).size).toBe(40);
    expect((await enumeratedMolecules(60, 1)).slice(0, 40)).toEqual(some);
    expect(await enumeratedMolecules(40, 2)).not.toEqual(some);
  }, 120_000);

  it('have start geometries with the bonds of their SMILES, the same each time', async () => {
    for (const smiles of [...(await enumeratedMolecules(20, 3)), 'CC(F)(F)F', 'CS(C)(=O)=O']) {
      const read = await readGraph(smiles);
      if (!('graph' in read)) throw new Error(read.refusal);
      const geometry = drawnGeometry(read.graph)!;
      expect(unfitness(geometry, read.graph.bonds), smiles).toBeNull();
      expect(drawnGeometry(read.graph)).toEqual(geometry);
      // Not left in the plane: the fluorines of a CF3 group, for one, are not all in it.
      if (smiles.includes('C(F)(F)F'))
        expect(Math.max(...geometry.positions.map(([, , z]) => Math.abs(z)))).toBeGreaterThan(0.5);
    }
  });
});
