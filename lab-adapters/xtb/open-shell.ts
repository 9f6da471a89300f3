import type { Molecule } from 'openchemlib';

/** Outer electrons of a neutral atom: the group of the element, less ten from group 13 on; null where d or f shells are open. */
function outerElectrons(atomicNumber: number): number | null {
  if (atomicNumber <= 2) return atomicNumber;
  const period = nobleGases.findIndex((gas) => atomicNumber <= gas);
  const column = atomicNumber - nobleGases[period - 1]!;
  if (column <= 2) return column;
  // From the right: the six p electrons, before them zinc's column with two.
  const fromRight = nobleGases[period]! - atomicNumber;
  if (fromRight <= 5) return 8 - fromRight;
  return fromRight === 6 ? 2 : null;
}

const nobleGases = [2, 10, 18, 36, 54, 86];

/** Outer electrons of two p-block atoms that have a triplet as ground state although all their bonds are drawn: B2, O2, SO, NO⁻. */
const tripletPairs: readonly number[] = [6, 12];

/**
 * Electrons that the SMILES of a molecule leaves unpaired; null where it does not tell, as of a transition metal.
 *
 * Outer electrons that make no bond fill the orbitals that bonds leave (four in all) one by one, and then in pairs: one for
 * a methyl radical, two for a carbene or nitrene, three for CH. Beyond an octet only one without a partner is left. A
 * single atom fills its s shell first. What pairs up after all (a carbene between two nitrogens) the SMILES does not say.
 */
export function unpairedElectrons(molecule: Molecule): number | null {
  const atoms = Array.from({ length: molecule.getAllAtoms() }, (_, i) => {
    const outer = outerElectrons(molecule.getAtomicNo(i));
    const bonds = molecule.getOccupiedValence(i) + molecule.getImplicitHydrogens(i);
    return outer === null
      ? null
      : { outer: outer - molecule.getAtomCharge(i), bonds, isP: isP(molecule.getAtomicNo(i)) };
  });
  if (atoms.some((atom) => atom === null)) return null;
  const known = atoms.map((atom) => atom!);
  const hydrogens = known.reduce((sum, _, i) => sum + molecule.getImplicitHydrogens(i), 0);
  if (known.length === 1 && hydrogens === 0) return ofAtom(known[0]!.outer);
  const bare = known.length === 2 && hydrogens === 0 && known.every((atom) => atom.isP);
  const sum = known.reduce((total, { outer, bonds }) => total + ofBound(outer - bonds, 4 - bonds), 0);
  return sum === 0 && bare && tripletPairs.includes(known[0]!.outer + known[1]!.outer) ? 2 : sum;
}

function isP(atomicNumber: number): boolean {
  return atomicNumber > 2 && (outerElectrons(atomicNumber) ?? 0) >= 3;
}

/** By Hund's rule. */
function ofAtom(outer: number): number {
  const inS = Math.min(outer, 2);
  const inP = Math.max(0, outer - 2);
  return (inS === 1 ? 1 : 0) + (inP <= 3 ? inP : Math.max(0, 6 - inP));
}

function ofBound(electrons: number, orbitals: number): number {
  if (electrons <= 0) return 0;
  if (electrons > 2 * orbitals) return electrons % 2;
  return electrons <= orbitals ? electrons : 2 * orbitals - electrons;
}
