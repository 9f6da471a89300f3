import type { EncodedDesigns, Encoding } from '../encode/encoded-designs.js';
import { strideOf } from '../linalg/blocked.js';
import { kernelFor, plainKernel } from '../linalg/kernels.js';
import { allColumns, type ColumnDistance, type Columns, numericRow, numericWidth, otherDistances } from './columns.js';
import type { DesignKernel, Hyperparameter, TrainingKernel } from './contract.js';
import { type LengthscalePrior, scaledLengthscales } from './lengthscale-prior.js';
import { type RadialKernelName, radialKernels, radialNumber } from './radial-kernels.js';

/** Rows of candidates that correlations are computed for at once, so that the working memory is bounded. */
const rowsAtOnce = 512;

/** What a block reads and believes beforehand; all columns, with dimension-scaled lengthscales, where absent. */
export interface BlockOptions extends Partial<Columns> {
  readonly lengthscales?: LengthscalePrior;
}

/**
 * Radial correlation over the distance in a block of columns, with one lengthscale a column.
 *
 * k(x, x') = m(Σ_j D_j/ℓ_j²), D_j = (x_j − x'_j)² for numeric columns and as in `otherDistances` for the others
 *
 * Hyperparameters: log ℓ_j, numeric columns first.
 */
export class RadialBlock implements DesignKernel {
  readonly hyperparameters: readonly Hyperparameter[];
  readonly columns: Columns;
  private readonly others: readonly ColumnDistance[];
  /** Number of numeric columns. */
  private readonly depth: number;

  constructor(
    readonly encoding: Encoding,
    readonly radial: RadialKernelName,
    { lengthscales = scaledLengthscales, ...columns }: BlockOptions = {},
  ) {
    this.columns = { ...allColumns(encoding), ...columns };
    this.depth = numericWidth(encoding, this.columns);
    this.others = otherDistances(encoding, this.columns);
    const d = this.depth + this.others.length;
    this.hyperparameters = Array.from({ length: d }, () => lengthscales(d));
  }

  /** Whether the kernel reads all numeric columns and no others. */
  get isNumeric(): boolean {
    return this.others.length === 0 && this.depth === this.encoding.numeric;
  }

  cross(theta: ArrayLike<number>, a: EncodedDesigns, b: EncodedDesigns): Float64Array {
    const result = new Float64Array(a.n * b.n);
    for (let from = 0; from < a.n; from += rowsAtOnce)
      this.crossRows(theta, a, b, { from, rows: Math.min(rowsAtOnce, a.n - from) }, result);
    return result;
  }

  private crossRows(
    theta: ArrayLike<number>,
    a: EncodedDesigns,
    b: EncodedDesigns,
    { from, rows }: { from: number; rows: number },
    result: Float64Array,
  ): void {
    const { depth } = this;
    const stride = strideOf(b.n);
    const [C, S, A] = [0, rows * stride, 2 * rows * stride];
    const B = A + ((rows * depth + 3) & ~3);
    let kernel = kernelFor(b.n);
    let memory = kernel.memory(B + depth * stride);
    if (memory === null) {
      kernel = plainKernel();
      memory = kernel.memory(B + depth * stride)!;
    }
    const inverse = this.inverseLengthscales(theta);
    this.load(memory, A, a, from, rows, inverse);
    this.loadTransposed(memory, B, stride, b, inverse);
    for (let i = 0; i < rows; i++) {
      memory.fill(0, C + i * stride, C + (i + 1) * stride);
      this.addOthers(memory, C + i * stride, inverse, a, from + i, b, b.n);
    }
    const columns = (b.n + 3) & ~3;
    kernel.correlate(radialNumber[this.radial], { C, S, A, B, stride, rows, columns, depth, triangular: false });
    for (let i = 0; i < rows; i++) result.set(memory.subarray(i * stride, i * stride + b.n), (from + i) * b.n);
    kernel.release();
  }

