import { ForceFieldMMFF94, Molecule, Resources } from 'openchemlib';
import type { Geometry } from '../../lab-adapters/xtb/geometry.js';
import type { Graph } from '../../lab-adapters/xtb/molecule.js';
import { Generator } from '../../models/random/generator.js';

/** Drawn bonds are about 1 long; atoms are lifted out of the plane by up to so much, Å, so that what is not flat finds out. */
const [bond, lift] = [1.4, 0.3] as const;

/**
 * Start geometry of a molecule without a search of conformers: as it is drawn, lifted a little at random by its own code, and minimised with MMFF94s.
 * Of flat molecules that is nearly always the form that a search finds, up to how single bonds are turned, at a fifteenth of the time.
 *
 * @returns null where the force field cannot describe it
 */
export function drawnGeometry(graph: Graph): Geometry | null {
  Resources.registerFromNodejs();
  const molecule = Molecule.fromIDCode(graph.idcode, true);
  molecule.addImplicitHydrogens();
  molecule.ensureHelperArrays(Molecule.cHelperNeighbours);
  const random = new Generator(1, `geometry ${graph.idcode}`);
  const atoms = [...graph.elements.keys()];
  for (const i of atoms) {
    molecule.setAtomX(i, bond * molecule.getAtomX(i));
    molecule.setAtomY(i, bond * molecule.getAtomY(i));
    molecule.setAtomZ(i, lift * (2 * random.uniform() - 1));
  }
  try {
    new ForceFieldMMFF94(molecule, ForceFieldMMFF94.MMFF94S).minimise();
  } catch {
    return null;
  }
  const positions = atoms.map(
    (i) =>
      [molecule.getAtomX(i), molecule.getAtomY(i), molecule.getAtomZ(i)].map((x) => Number(x.toFixed(6)) + 0) as [
        number,
        number,
        number,
      ],
  );
  if (!positions.flat().every(Number.isFinite)) return null;
  return { idcode: graph.idcode, elements: graph.elements, positions, bonds: graph.bonds, charge: graph.charge };
}
