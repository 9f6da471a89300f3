/** Part of a column's length below which what others do not say of it is rounding. */
const dependent = 1e-7;

/**
 * Orthonormal combinations of the terms of a model over candidates, those left out that follow from terms before them: designs that are
 * optimal for the terms are so for these, and sums are exact.
 */
export class Basis {
  /** How many terms there are of which none follows from others. */
  readonly p: number;
  private readonly kept: readonly number[];
  /** [p, p], upper triangular: kept terms = combinations · R. */
  private readonly R: Float64Array;

  /** @param rows - terms of each candidate */
  constructor(rows: readonly Float64Array[]) {
    const n = rows.length;
    const kept: number[] = [];
    const columns: Float64Array[] = [];
    const shares: number[][] = [];
    for (let t = 0; t < (rows[0]?.length ?? 0); t++) {
      const column = Float64Array.from(rows, (row) => row[t]!);
      const length = lengthOf(column);
      const own = new Array<number>(columns.length).fill(0);
      // Twice over, for the last digits.
      for (let pass = 0; pass < 2; pass++)
        columns.forEach((other, c) => {
          let share = 0;
          for (let i = 0; i < n; i++) share += other[i]! * column[i]!;
          for (let i = 0; i < n; i++) column[i] = column[i]! - share * other[i]!;
          own[c] = own[c]! + share;
        });
      const left = lengthOf(column);
      if (!(left > dependent * length)) continue;
      for (let i = 0; i < n; i++) column[i] = column[i]! / left;
      kept.push(t);
      columns.push(column);
      shares.push([...own, left]);
    }
    const p = kept.length;
    this.p = p;
    this.kept = kept;
    this.R = new Float64Array(p * p);
    shares.forEach((own, j) => {
      own.forEach((share, i) => {
        this.R[i * p + j] = share / Math.sqrt(n);
      });
    });
  }

  /** The combinations at a point, [p]; their squares are 1 on average over the candidates. */
  at(terms: Float64Array): Float64Array {
    const { p, R, kept } = this;
    const q = new Float64Array(p);
    for (let j = 0; j < p; j++) {
      let left = terms[kept[j]!]!;
      for (let i = 0; i < j; i++) left -= q[i]! * R[i * p + j]!;
      q[j] = left / R[j * p + j]!;
    }
    return q;
  }
}

function lengthOf(column: Float64Array): number {
  let sum = 0;
  for (const value of column) sum += value * value;
  return Math.sqrt(sum);
}