  training(designs: EncodedDesigns): TrainingKernel {
    const n = designs.n;
    const { depth } = this;
    const stride = strideOf(n);
    const slopes = new Float64Array((n * (n + 1)) / 2);
    let inverse = new Float64Array(0);
    const places = { stride, rows: n, depth };
    const C = 0;
    const S = n * stride;
    const size = 2 * n * stride + ((n * depth + 3) & ~3) + depth * stride + ((depth + 3) & ~3);
    const [A, B] = [2 * n * stride, 2 * n * stride + ((n * depth + 3) & ~3)];
    const open = () => {
      const fast = kernelFor(n);
      const memory = fast.memory(size);
      const kernel = memory === null ? plainKernel() : fast;
      const M = memory ?? kernel.memory(size)!;
      this.load(M, A, designs, 0, n, inverse);
      this.loadTransposed(M, B, stride, designs, inverse);
      return { kernel, M };
    };
    return {
      evaluate: (theta, K) => {
        inverse = this.inverseLengthscales(theta);
        const { kernel, M } = open();
        for (let i = 0; i < n; i++) {
          M.fill(0, i * stride, i * stride + ((i + 4) & ~3));
          this.addOthers(M, i * stride, inverse, designs, i, designs, i);
        }
        kernel.correlate(radialNumber[this.radial], { C, S, A, B, columns: 0, triangular: true, ...places });
        for (let i = 0, at = 0; i < n; at += ++i) {
          K.set(M.subarray(i * stride, i * stride + i + 1), i * n);
          slopes.set(M.subarray(S + i * stride, S + i * stride + i + 1), at);
        }
        kernel.release();
      },
      pullback: (W, gradient) => {
        const { kernel, M } = open();
        const sums = new Float64Array(this.others.length);
        for (let i = 0, at = 0; i < n; i++, at += i) {
          const row = i * stride;
          for (let j = 0; j < i; j++) M[row + j] = W[i * n + j]! * slopes[at + j]!;
          // The diagonal has no distance, and what is above it is not to count.
          M.fill(0, row + i, row + ((i + 4) & ~3));
          for (let c = 0; c < sums.length; c++) {
            const distance = this.others[c]!;
            let sum = 0;
            for (let j = 0; j < i; j++) sum += M[row + j]! * distance(designs, i, designs, j);
            sums[c] = sums[c]! + sum;
          }
        }
        const G = B + depth * stride;
        M.fill(0, G, G + depth);
        kernel.gather({ G, V: 0, A, B, ...places });
        // Numeric differences are scaled in memory, so their sums are those of D_j/ℓ_j²; dk/d log ℓ_j = slope·D_j/ℓ_j².
        for (let t = 0; t < depth; t++) gradient[t] = M[G + t]!;
        sums.forEach((sum, c) => {
          gradient[depth + c] = sum * inverse[depth + c]! ** 2;
        });
        kernel.release();
      },
    };
  }

  local(theta: ArrayLike<number>, designs: EncodedDesigns, candidate: EncodedDesigns) {
    const { numeric } = this.encoding;
    const n = designs.n;
    const inverse = this.inverseLengthscales(theta);
    const radial = radialKernels[this.radial];
    const value = new Float64Array(n);
    const gradient = new Float64Array(n * numeric);
    const here = new Float64Array(this.depth);
    const there = new Float64Array(this.depth);
    numericRow(this.columns, candidate, 0, here);
    for (let i = 0; i < n; i++) {
      numericRow(this.columns, designs, i, there);
      let squared = 0;
      for (let t = 0; t < here.length; t++) {
        const difference = (here[t]! - there[t]!) * inverse[t]!;
        squared += difference * difference;
      }
      for (let c = 0; c < this.others.length; c++)
        squared += this.others[c]!(designs, i, candidate, 0) * inverse[this.depth + c]! ** 2;
      const at = radial(squared);
      value[i] = at.value;
      for (let t = 0; t < this.columns.numeric.length; t++)
        gradient[i * numeric + this.columns.numeric[t]!] = -at.slope * (here[t]! - there[t]!) * inverse[t]! ** 2;
    }
    return { value, gradient };
  }

  private inverseLengthscales(theta: ArrayLike<number>): Float64Array<ArrayBuffer> {
    // Twenty times as fast as Float64Array.from, and called for every candidate that is refined.
    const inverse = new Float64Array(this.hyperparameters.length);
    for (let j = 0; j < inverse.length; j++) inverse[j] = Math.exp(-theta[j]!);
    return inverse;
  }

  /** Scaled numeric columns of rows from `from` on, row-major. */
  private load(
    M: Float64Array,
    to: number,
    a: EncodedDesigns,
    from: number,
    rows: number,
    inverse: Float64Array,
  ): void {
    for (let i = 0; i < rows; i++) {
      const row = M.subarray(to + i * this.depth, to + (i + 1) * this.depth);
      numericRow(this.columns, a, from + i, row);
      for (let t = 0; t < this.depth; t++) row[t] = row[t]! * inverse[t]!;
    }
  }

  /** The same of all rows, a column of the designs a row of the memory. */
  private loadTransposed(M: Float64Array, to: number, stride: number, b: EncodedDesigns, inverse: Float64Array): void {
    const row = new Float64Array(this.depth);
    M.fill(0, to, to + this.depth * stride);
    for (let k = 0; k < b.n; k++) {
      numericRow(this.columns, b, k, row);
      for (let t = 0; t < this.depth; t++) M[to + t * stride + k] = row[t]! * inverse[t]!;
    }
  }

  /** Adds the scaled distances of the columns that are not numeric, of row i of a to the first rows of b. */
  private addOthers(
    M: Float64Array,
    to: number,
    inverse: Float64Array,
    a: EncodedDesigns,
    i: number,
    b: EncodedDesigns,
    count: number,
  ): void {
    for (let c = 0; c < this.others.length; c++) {
      const distance = this.others[c]!;
      const weight = inverse[this.depth + c]! ** 2;
      for (let k = 0; k < count; k++) M[to + k] = M[to + k]! + distance(a, i, b, k) * weight;
    }
  }
}
