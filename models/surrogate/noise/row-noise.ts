/**
 * What is known of the noise of single rows, beside the noise that is learned for all.
 *
 * A row's variance is the known one where there is one (never below `leastNoise`), else the learned one times the row's
 * ratio. Both arrays are read at every call.
 */
export class RowNoise {
  /**
   * @param known - noise variance of each row on the scale of the fitted values, [n]; NaN where unknown
   * @param ratios - how many times the learned noise a row's is, [n]
   */
  constructor(
    readonly known: Float64Array,
    readonly ratios: Float64Array,
  ) {}

  /** Noise variance of a row. @param learned - the learned one of its level */
  variance(row: number, learned: number): number {
    const known = this.known[row]!;
    return Number.isNaN(known) ? learned * this.ratios[row]! : Math.max(known, leastNoise);
  }

  /** Its derivative by the logarithm of the learned one. */
  slope(row: number, learned: number): number {
    return Number.isNaN(this.known[row]!) ? learned * this.ratios[row]! : 0;
  }

  /** Its derivative by the logarithm of the known one; 0 where none is known, or the least holds. */
  slopeByKnown(row: number): number {
    const known = this.known[row]!;
    return known > leastNoise ? known : 0;
  }

  /**
   * Noise variance of a measurement still to come at a level: the mean of the known ones where all of its rows are
   * known, so that nothing was learned there; else NaN, for the learned one.
   *
   * @param levels - fidelity of each row, [n]
   */
  typical(levels: Int32Array, level: number): number {
    let [sum, count] = [0, 0];
    for (let row = 0; row < levels.length; row++) {
      if (levels[row] !== level) continue;
      if (Number.isNaN(this.known[row]!)) return Number.NaN;
      sum += Math.max(this.known[row]!, leastNoise);
      count++;
    }
    return count === 0 ? Number.NaN : sum / count;
  }

  /** With further rows of these known variances, [m]; NaN where unknown, for the learned one. */
  extended(known: Float64Array): RowNoise {
    return new RowNoise(
      Float64Array.from([...this.known, ...known]),
      Float64Array.from([...this.ratios, ...known.map(() => 1)]),
    );
  }

  /** Of these rows alone. */
  select(rows: readonly number[]): RowNoise {
    const of = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
    return new RowNoise(of(this.known), of(this.ratios));
  }
}

/**
 * Smallest noise variance, learned or known, in units of the variance of the losses: what is expected near an optimum is told
 * apart down to a ten-thousandth of their standard deviation.
 */
export const leastNoise = 1e-8;
