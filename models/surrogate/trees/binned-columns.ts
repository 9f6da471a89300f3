/** Bins a column is divided into, at most. */
const most = 256;

/**
 * Columns of numbers as small whole numbers that keep their order, so that the best split is found by counting: equal
 * values share a bin, and with up to 256 distinct ones every value has its own.
 */
export interface BinnedColumns {
  readonly width: number;
  readonly n: number;
  /** Bin of each value, a column after the other, [width × n]. */
  readonly bins: Uint8Array;
  /** Lowest and highest value in each bin, [width × 256]. */
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

/** @param columns - a column after the other, [width × n] */
export function binColumns(columns: Float64Array, n: number): BinnedColumns {
  const width = n === 0 ? 0 : columns.length / n;
  const bins = new Uint8Array(columns.length);
  const lowest = new Float64Array(width * most);
  const highest = new Float64Array(width * most);
  for (let j = 0; j < width; j++) {
    const column = columns.subarray(j * n, (j + 1) * n);
    const order = Uint32Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!);
    let distinct = 0;
    order.forEach((row, i) => {
      if (i > 0 && column[row] !== column[order[i - 1]!]) distinct++;
    });
    const perBin = Math.ceil((distinct + 1) / most);
    let seen = 0;
    order.forEach((row, i) => {
      if (i > 0 && column[row] !== column[order[i - 1]!]) seen++;
      const bin = Math.floor(seen / perBin);
      const at = j * most + bin;
      if (i === 0 || bins[j * n + order[i - 1]!] !== bin) lowest[at] = column[row]!;
      highest[at] = column[row]!;
      bins[j * n + row] = bin;
    });
  }
  return { width, n, bins, lowest, highest };
}

/** A split of rows at a column: those up to the bin go left. */
export interface BinSplit {
  readonly bin: number;
  /** The next bin that holds a row. */
  readonly next: number;
  /** S_left²/n_left + S_right²/n_right, which is largest where the squared errors are least. */
  readonly gain: number;
}

/** Finds best splits; holds the working memory for it. */
export class SplitFinder {
  private readonly counts = new Float64Array(most);
  private readonly sums = new Float64Array(most);

  constructor(
    private readonly columns: BinnedColumns,
    private readonly y: Float64Array,
    /** How often each row counts, [n]. */
    private readonly weights: Float64Array,
  ) {}

  /**
   * Best split of some rows at one column that leaves both sides with so many rows, counted by weight.
   *
   * @returns null if the rows all share a bin, or no side would have enough
   */
  best(rows: Int32Array, column: number, leastOnASide: number): BinSplit | null {
    const { counts, sums, y, weights } = this;
    const { bins, n } = this.columns;
    let [from, to, total, sum] = [most, 0, 0, 0];
    for (const row of rows) {
      const bin = bins[column * n + row]!;
      const weight = weights[row]!;
      counts[bin] = counts[bin]! + weight;
      sums[bin] = sums[bin]! + weight * y[row]!;
      total += weight;
      sum += weight * y[row]!;
      if (bin < from) from = bin;
      if (bin > to) to = bin;
    }
    let best: BinSplit | null = null;
    let [bin, left, leftSum] = [from, 0, 0];
    for (let next = from; next <= to; next++) {
      if (counts[next] === 0) continue;
      if (next > from && left >= leastOnASide && total - left >= leastOnASide) {
        const right = sum - leftSum;
        const gain = (leftSum * leftSum) / left + (right * right) / (total - left);
        if (best === null || gain > best.gain) best = { bin, next, gain };
      }
      left += counts[next]!;
      leftSum += sums[next]!;
      bin = next;
    }
    counts.fill(0, from, to + 1);
    sums.fill(0, from, to + 1);
    return best;
  }
}
