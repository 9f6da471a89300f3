import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { vectorsWidth } from '../../encode/encoded-designs.js';
import type { Fingerprint } from '../../encode/fingerprint.js';

/** Reads one number off a row. */
type Column = (designs: EncodedDesigns, row: number) => number;

/**
 * Columns of numbers that trees split on, fixed by the designs learned from: coordinates; for every level of a category
 * whether it is that one; descriptors of molecules, or where there are none counts of each environment; vectors. Columns
 * that do not vary over these designs are left out.
 */
export class TreeFeatures {
  private readonly columns: readonly Column[];

  constructor(training: EncodedDesigns) {
    this.columns = [
      ...numericColumns(training),
      ...categoryColumns(training),
      ...moleculeColumns(training),
      ...vectorColumns(training),
    ].filter((column) => varies(column, training));
  }

  get width(): number {
    return this.columns.length;
  }

  /** A column after the other, [width × n]. */
  of(designs: EncodedDesigns): Float64Array {
    const { n } = designs;
    const result = new Float64Array(this.width * n);
    this.columns.forEach((column, j) => {
      for (let i = 0; i < n; i++) result[j * n + i] = column(designs, i);
    });
    return result;
  }
}

function varies(column: Column, designs: EncodedDesigns): boolean {
  const first = designs.n === 0 ? 0 : column(designs, 0);
  for (let i = 1; i < designs.n; i++) if (column(designs, i) !== first) return true;
  return false;
}

function numericColumns({ encoding: { numeric } }: EncodedDesigns): Column[] {
  return places(numeric).map((at) => (designs, row) => designs.numeric[row * numeric + at]!);
}

function categoryColumns({ encoding: { categories }, categories: values, n }: EncodedDesigns): Column[] {
  return places(categories).flatMap((at) =>
    distinct(places(n).map((row) => values[row * categories + at]!)).map(
      (level): Column =>
        (designs, row) =>
          designs.categories[row * categories + at] === level ? 1 : 0,
    ),
  );
}

function moleculeColumns({ encoding, substances: values, n }: EncodedDesigns): Column[] {
  const { substances, descriptors, fingerprints } = encoding;
  return places(substances).flatMap((at) => {
    const { width } = descriptors[at]!;
    const molecule: Column = (designs, row) => designs.substances[row * substances + at]!;
    if (width > 0)
      return places(width).map(
        (t): Column =>
          (designs, row) =>
            designs.encoding.descriptors[at]!.values[molecule(designs, row) * width + t]!,
      );
    const molecules = distinct(places(n).map((row) => values[row * substances + at]!));
    const counts = fingerprints.map(countsOf);
    return distinct(molecules.flatMap((m) => [...fingerprints[m]!.features])).map(
      (feature): Column =>
        (designs, row) =>
          (counts[molecule(designs, row)] ?? countsOf(designs.encoding.fingerprints[molecule(designs, row)]!)).get(
            feature,
          ) ?? 0,
    );
  });
}

function countsOf(print: Fingerprint): ReadonlyMap<number, number> {
  return new Map([...print.features].map((feature, i) => [feature, print.counts[i]!]));
}

function vectorColumns({ encoding }: EncodedDesigns): Column[] {
  const width = vectorsWidth(encoding);
  return places(width).map((at) => (designs, row) => designs.vectors[row * width + at]!);
}

function places(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
