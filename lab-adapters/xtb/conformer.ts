import { ConformerGenerator, ForceFieldMMFF94, Molecule, Resources } from 'openchemlib';
import type { Conformer, Geometry } from './geometry.js';
import { reasonOf } from './molecule.js';

/** Seed of the conformer generator. Fixed: a start geometry is a property of the molecule, not of a campaign. */
const seed = 42;

/**
 * Start geometry of a molecule: the first conformer of OpenChemLib, minimised with MMFF94s.
 *
 * The minimisation is not optional: from a raw conformer GFN-FF rewires some crowded molecules without a word.
 *
 * The generator keeps a memory of torsions in its process, and what it computed before can shift later coordinates by
 * 1e-5 Å or so. Where a geometry must be the same in every run, call this once in a fresh process (conformer-child.ts).
 * Takes 1 to 4 s of CPU time in a fresh process, and blocks.
 *
 * @param idcode - OpenChemLib's canonical code of one connected molecule; fixes the order of the atoms too
 */
export function startGeometry(idcode: string): Conformer {
  Resources.registerFromNodejs();
  const molecule = Molecule.fromIDCode(idcode);
  const conformer = new ConformerGenerator(seed).getOneConformerAsMolecule(molecule);
  if (conformer === null)
    return { failure: { code: 'noConformer', message: 'OpenChemLib finds no three-dimensional form of the molecule' } };
  try {
    new ForceFieldMMFF94(conformer, ForceFieldMMFF94.MMFF94S).minimise();
  } catch (error) {
    // Two atoms have nothing to rewire: GFN-FF finds their distance from any.
    if (conformer.getAllAtoms() > 2)
      return {
        failure: {
          code: 'noForceField',
          message: `the start geometry could not be made: MMFF94s cannot describe the molecule (${reasonOf(error)})`,
        },
      };
  }
  const atoms = Array.from({ length: conformer.getAllAtoms() }, (_, i) => i);
  const bonds = Array.from({ length: conformer.getAllBonds() }, (_, bond) => {
    const ends = [conformer.getBondAtom(0, bond), conformer.getBondAtom(1, bond)];
    return [Math.min(...ends), Math.max(...ends)] as const;
  });
  const geometry: Geometry = {
    idcode,
    elements: atoms.map((i) => conformer.getAtomLabel(i)),
    positions: atoms.map((i) => [
      rounded(conformer.getAtomX(i)),
      rounded(conformer.getAtomY(i)),
      rounded(conformer.getAtomZ(i)),
    ]),
    bonds: bonds.sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    charge: atoms.reduce((sum, i) => sum + conformer.getAtomCharge(i), 0),
  };
  return geometry.positions.flat().every(Number.isFinite)
    ? { geometry }
    : { failure: { code: 'noConformer', message: 'OpenChemLib gives coordinates that are not finite' } };
}

/** To 1e-6 Å, without a negative zero. */
function rounded(x: number): number {
  return Number(x.toFixed(6)) + 0;
}
