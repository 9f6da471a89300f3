/** An atom of a molecule as RDKit has it, with its hydrogens counted, not drawn. */
export interface GraphAtom {
  /** Atomic number; 0 for a wildcard. */
  readonly element: number;
  /** Hydrogens that are no atoms of the graph. */
  readonly hydrogens: number;
  readonly charge: number;
  /** Unpaired electrons. */
  readonly radicals: number;
  readonly aromatic: boolean;
  readonly ring: boolean;
}

/** A bond, between atoms by their place. */
export interface GraphBond {
  readonly from: number;
  readonly to: number;
  /** 1, 2 and 3, RDKit's numbers of rarer kinds (17: dative), `aromatic`. */
  readonly order: number | 'aromatic';
  /** Order of the bond in a form without aromatic bonds. */
  readonly kekule: number;
  readonly ring: boolean;
  /** Of a double bond: the higher-ranking substituents on one side (Z) or on both (E); `any` where that is said to be unknown. */
  readonly stereo: 'none' | 'any' | 'Z' | 'E';
}

/** Atoms and bonds of a molecule, in the order of its text. */
export interface MoleculeGraph {
  readonly atoms: readonly GraphAtom[];
  readonly bonds: readonly GraphBond[];
  /** Of each atom: its bonds, by their place, in their order. */
  readonly bondsOf: readonly (readonly number[])[];
}

/** The parts of RDKit's JSON of a molecule that are read here. */
interface MoleculeJson {
  readonly defaults: { readonly atom: Required<AtomJson>; readonly bond: { readonly bo: number } };
  readonly molecules: readonly [
    {
      readonly atoms: readonly AtomJson[];
      readonly bonds?: readonly { readonly atoms: readonly [number, number]; readonly bo?: number; stereo?: string }[];
      readonly extensions?: readonly {
        readonly aromaticAtoms?: readonly number[];
        readonly aromaticBonds?: readonly number[];
        readonly atomRings?: readonly (readonly number[])[];
      }[];
    },
  ];
}

interface AtomJson {
  readonly z?: number;
  readonly impHs?: number;
  readonly chg?: number;
  readonly nRad?: number;
}

const doubleBondStereo: Readonly<Record<string, GraphBond['stereo']>> = { cis: 'Z', trans: 'E', either: 'any' };

/**
 * The graph of a molecule.
 *
 * @param json - what RDKit's `get_json` wrote; its references for the stereo of a double bond are the substituents that rank
 *   highest, so that cis is Z and trans is E
 */
export function moleculeGraph(json: string): MoleculeGraph {
  const { defaults, molecules } = JSON.parse(json) as MoleculeJson;
  const { atoms, bonds = [], extensions = [] } = molecules[0];
  const rings = extensions.flatMap(({ atomRings = [] }) => atomRings);
  const aromatic = new Set(extensions.flatMap(({ aromaticAtoms = [] }) => aromaticAtoms));
  const aromaticBonds = new Set(extensions.flatMap(({ aromaticBonds: found = [] }) => found));
  const ringAtoms = new Set(rings.flat());
  const ringBonds = new Set(
    rings.flatMap((ring) => ring.map((atom, i) => pairKey(atom, ring[(i + 1) % ring.length]!))),
  );
  const bondsOf: number[][] = atoms.map(() => []);
  bonds.forEach(({ atoms: ends }, i) => {
    for (const atom of ends) bondsOf[atom]!.push(i);
  });
  return {
    atoms: atoms.map((given, i) => {
      const { z, impHs, chg, nRad } = { ...defaults.atom, ...given };
      return {
        element: z,
        hydrogens: impHs,
        charge: chg,
        radicals: nRad,
        aromatic: aromatic.has(i),
        ring: ringAtoms.has(i),
      };
    }),
    bonds: bonds.map(({ atoms: [from, to], bo = defaults.bond.bo, stereo = '' }, i) => ({
      from,
      to,
      order: aromaticBonds.has(i) ? 'aromatic' : bo,
      kekule: bo,
      ring: ringBonds.has(pairKey(from, to)),
      stereo: doubleBondStereo[stereo] ?? 'none',
    })),
    bondsOf,
  };
}

function pairKey(a: number, b: number): string {
  return `${Math.min(a, b)}-${Math.max(a, b)}`;
}
