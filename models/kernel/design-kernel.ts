import type { EncodedDesigns, Encoding } from '../encode/encoded-designs.js';
import { tanimoto } from '../encode/fingerprint.js';
import type { RadialKernel } from './contract.js';
import { matern52 } from './matern.js';

/** Molecules up to which their similarities are kept (128 MB). */
const rememberedMolecules = 4000;

/** Squared distance between the most different levels of a category: a step over 0.7 of a numeric range. */
const categoryMismatch = 0.5;

/**
 * Correlation of two designs: a radial kernel (Matérn 5/2 unless another is given) with one lengthscale a column.
 *
 * k(x, x') = m(Σ_j D_j/ℓ_j²);  D_j = (x_j − x'_j)², ½·[x_j ≠ x'_j], 1 − T(x_j, x'_j) or ‖x_j − x'_j‖²/width
 *
 * Numeric columns come first, then categories, then molecules with the Tanimoto similarity T of their fingerprints:
 * 1 − T is a squared distance, because T is a positive definite kernel with unit diagonal. Vector columns come last,
 * each with the mean squared difference of its entries. k is 1 for equal designs and for no others.
 *
 * @see Ralaivola et al. 2005, Neural Networks 18, 1093 (Tanimoto kernel)
 */
export class DesignKernel {
  readonly encoding: Encoding;
  /** Similarities met so far, upper triangle; null where the table would not fit in memory. */
  private readonly similarities: Float64Array | null;
  /** Where each vector column begins in a row of the block of vectors, and the width of that row at the end. */
  private readonly offsets: readonly number[];

  /** @param radial - correlation over the scaled distance */
  constructor(
    encoding: Encoding,
    readonly radial: RadialKernel = matern52,
  ) {
    this.encoding = encoding;
    const offsets = [0];
    for (const width of encoding.vectors) offsets.push(offsets.at(-1)! + width);
    this.offsets = offsets;
    const m = encoding.fingerprints.length;
    this.similarities = m <= rememberedMolecules ? new Float64Array(m * m).fill(Number.NaN) : null;
  }

  /** Number of lengthscales. */
  get lengthscales(): number {
    const { numeric, categories, substances, vectors } = this.encoding;
    return numeric + categories + substances + vectors.length;
  }

  /** D_j between row i of a and row k of b. */
  distance(a: EncodedDesigns, i: number, b: EncodedDesigns, k: number, j: number): number {
    const { numeric, categories, substances } = this.encoding;
    if (j < numeric) {
      const difference = a.numeric[i * numeric + j]! - b.numeric[k * numeric + j]!;
      return difference * difference;
    }
    const c = j - numeric;
    if (c < categories)
      return a.categories[i * categories + c] === b.categories[k * categories + c] ? 0 : categoryMismatch;
    const s = c - categories;
    if (s < substances)
      return 1 - this.similarity(a.substances[i * substances + s]!, b.substances[k * substances + s]!);
    return this.vectorDistance(a.vectors, i, b.vectors, k, s - substances);
  }

  /** Σ_j D_j/ℓ_j² between row i of a and row k of b. @param inverseSquares - 1/ℓ², [lengthscales] */
  scaledDistance(a: EncodedDesigns, i: number, b: EncodedDesigns, k: number, inverseSquares: Float64Array): number {
    const { numeric } = this.encoding;
    let sum = 0;
    for (let j = 0; j < numeric; j++) {
      const difference = a.numeric[i * numeric + j]! - b.numeric[k * numeric + j]!;
      sum += difference * difference * inverseSquares[j]!;
    }
    for (let j = numeric; j < inverseSquares.length; j++) sum += this.distance(a, i, b, k, j) * inverseSquares[j]!;
    return sum;
  }

  /** Adds weight·D_j between rows i and k, for every j, to `sums`, [lengthscales]; the inner loop of gradients. */
  addDistances(designs: EncodedDesigns, i: number, k: number, weight: number, sums: Float64Array): void {
    const { numeric } = this.encoding;
    const x = designs.numeric;
    const [a, b] = [i * numeric, k * numeric];
    for (let j = 0; j < numeric; j++) {
      const difference = x[a + j]! - x[b + j]!;
      sums[j] = sums[j]! + weight * (difference * difference);
    }
    for (let j = numeric; j < sums.length; j++) sums[j] = sums[j]! + weight * this.distance(designs, i, designs, k, j);
  }

  /** Correlations of all rows of a with all rows of b, row-major [a.n × b.n]. */
  cross(a: EncodedDesigns, b: EncodedDesigns, inverseSquares: Float64Array): Float64Array {
    const result = new Float64Array(a.n * b.n);
    for (let i = 0; i < a.n; i++)
      for (let j = 0; j < b.n; j++)
        result[i * b.n + j] = this.radial(this.scaledDistance(a, i, b, j, inverseSquares)).value;
    return result;
  }

  private vectorDistance(a: Float64Array, i: number, b: Float64Array, k: number, v: number): number {
    const stride = this.offsets.at(-1)!;
    const [from, to] = [this.offsets[v]!, this.offsets[v + 1]!];
    let sum = 0;
    for (let at = from; at < to; at++) {
      const difference = a[i * stride + at]! - b[k * stride + at]!;
      sum += difference * difference;
    }
    return sum / (to - from);
  }

  private similarity(i: number, j: number): number {
    if (i === j) return 1;
    const m = this.encoding.fingerprints.length;
    if (this.similarities === null) return tanimoto(this.encoding.fingerprints[i]!, this.encoding.fingerprints[j]!);
    const at = i < j ? i * m + j : j * m + i;
    const known = this.similarities[at]!;
    if (!Number.isNaN(known)) return known;
    const value = tanimoto(this.encoding.fingerprints[i]!, this.encoding.fingerprints[j]!);
    this.similarities[at] = value;
    return value;
  }
}
