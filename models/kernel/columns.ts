import type { CodeTable, DescriptorTable, EncodedDesigns, Encoding } from '../encode/encoded-designs.js';
import { tanimoto } from '../encode/fingerprint.js';

/**
 * What is compared of two molecules: their fingerprints and, where stereo varies, its descriptors, each as a numeric column
 * of its own, so that what is learned of R and S holds across molecules; all their descriptors, each as a numeric column of
 * its own; or only whether they are the same.
 */
export type MoleculeView = 'fingerprints' | 'descriptors' | 'identity';

/** Columns that a kernel reads, by kind; indices among the columns of that kind. */
export interface Columns {
  readonly numeric: readonly number[];
  readonly categories: readonly number[];
  readonly substances: readonly number[];
  readonly vectors: readonly number[];
  /** Places among `encoding.codes`. */
  readonly codes: readonly number[];
  readonly molecules: MoleculeView;
}

/** Squared distance of row i of a and row k of b in one column. */
export type ColumnDistance = (a: EncodedDesigns, i: number, b: EncodedDesigns, k: number) => number;

/** Molecules up to which their distances are kept (64 MB). */
const rememberedMolecules = 4000;

/** Squared distance between the most different levels of a category: a step over 0.7 of a numeric range. */
const categoryMismatch = 0.5;

/** All columns of an encoding but the codes of encoders, of which each is to be a block of its own. */
export function allColumns(encoding: Encoding, molecules: MoleculeView = 'fingerprints'): Columns {
  return {
    numeric: [...Array(encoding.numeric).keys()],
    categories: [...Array(encoding.categories).keys()],
    substances: [...Array(encoding.substances).keys()],
    vectors: [...encoding.vectors.keys()],
    codes: [],
    molecules,
  };
}

/**
 * Squared distances of the columns that are not numeric: categories, then molecules, then vectors, then codes.
 *
 * - categories: ½·[x ≠ x'];  vectors: ‖z − z'‖²/width;  codes: ‖z − z'‖²,
 *   with a masked value ‖z‖² + 1, between two of them 2
 * - molecules: 1 − T with the Tanimoto similarity T of their fingerprints, a squared distance because T is a positive
 *   definite kernel with unit diagonal; or as categories. Compared by descriptors they are numeric columns.
 *
 * @see Ralaivola et al. 2005, Neural Networks 18, 1093 (Tanimoto kernel)
 */
export function otherDistances(encoding: Encoding, columns: Columns): ColumnDistance[] {
  return [
    ...columns.categories.map(categoryDistance(encoding)),
    ...(columns.molecules === 'descriptors'
      ? []
      : columns.substances.map(substanceDistance(encoding, columns.molecules))),
    ...columns.vectors.map(vectorDistance(encoding)),
    ...columns.codes.map(codeDistance(encoding)),
  ];
}

function categoryDistance({ categories }: Encoding) {
  return (at: number): ColumnDistance =>
    (a, i, b, k) =>
      a.categories[i * categories + at] === b.categories[k * categories + at] ? 0 : categoryMismatch;
}

function substanceDistance(encoding: Encoding, view: MoleculeView) {
  const { substances } = encoding;
  const between = moleculeDistance(encoding, view);
  const { fingerprints } = encoding;
  return (at: number): ColumnDistance =>
    (a, i, b, k) => {
      const [x, y] = [a.substances[i * substances + at]!, b.substances[k * substances + at]!];
      // Places of molecules of the space are the same in all encodings; others are told of by that of their own designs.
      if (view === 'identity' || (x < fingerprints.length && y < fingerprints.length)) return between(x, y);
      return 1 - tanimoto(a.encoding.fingerprints[x]!, b.encoding.fingerprints[y]!);
    };
}

function codeDistance(encoding: Encoding) {
  return (at: number): ColumnDistance => {
    const table = encoding.codes[at]!;
    const { kind, at: column } = table.column;
    const stride = encoding[kind];
    const own = table.count;
    const between = pairwise(table, own, (x, y) => codesApart(table, x, table, y));
    return (a, i, b, k) => {
      const [x, y] = [a[kind][i * stride + column]!, b[kind][k * stride + column]!];
      // Rows of the space are the same in all encodings; others are told of by that of their own designs.
      if (x >= 0 && y >= 0 && x < own && y < own) return between(x, y);
      return codesApart(a.encoding.codes[at]!, x, b.encoding.codes[at]!, y);
    };
  };
}

