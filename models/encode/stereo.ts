/**
 * What is told of the stereo of a molecule, 0 where nothing is marked: centres R less S; pseudoasymmetric ones r less s;
 * double bonds E less Z; pairs of substituents of one ring that lie trans less cis; how many centres and bonds are marked;
 * and the same signs weighted by the surroundings of each, pairs also by how far apart they are in the ring, which tells
 * apart (R,S) and (S,R), and the inositols.
 */
export const stereoNames = [
  'stereoCentres',
  'stereoPseudoCentres',
  'stereoDoubleBonds',
  'stereoRings',
  'stereoMarked',
  'stereoPlaced',
] as const;

/** How many of the last of `stereoNames` only serve to tell apart what the others leave alike. */
export const stereoTieBreakers = 2;

/** Rounds in which surroundings grow by a bond. */
const rounds = 6;

/** The parts of RDKit's JSON of a molecule that are read here. */
interface Graph {
  readonly defaults: { readonly atom: { readonly z: number }; readonly bond: { readonly bo: number } };
  readonly molecules: readonly [
    {
      readonly atoms: readonly { readonly z?: number; readonly impHs?: number; readonly stereo?: string }[];
      readonly bonds?: readonly { readonly atoms: readonly [number, number]; readonly bo?: number }[];
      readonly extensions?: readonly {
        readonly atomRings?: readonly (readonly number[])[];
        readonly cipRanks?: readonly number[];
      }[];
    },
  ];
}

interface Tags {
  readonly CIP_atoms: readonly (readonly [number, string])[];
  readonly CIP_bonds: readonly (readonly [number, number, string])[];
}

/**
 * Entries of `stereoNames`. A centre or bond that is not marked counts as neither form.
 *
 * Labels are relative to the neighbours of a centre, by the rules of Cahn, Ingold and Prelog; cis and trans in a ring are
 * of the higher-ranking substituents outside it.
 *
 * @param json - what RDKit's `get_json` wrote
 * @param tags - what its `get_stereo_tags` wrote
 */
export function stereoVector(json: string, tags: string): number[] {
  const graph = JSON.parse(json) as Graph;
  const { CIP_atoms: centres, CIP_bonds: bonds } = JSON.parse(tags) as Tags;
  const surroundings = surroundingsOf(graph);
  const pairs = ringPairs(graph);
  const count = (label: string) => [...centres, ...bonds].filter((entry) => entry.at(-1) === `(${label})`).length;
  const signs: Readonly<Record<string, number>> = { '(R)': 1, '(S)': -1, '(r)': 1, '(s)': -1, '(E)': 1, '(Z)': -1 };
  const weighted = [
    ...centres.map(([atom, label]) => (signs[label] ?? 0) * surroundings[atom]!),
    ...bonds.map(([a, b, label]) => ((signs[label] ?? 0) * (surroundings[a]! + surroundings[b]!)) / 2),
    ...pairs.map(({ a, b, apart, sign }) => (sign * (surroundings[a]! + surroundings[b]!)) / 2 / apart),
  ];
  const marked = [...centres, ...bonds].filter((entry) => String(entry.at(-1)) in signs).length;
  return [
    count('R') - count('S'),
    count('r') - count('s'),
    count('E') - count('Z'),
    pairs.reduce((sum, { sign }) => sum + sign, 0),
    marked,
    weighted.reduce((sum, one) => sum + one, 0),
  ];
}

/** A number from ½ to 1½ for each atom, the same for the same surroundings, whatever their stereo. */
function surroundingsOf({ defaults, molecules: [{ atoms, bonds = [] }] }: Graph): number[] {
  const neighbours: [number, number][][] = atoms.map(() => []);
  for (const {
    atoms: [a, b],
    bo = defaults.bond.bo,
  } of bonds) {
    neighbours[a]!.push([b, bo]);
    neighbours[b]!.push([a, bo]);
  }
  let codes = atoms.map(({ z = defaults.atom.z, impHs = 0 }, i) => mixed([z, impHs, neighbours[i]!.length]));
  for (let round = 0; round < rounds; round++) {
    const before = codes;
    codes = neighbours.map((around, i) =>
      mixed([before[i]!, ...around.map(([other, bo]) => mixed([before[other]!, bo])).sort((a, b) => a - b)]),
    );
  }
  return codes.map((code) => 0.5 + code / 2 ** 32);
}

/** A 32-bit hash of numbers (FNV-1a over whole words, with a final mix). */
function mixed(numbers: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const number of numbers) {
    hash = Math.imul(hash ^ number, 0x01000193);
    hash ^= hash >>> 15;
  }
  return Math.imul(hash ^ (hash >>> 13), 0x5bd1e995) >>> 0;
}

/** Two marked centres of a ring. */
interface RingPair {
  readonly a: number;
  readonly b: number;
  /** Bonds between them, the shorter way round. */
  readonly apart: number;
  /** 1 where their higher-ranking substituents lie on different sides of the ring, −1 where on the same. */
  readonly sign: number;
}

function ringPairs({ molecules: [{ atoms, bonds = [], extensions = [] }] }: Graph): RingPair[] {
  const rings = extensions.flatMap(({ atomRings = [] }) => atomRings);
  const ranks = extensions.find(({ cipRanks }) => cipRanks !== undefined)?.cipRanks ?? [];
  const neighbours: number[][] = atoms.map(() => []);
  for (const {
    atoms: [a, b],
  } of bonds) {
    neighbours[a]!.push(b);
    neighbours[b]!.push(a);
  }
  return rings.flatMap((ring) => {
    const sides = ring.flatMap((atom, at) => {
      const turn = { cw: 1, ccw: -1 }[atoms[atom]!.stereo ?? ''];
      const before = ring[(at + ring.length - 1) % ring.length]!;
      const after = ring[(at + 1) % ring.length]!;
      const outside = neighbours[atom]!.filter((other) => other !== before && other !== after);
      if (turn === undefined || outside.length < 1 || outside.length > 2) return [];
      const [high, low] = outside.sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0));
      // An implied hydrogen (−1) is the last of the neighbours, and the lower of the two outside.
      const order = [...neighbours[atom]!, ...(outside.length === 1 ? [-1] : [])];
      return [{ atom, at, side: turn * parity([before, high!, after, low ?? -1].map((one) => order.indexOf(one))) }];
    });
    return sides.flatMap((one, i) =>
      sides.slice(0, i).map((other): RingPair => {
        const steps = one.at - other.at;
        return {
          a: one.atom,
          b: other.atom,
          apart: Math.min(steps, ring.length - steps),
          sign: -one.side * other.side,
        };
      }),
    );
  });
}

/** 1 for an even permutation, −1 for an odd one. */
function parity(order: readonly number[]): number {
  let sign = 1;
  for (let i = 0; i < order.length; i++) for (let k = 0; k < i; k++) if (order[k]! > order[i]!) sign = -sign;
  return sign;
}
