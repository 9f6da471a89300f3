import type { Geometry } from './geometry.js';

/**
 * Covalent radii in Å, H to Rn.
 * @see Cordero et al. 2008, doi:10.1039/b801115j, table 2 (sp3 carbon, low-spin iron group)
 */
const radii: Readonly<Record<string, number>> = Object.fromEntries(
  `H .31 He .28 Li 1.28 Be .96 B .84 C .76 N .71 O .66 F .57 Ne .58 Na 1.66 Mg 1.41 Al 1.21 Si 1.11 P 1.07 S 1.05 Cl 1.02
  Ar 1.06 K 2.03 Ca 1.76 Sc 1.70 Ti 1.60 V 1.53 Cr 1.39 Mn 1.39 Fe 1.32 Co 1.26 Ni 1.24 Cu 1.32 Zn 1.22 Ga 1.22 Ge 1.20
  As 1.19 Se 1.20 Br 1.20 Kr 1.16 Rb 2.20 Sr 1.95 Y 1.90 Zr 1.75 Nb 1.64 Mo 1.54 Tc 1.47 Ru 1.46 Rh 1.42 Pd 1.39 Ag 1.45
  Cd 1.44 In 1.42 Sn 1.39 Sb 1.39 Te 1.38 I 1.39 Xe 1.40 Cs 2.44 Ba 2.15 La 2.07 Ce 2.04 Pr 2.03 Nd 2.01 Pm 1.99 Sm 1.98
  Eu 1.98 Gd 1.96 Tb 1.94 Dy 1.92 Ho 1.92 Er 1.89 Tm 1.90 Yb 1.87 Lu 1.87 Hf 1.75 Ta 1.70 W 1.62 Re 1.51 Os 1.44 Ir 1.41
  Pt 1.36 Au 1.36 Hg 1.32 Tl 1.45 Pb 1.46 Bi 1.48 Po 1.40 At 1.50 Rn 1.50`
    .split(/\s+(?=[A-Z])/)
    .map((pair) => pair.split(' '))
    .map(([element, radius]) => [element, Number(radius)]),
);

/** A bond longer than this many sums of covalent radii is broken. */
const broken = 1.3;
/** Atoms without a bond that come closer than this many sums have formed one. Between the two nothing is concluded. */
const formed = 1.15;
/** Closer than this, two atoms lie in each other, and xtb would still give a number. */
const overlapping = 0.55;

/** Elements and places of atoms. */
type Atoms = Pick<Geometry, 'elements' | 'positions'>;

/**
 * What distinguishes the bonds of a geometry from those a molecule should have, for people; null if nothing does.
 *
 * Needs no search for an isomorphism, because xtb keeps the order of the atoms.
 */
export function rearrangement({ elements, positions }: Atoms, bonds: Geometry['bonds']): string | null {
  const wanted = new Set(bonds.map(([a, b]) => a * elements.length + b));
  const changes: string[] = [];
  eachPair({ elements, positions }, (a, b, distance, ratio) => {
    const isBond = wanted.has(a * elements.length + b);
    if (isBond ? ratio <= broken : ratio >= formed) return;
    const name = `${elements[a]}${a + 1}-${elements[b]}${b + 1}`;
    changes.push(`${isBond ? 'lost' : 'new'} bond ${name} (${distance.toFixed(2)} Å)`);
  });
  if (changes.length === 0) return null;
  const more = changes.length > 4 ? ` and ${changes.length - 4} more` : '';
  return `${changes.slice(0, 4).join(', ')}${more}`;
}

/** Why a geometry cannot be the start of a molecule with these bonds, for people; null if it can. */
export function unfitness(atoms: Atoms, bonds: Geometry['bonds']): string | null {
  return overlap(atoms) ?? rearrangement(atoms, bonds);
}

/** The pair of atoms that lie in each other, for people; null if none do. */
export function overlap(atoms: Atoms): string | null {
  let found: string | null = null;
  eachPair(atoms, (a, b, distance, ratio) => {
    if (found === null && ratio < overlapping)
      found = `${atoms.elements[a]}${a + 1} and ${atoms.elements[b]}${b + 1} are ${distance.toFixed(2)} Å apart`;
  });
  return found;
}

function eachPair({ elements, positions }: Atoms, visit: (a: number, b: number, d: number, ratio: number) => void) {
  for (let a = 0; a < elements.length; a++)
    for (let b = a + 1; b < elements.length; b++) {
      const [p, q] = [positions[a]!, positions[b]!];
      const distance = Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
      visit(a, b, distance, distance / (radii[elements[a]!]! + radii[elements[b]!]!));
    }
}
