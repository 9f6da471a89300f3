import type { EncodedDesigns, Encoding } from '../encode/encoded-designs.js';
import { type ColumnDistance, type Columns, numericRow, numericWidth, otherDistances } from './columns.js';

/** The columns that a radial kernel reads, each with a lengthscale: numeric ones first. */
export class ScaledColumns {
  /** Number of numeric columns. */
  readonly depth: number;
  /** Squared distances of the others, not scaled. */
  readonly others: readonly ColumnDistance[];
  /** Whether the numeric columns are those of the designs as they are. */
  readonly areAllNumeric: boolean;

  constructor(
    encoding: Encoding,
    readonly columns: Columns,
  ) {
    this.depth = numericWidth(encoding, columns);
    this.others = otherDistances(encoding, columns);
    const { numeric } = columns;
    this.areAllNumeric =
      this.depth === encoding.numeric &&
      numeric.length === encoding.numeric &&
      numeric.every((column, t) => column === t);
  }

  /** Number of columns of all kinds. */
  get width(): number {
    return this.depth + this.others.length;
  }

  /** 1/ℓ of each column from log ℓ. */
  inverseLengthscales(theta: ArrayLike<number>): Float64Array<ArrayBuffer> {
    // Twenty times as fast as Float64Array.from, and called for every candidate that is refined.
    const inverse = new Float64Array(this.width);
    for (let j = 0; j < inverse.length; j++) inverse[j] = Math.exp(-theta[j]!);
    return inverse;
  }

  /** The numeric columns, row-major [n × depth]; those of the designs themselves where they are the same. */
  numericRows(designs: EncodedDesigns): Float64Array {
    if (this.areAllNumeric) return designs.numeric;
    const { depth } = this;
    const rows = new Float64Array(designs.n * depth);
    for (let i = 0; i < designs.n; i++) numericRow(this.columns, designs, i, rows.subarray(i * depth, (i + 1) * depth));
    return rows;
  }

  /** Writes the scaled numeric rows. */
  load(M: Float64Array, to: number, rows: Float64Array, inverse: Float64Array): void {
    const { depth } = this;
    for (let at = 0; at < rows.length; ) for (let t = 0; t < depth; t++, at++) M[to + at] = rows[at]! * inverse[t]!;
  }

  /** Writes all scaled numeric rows, a column of the designs as a row of the memory, with 0 up to the stride. */
  loadTransposed(M: Float64Array, to: number, stride: number, rows: Float64Array, inverse: Float64Array): void {
    const { depth } = this;
    const n = depth === 0 ? 0 : rows.length / depth;
    for (let t = 0; t < depth; t++) {
      const row = to + t * stride;
      const scale = inverse[t]!;
      for (let k = 0, at = t; k < n; k++, at += depth) M[row + k] = rows[at]! * scale;
      for (let k = n; k < stride; k++) M[row + k] = 0;
    }
  }

  /** Writes the scaled distances of the columns that are not numeric, of row i of a to the first rows of b. */
  startRow(M: Float64Array, to: number, inverse: Float64Array, { a, i, b, count }: RowPairs): void {
    for (let k = 0; k < count; k++) M[to + k] = 0;
    for (let c = 0; c < this.others.length; c++) {
      const distance = this.others[c]!;
      const weight = inverse[this.depth + c]! ** 2;
      for (let k = 0; k < count; k++) M[to + k] = M[to + k]! + distance(a, i, b, k) * weight;
    }
  }
}

/** A row of one set of designs, with the first ones of another. */
interface RowPairs {
  readonly a: EncodedDesigns;
  readonly i: number;
  readonly b: EncodedDesigns;
  readonly count: number;
}
