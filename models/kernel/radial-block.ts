import { type EncodedDesigns, type Encoding, sliceDesigns } from '../encode/encoded-designs.js';
import { strideOf } from '../linalg/in-place.js';
import { openMemory } from '../linalg/kernels.js';
import { type RadialKernelName, radialKernels, radialNumber } from '../linalg/radial/radial-kernels.js';
import { allColumns, type Columns } from './columns.js';
import type { DesignKernel, Hyperparameter, InPlaceCross, TrainingKernel } from './contract.js';
import { codeLengthscale, type LengthscalePrior, scaledLengthscales } from './lengthscale-prior.js';
import { RadialCross } from './radial-cross.js';
import { RadialTraining } from './radial-training.js';
import { ScaledColumns } from './scaled-columns.js';

/** Rows of candidates that correlations are computed for at once, so that the working memory is bounded. */
const rowsAtOnce = 64;

/** What a block reads, and its priors; all columns but codes, with dimension-scaled lengthscales, where absent. */
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
    const codes = this.scaled.columns.codes.length;
    this.hyperparameters = Array.from({ length: d }, (_, j) => (j < d - codes ? lengthscales(d) : codeLengthscale));
  }

  /** Whether the kernel reads all numeric columns and no others. */
  get isNumeric(): boolean {
    return this.scaled.areAllNumeric && this.scaled.others.length === 0;
  }

  cross(theta: ArrayLike<number>, a: EncodedDesigns, b: EncodedDesigns): Float64Array {
    const result = new Float64Array(a.n * b.n);
    const cross = this.against(theta, b);
    const stride = strideOf(b.n);
    const most = Math.min(rowsAtOnce, a.n);
    const [C, S, own] = [0, most * stride, 2 * most * stride];
    const memory = openMemory(b.n, own + cross.room(most));
    cross.load(memory, own);
    for (let from = 0; from < a.n; from += most) {
      const rows = Math.min(most, a.n - from);
      cross.write(memory, { C, S, own }, sliceDesigns(a, from, rows));
      for (let i = 0; i < rows; i++)
        result.set(memory.M.subarray(C + i * stride, C + i * stride + b.n), (from + i) * b.n);
    }
    memory.kernel.release();
    return result;
  }

  against(theta: ArrayLike<number>, designs: EncodedDesigns): InPlaceCross {
    return new RadialCross(this.scaled, radialNumber[this.radial], theta, designs);
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
