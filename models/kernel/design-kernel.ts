import type { EncodedDesigns, Encoding } from '../encode/encoded-designs.js';
import { tanimoto } from '../encode/fingerprint.js';
import { matern52 } from './matern.js';

/**
 * Correlation of two designs: a Matérn 5/2 kernel over the numeric and categorical columns, times a Tanimoto kernel
 * for each substance column.
 *
 * k(x, x') = m(r²)·Π T(x_s, x'_s),  r² = Σ_j D_j/ℓ_j²,  D_j = (x_j − x'_j)² or ½·[x_j ≠ x'_j]
 *
 * One lengthscale a column of the Matérn part, numeric columns first. k(x, x) = 1.
 *
 * @see Ralaivola et al. 2005 (Tanimoto); the weight ½ of a category keeps a mismatch as long as a step over a
 * numeric range of 0.7
 */
export class DesignKernel {
  readonly encoding: Encoding;
  private readonly similarities: Float64Array;

  constructor(encoding: Encoding) {
    this.encoding = encoding;
    const m = encoding.fingerprints.length;
    this.similarities = new Float64Array(m * m).fill(Number.NaN);
  }

  /** Number of lengthscales. */
  get lengthscales(): number {
    return this.encoding.numeric + this.encoding.categories;
  }

  /** Number of parameters a design has, for priors that grow with the dimension. */
  get dimensions(): number {
    return Math.max(1, this.lengthscales);
  }

  /** Tanimoto part of the correlation of row i of a and row j of b. */
  substancePart(a: EncodedDesigns, i: number, b: EncodedDesigns, j: number): number {
    const width = this.encoding.substances;
    let product = 1;
    for (let s = 0; s < width; s++)
      product *= this.similarity(a.substances[i * width + s]!, b.substances[j * width + s]!);
    return product;
  }

  /** D_j for lengthscale j between row i of a and row k of b. */
  distance(a: EncodedDesigns, i: number, b: EncodedDesigns, k: number, j: number): number {
    const { numeric, categories } = this.encoding;
    if (j < numeric) {
      const difference = a.numeric[i * numeric + j]! - b.numeric[k * numeric + j]!;
      return difference * difference;
    }
    const c = j - numeric;
    return a.categories[i * categories + c] === b.categories[k * categories + c] ? 0 : 0.5;
  }

  /** r² of row i of a and row k of b. @param inverseSquares - 1/ℓ², [lengthscales] */
  scaledDistance(a: EncodedDesigns, i: number, b: EncodedDesigns, k: number, inverseSquares: Float64Array): number {
    const { numeric, categories } = this.encoding;
    let sum = 0;
    for (let j = 0; j < numeric; j++) {
      const difference = a.numeric[i * numeric + j]! - b.numeric[k * numeric + j]!;
      sum += difference * difference * inverseSquares[j]!;
    }
    for (let c = 0; c < categories; c++)
      if (a.categories[i * categories + c] !== b.categories[k * categories + c])
        sum += 0.5 * inverseSquares[numeric + c]!;
    return sum;
  }

  /** Correlations of all rows of a with all rows of b, row-major [a.n × b.n]. */
  cross(a: EncodedDesigns, b: EncodedDesigns, inverseSquares: Float64Array): Float64Array {
    const result = new Float64Array(a.n * b.n);
    const scaled = this.lengthscales > 0;
    for (let i = 0; i < a.n; i++)
      for (let j = 0; j < b.n; j++) {
        const part = this.encoding.substances > 0 ? this.substancePart(a, i, b, j) : 1;
        result[i * b.n + j] = scaled ? part * matern52(this.scaledDistance(a, i, b, j, inverseSquares)).value : part;
      }
    return result;
  }

  private similarity(i: number, j: number): number {
    if (i === j) return 1;
    const m = this.encoding.fingerprints.length;
    const at = i < j ? i * m + j : j * m + i;
    const known = this.similarities[at]!;
    if (!Number.isNaN(known)) return known;
    const value = tanimoto(this.encoding.fingerprints[i]!, this.encoding.fingerprints[j]!);
    this.similarities[at] = value;
    return value;
  }
}
