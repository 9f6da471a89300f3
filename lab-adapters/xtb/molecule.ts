import type { Molecule } from 'openchemlib';
import type { Geometry } from './geometry.js';
import { unpairedElectrons } from './open-shell.js';

/** The graph of a molecule, with its hydrogens, in the atom order that every geometry of it has. */
export type Graph = Omit<Geometry, 'positions'> & {
  /** Sum of the atomic numbers. */
  readonly protons: number;
  /** Electrons that the SMILES leaves unpaired; null where it does not tell. */
  readonly unpaired: number | null;
};

/** Heaviest element that the GFN methods know: radon. */
const heaviest = 86;

/**
 * Reads a SMILES into a graph with hydrogens.
 *
 * The order of the atoms is that of OpenChemLib's canonical code, so two spellings of one molecule give the same graph.
 * OpenChemLib takes some texts that are no molecule (an empty one, open parentheses, `//`, five-valent carbon); those
 * are refused here.
 *
 * @returns why the text is refused, for people, where it is
 */
export async function readMolecule(smiles: string): Promise<{ graph: Graph } | { refusal: string }> {
  const text = smiles.trim();
  if (text === '') return { refusal: 'the SMILES is empty' };
  if (/[/\\]{2}/.test(text)) return { refusal: 'the SMILES has two bond directions in a row' };
  if (!isBalanced(text)) return { refusal: 'the SMILES has an open parenthesis or bracket' };
  const { Molecule } = await import('openchemlib');
  try {
    // Coordinates are drawn although the first drawing takes a second: without them OpenChemLib loses stereo marks, and
    // takes a double bond without marks for a trans one.
    const given = Molecule.fromSmiles(text);
    if (given.isFragment()) return { refusal: 'the SMILES has a wildcard or a query' };
    for (let atom = 0; atom < given.getAllAtoms(); atom++)
      if (given.getLowestFreeValence(atom) < 0)
        return { refusal: `atom ${atom + 1} (${given.getAtomLabel(atom)}) has more bonds than its valence allows` };
    const changed = changedAtom(text, given);
    if (changed !== null) return { refusal: changed };
    const unpaired = unpairedElectrons(given);
    const idcode = given.getIDCode();
    const molecule = Molecule.fromIDCode(idcode, false);
    molecule.addImplicitHydrogens();
    molecule.ensureHelperArrays(Molecule.cHelperNeighbours);
    if (molecule.getFragments().length !== 1) return { refusal: 'the SMILES has several unconnected molecules' };
    const atoms = Array.from({ length: molecule.getAllAtoms() }, (_, i) => i);
    const heavy = atoms.find((i) => molecule.getAtomicNo(i) < 1 || molecule.getAtomicNo(i) > heaviest);
    if (heavy !== undefined) return { refusal: `xtb has no parameters for element ${molecule.getAtomLabel(heavy)}` };
    const bonds = Array.from({ length: molecule.getAllBonds() }, (_, bond) => {
      const ends = [molecule.getBondAtom(0, bond), molecule.getBondAtom(1, bond)];
      return [Math.min(...ends), Math.max(...ends)] as const;
    });
    const graph: Graph = {
      idcode,
      elements: atoms.map((i) => molecule.getAtomLabel(i)),
      bonds: bonds.sort((a, b) => a[0] - b[0] || a[1] - b[1]),
      charge: atoms.reduce((sum, i) => sum + molecule.getAtomCharge(i), 0),
      protons: atoms.reduce((sum, i) => sum + molecule.getAtomicNo(i), 0),
      unpaired,
    };
    return { graph };
  } catch (error) {
    return { refusal: `OpenChemLib cannot read the SMILES: ${reasonOf(error)}` };
  }
}

/** What an error of OpenChemLib says, without the name of its class: Class$S19 or the like helps nobody. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\bClass\$\S+:\s*/g, '');
}

/** An atom of a SMILES: in brackets, or one of those that stand without. */
const atomPattern = /\[[^\]]*\]|Br|Cl|[BCNOPSFIbcnops]/g;

/** An atom in brackets: isotope, symbol, chirality, hydrogens. */
const bracketPattern = /^\[\d*([A-Z][a-z]?|[a-z][a-z]?)(?:@@?|@[A-Z]{2}\d+)?(H(\d*))?/;

/**
 * An atom in brackets that OpenChemLib gives other hydrogens than are written, in words; null if there is none. It takes
 * nitrogen dioxide for a nitro group on hydrogen, and has no aluminium with two bonds.
 */
function changedAtom(text: string, molecule: Molecule): string | null {
  const written = (text.split(/\s/, 1)[0]!.match(atomPattern) ?? []).filter((atom) => !/^\[\d*H[+-]?\d*\]$/.test(atom));
  const heavy = Array.from({ length: molecule.getAllAtoms() }, (_, i) => i).filter(
    (i) => molecule.getAtomicNo(i) !== 1,
  );
  if (written.length !== heavy.length) return null;
  for (const [at, atom] of written.entries()) {
    const parts = bracketPattern.exec(atom);
    if (parts === null) continue;
    const wanted = parts[2] === undefined ? 0 : Number(parts[3] || 1);
    const taken = molecule.getImplicitHydrogens(heavy[at]!);
    if (taken !== wanted) return `${atom} would be read with ${taken} hydrogen${taken === 1 ? '' : 's'}`;
  }
  return null;
}

function isBalanced(text: string): boolean {
  let round = 0;
  let square = 0;
  for (const character of text) {
    if (character === '(') round++;
    if (character === ')') round--;
    if (character === '[') square++;
    if (character === ']') square--;
    if (round < 0 || square < 0) return false;
  }
  return round === 0 && square === 0;
}
