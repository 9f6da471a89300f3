import type { EncodedDesigns, Encoding } from '../encode/encoded-designs.js';
import { strideOf } from '../linalg/in-place.js';
import { openMemory } from '../linalg/kernels.js';
import { allColumns, type Columns } from './columns.js';
import type { DesignKernel, Hyperparameter, TrainingKernel } from './contract.js';
import { type LengthscalePrior, scaledLengthscales } from './lengthscale-prior.js';
import { type RadialKernelName, radialKernels, radialNumber } from './radial-kernels.js';
import { RadialTraining } from './radial-training.js';
import { ScaledColumns } from './scaled-columns.js';

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
  private readonly scaled: ScaledColumns;

  constructor(
    readonly encoding: Encoding,
    readonly radial: RadialKernelName,
    { lengthscales = scaledLengthscales, ...columns }: BlockOptions = {},
  ) {
    this.scaled = new ScaledColumns(encoding, { ...allColumns(encoding), ...columns });
    const d = this.scaled.width;
    this.hyperparameters = Array.from({ length: d }, () => lengthscales(d));
  }

  /** Whether the kernel reads all numeric columns and no others. */
  get isNumeric(): boolean {
    return this.scaled.areAllNumeric && this.scaled.others.length === 0;
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
    const { scaled } = this;
    const { depth } = scaled;
    const stride = strideOf(b.n);
    const [C, S, A] = [0, rows * stride, 2 * rows * stride];
    const B = A + ((rows * depth + 3) & ~3);
    const { kernel, M } = openMemory(b.n, B + depth * stride);
    const inverse = scaled.inverseLengthscales(theta);
    scaled.load(M, A, scaled.numericRows(a), from, rows, inverse);
    scaled.loadTransposed(M, B, stride, scaled.numericRows(b), inverse);
    for (let i = 0; i < rows; i++) scaled.startRow(M, C + i * stride, inverse, [a, from + i], [b, b.n, stride]);
    const columns = (b.n + 3) & ~3;
    kernel.correlate(radialNumber[this.radial], { C, S, A, B, stride, rows, columns, depth, triangular: false });
    for (let i = 0; i < rows; i++) result.set(M.subarray(i * stride, i * stride + b.n), (from + i) * b.n);
    kernel.release();
  }

  training(designs: EncodedDesigns): TrainingKernel {
    return new RadialTraining(this.scaled, radialNumber[this.radial], designs);
  }

  local(theta: ArrayLike<number>, designs: EncodedDesigns, candidate: EncodedDesigns) {
    const { numeric } = this.encoding;
    const n = designs.n;
    const { columns, depth, others } = this.scaled;
    const inverse = this.scaled.inverseLengthscales(theta);
    const radial = radialKernels[this.radial];
    const value = new Float64Array(n);
    const gradient = new Float64Array(n * numeric);
    const here = this.scaled.numericRows(candidate);
    const there = this.scaled.numericRows(designs);
    for (let i = 0; i < n; i++) {
      let squared = 0;
      for (let t = 0; t < depth; t++) {
        const difference = (here[t]! - there[i * depth + t]!) * inverse[t]!;
        squared += difference * difference;
      }
      for (let c = 0; c < others.length; c++)
        squared += others[c]!(designs, i, candidate, 0) * inverse[depth + c]! ** 2;
      const at = radial(squared);
      value[i] = at.value;
      for (let t = 0; t < columns.numeric.length; t++)
        gradient[i * numeric + columns.numeric[t]!] = -at.slope * (here[t]! - there[i * depth + t]!) * inverse[t]! ** 2;
    }
    return { value, gradient };
  }
}
