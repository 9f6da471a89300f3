import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { TransformedLosses } from '../outputs/output-transform.js';
import { Replicates } from './replicates.js';
import { RowNoise } from './row-noise.js';

/**
 * Noise of rows whose losses are transformed: what is known of it, carried to the scale of the transformed values, which
 * moves with the parameter of the transform.
 *
 * known_i = v_i·(dt/dloss at loss_i)², to first order; the ratios of replicates are those of the transformed values.
 */
export class LatentNoise {
  readonly rows: RowNoise;
  private readonly ratiosByParameter: Float64Array;

  private constructor(
    /** Known noise variances, loss units², [n]; NaN where unknown. */
    private readonly known: Float64Array,
    private readonly replicates: Replicates | null,
  ) {
    const n = known.length;
    this.rows = new RowNoise(new Float64Array(n).fill(Number.NaN), new Float64Array(n).fill(1));
    this.ratiosByParameter = new Float64Array(n);
  }

  /**
   * @param known - noise variances of rows of one level, loss units², [n]
   * @returns null where nothing is known and no replicates can be compared
   */
  static of(designs: EncodedDesigns, known: Float64Array | undefined): LatentNoise | null {
    const none = new Float64Array(designs.n).fill(Number.NaN);
    const replicates = Replicates.of(designs, new Int32Array(designs.n), known);
    const isKnown = known?.some((value) => !Number.isNaN(value)) ?? false;
    return replicates === null && !isKnown ? null : new LatentNoise(known ?? none, replicates);
  }

  /** Carries the noise to a scale; changes `rows`. @param losses - those that were transformed, [n] */
  update(losses: Float64Array, transformed: TransformedLosses): void {
    this.known.forEach((variance, i) => {
      this.rows.known[i] = (Math.sqrt(variance) * transformed.slope(losses[i]!)) ** 2;
    });
    if (this.replicates === null) return;
    const { ratios, byParameter } = this.replicates.ratios(transformed.values, transformed.byParameter.values);
    this.rows.ratios.set(ratios);
    this.ratiosByParameter.set(byParameter);
  }

  /**
   * Derivative by the parameter of the transform of a number that depends on the noise of the rows.
   *
   * @param transformed - as last given to `update`
   * @param byNoise - its derivatives by the noise variances, [n]
   * @param learned - the learned noise variance
   */
  slope({ byParameter }: TransformedLosses, byNoise: Float64Array, learned: number): number {
    return byNoise.reduce((sum, by, i) => {
      const own = Number.isNaN(this.known[i]!)
        ? learned * this.ratiosByParameter[i]!
        : 2 * this.rows.slopeByKnown(i) * byParameter.logSlopes[i]!;
      return sum + by * own;
    }, 0);
  }
}
