import type { GraphAtom, GraphBond, MoleculeGraph } from './molecule-graph.js';

/** Numbers that MiniMol reads of an atom, and of a bond. */
export const [nodeWidth, edgeWidth] = [85, 13];

/** Elements that have a place of their own, in its order, by atomic number. */
const elements = [
  6, 7, 8, 16, 9, 14, 15, 17, 35, 12, 11, 20, 26, 33, 13, 53, 5, 23, 19, 81, 70, 51, 50, 47, 46, 27, 34, 22, 30, 1, 3,
  32, 29, 79, 28, 48, 49, 25, 40, 24, 78, 80, 82,
];
/** Atomic number before the first element of each period. */
const periodStarts = [0, 2, 10, 18, 36, 54, 86];
const [groups, periods, largestValence] = [19, 7, 6];
const orders = [1, 2, 3, 'aromatic'] as const;
/** Then come cis and trans, which RDKit writes as Z and E. */
const stereos = ['none', 'any', 'Z', 'E'] as const;
const stereoPlaces = 6;

/**
 * What MiniMol reads of an atom: neighbours with hydrogens, less 2; charge; unpaired electrons; whether aromatic; whether in a ring; then
 * one-hot, each with a last place for all else, element, group (f elements a group of their own), period and valence.
 *
 * @returns [nodeWidth]
 */
export function nodeFeatures({ atoms, bonds, bondsOf }: MoleculeGraph, place: number): number[] {
  const atom = atoms[place]!;
  const own = bondsOf[place]!;
  const valence = own.reduce((sum, bond) => sum + valenceOf(bonds[bond]!, place), atom.hydrogens);
  const period = periodStarts.findLastIndex((start) => start < atom.element);
  return [
    own.length + atom.hydrogens - 2,
    atom.charge,
    atom.radicals,
    Number(atom.aromatic),
    Number(atom.ring),
    ...oneHot(elements.indexOf(atom.element), elements.length),
    ...oneHot(groupOf(atom, period) - 1, groups),
    ...oneHot(period, periods),
    ...oneHot(valence > largestValence ? -1 : valence, largestValence + 1),
  ];
}

/**
 * What MiniMol reads of a bond: order and stereo, one-hot, and whether it is in a ring.
 *
 * @returns [edgeWidth]
 */
export function edgeFeatures({ order, stereo, ring }: GraphBond): number[] {
  return [
    ...oneHot((orders as readonly unknown[]).indexOf(order), orders.length),
    ...oneHot(stereos.indexOf(stereo), stereoPlaces),
    Number(ring),
  ];
}

/** A 1 at a place among `count`, or for -1 in one more at the end. */
function oneHot(place: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, i) => Number(i === (place < 0 ? count : place)));
}

/** Group of the periodic table; 19 for cerium to lutetium and thorium to lawrencium, which have none. */
function groupOf({ element }: GraphAtom, period: number): number {
  const place = element - periodStarts[period]!;
  if (period === 0) return place === 1 ? 1 : 18;
  if (period < 3) return place <= 2 ? place : place + 10;
  if (period < 5 || place <= 3) return place;
  return place <= 17 ? groups : place - 14;
}

/** RDKit's numbers of bonds whose electrons are all of one atom, the first. */
const dative = 17;

function valenceOf({ kekule, to }: GraphBond, atom: number): number {
  if (kekule === dative) return Number(atom === to);
  return kekule <= 6 ? kekule : 0;
}
