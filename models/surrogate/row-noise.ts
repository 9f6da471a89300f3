/**
 * What is known of the noise of single rows, beside the noise that is learned for all.
 *
 * A row's variance is the known one where there is one (never below the floor), else the learned one times the row's
 * ratio.
 */
export class RowNoise {
  /**
   * @param known - noise variance of each row on the scale of the fitted values, [n]; NaN where unknown
   * @param ratios - how many times the learned noise a row's is, [n]
   */
  constructor(
    private readonly known: Float64Array,
    private readonly ratios: Float64Array,
  ) {}

  /** Noise variance of a row. @param learned - the learned one of its level */
  variance(row: number, learned: number): number {
    const known = this.known[row]!;
    return Number.isNaN(known) ? learned * this.ratios[row]! : Math.max(known, floor);
  }

  /** Its derivative by the logarithm of the learned one. */
  slope(row: number, learned: number): number {
    return Number.isNaN(this.known[row]!) ? learned * this.ratios[row]! : 0;
  }
}

/** Smallest noise variance, as of the learned noise. */
const floor = 1e-6;