/** Squared distance of rows of two tables that have the same entries. */
function codesApart(a: CodeTable, i: number, b: CodeTable, k: number): number {
  const [isMasked, isOther] = [i < 0 || a.masked[i] === 1, k < 0 || b.masked[k] === 1];
  if (isMasked && isOther) return i === k ? 0 : 2;
  const { width } = a;
  let sum = isMasked || isOther ? 1 : 0;
  for (let t = 0; t < width; t++) {
    const x = isMasked ? 0 : a.values[i * width + t]!;
    const y = isOther ? 0 : b.values[k * width + t]!;
    sum += (x - y) * (x - y);
  }
  return sum;
}

function vectorDistance({ vectors }: Encoding) {
  const total = vectors.reduce((sum, width) => sum + width, 0);
  return (at: number): ColumnDistance => {
    const width = vectors[at]!;
    const from = vectors.slice(0, at).reduce((sum, one) => sum + one, 0);
    return (a, i, b, k) =>
      meanSquare(
        a.vectors.subarray(i * total + from, i * total + from + width),
        b.vectors.subarray(k * total + from, k * total + from + width),
      );
  };
}

function meanSquare(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < x.length; t++) sum += (x[t]! - y[t]!) * (x[t]! - y[t]!);
  return x.length === 0 ? 0 : sum / x.length;
}

/** Distances of molecules met so far, by what they are of: every fit of a campaign meets the same molecules. */
const remembered = new WeakMap<Encoding | CodeTable, Float64Array>();

function moleculeDistance(encoding: Encoding, view: MoleculeView): (i: number, j: number) => number {
  if (view === 'identity') return (i, j) => (i === j ? 0 : categoryMismatch);
  const { fingerprints } = encoding;
  return pairwise(encoding, fingerprints.length, (i, j) => 1 - tanimoto(fingerprints[i]!, fingerprints[j]!));
}

/** Distances of m molecules, each computed once where they are not too many. */
function pairwise(of: Encoding | CodeTable, m: number, compute: (i: number, j: number) => number) {
  if (m > rememberedMolecules) return (i: number, j: number) => (i === j ? 0 : compute(i, j));
  const table = remembered.get(of) ?? new Float64Array((m * (m - 1)) / 2).fill(Number.NaN);
  remembered.set(of, table);
  return (i: number, j: number) => {
    if (i === j) return 0;
    const at = i < j ? (j * (j - 1)) / 2 + i : (i * (i - 1)) / 2 + j;
    const known = table[at]!;
    if (!Number.isNaN(known)) return known;
    const value = compute(i, j);
    table[at] = value;
    return value;
  };
}

/** How many of the last entries of a descriptor table are numeric columns of its substance. */
function seenOf({ width, stereo }: DescriptorTable, molecules: MoleculeView): number {
  return { descriptors: width, fingerprints: stereo, identity: 0 }[molecules];
}

/** Number of numeric columns that the columns come to: coordinates, then what is seen of the descriptors of each substance. */
export function numericWidth({ descriptors }: Encoding, { numeric, substances, molecules }: Columns): number {
  return substances.reduce((sum, at) => {
    const table = descriptors[at];
    return sum + (table === undefined ? 0 : seenOf(table, molecules));
  }, numeric.length);
}

/** Writes the numeric columns of a row, `numericWidth` of them. */
export function numericRow(columns: Columns, designs: EncodedDesigns, row: number, into: Float64Array): void {
  const { numeric, substances, descriptors } = designs.encoding;
  let at = 0;
  for (const column of columns.numeric) into[at++] = designs.numeric[row * numeric + column]!;
  for (const column of columns.substances) {
    const table = descriptors[column];
    if (table === undefined) continue;
    const { width, values } = table;
    const from = designs.substances[row * substances + column]! * width;
    for (let t = width - seenOf(table, columns.molecules); t < width; t++) into[at++] = values[from + t]!;
  }
}
