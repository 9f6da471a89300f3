import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { strideOf } from '../linalg/in-place.js';
import { type OpenMemory, openMemory } from '../linalg/kernels.js';
import type { RadialNumber } from '../linalg/radial/radial-kernels.js';
import type { InPlaceTraining, TrainingKernel } from './contract.js';
import type { ScaledColumns } from './scaled-columns.js';

/** A radial kernel over the pairs of one set of designs. */
export class RadialTraining implements TrainingKernel {
  readonly inPlace: InPlaceTraining;
  private readonly rows: Float64Array;
  private readonly stride: number;
  /** Slopes of the last evaluation, the rows of the lower triangle one after the other. */
  private slopes = new Float64Array(0);
  private inverse = new Float64Array(0);

  constructor(
    private readonly columns: ScaledColumns,
    private readonly radial: RadialNumber,
    private readonly designs: EncodedDesigns,
  ) {
    const { n } = designs;
    this.rows = columns.numericRows(designs);
    this.stride = strideOf(n);
    this.inPlace = {
      room: this.toB + columns.depth * this.stride + ((columns.depth + 3) & ~3),
      evaluate: (theta, memory, places) => this.evaluateAt(theta, memory, places),
      pullback: (memory, places, gradient) => this.gather(memory, places, gradient),
    };
  }

  /** Places within its own data: of the designs as columns, after the designs as rows; and of the sums after both. */
  private get toB(): number {
    return (this.designs.n * this.columns.depth + 3) & ~3;
  }

  private get toG(): number {
    return this.toB + this.columns.depth * this.stride;
  }

  evaluate(theta: ArrayLike<number>, K: Float64Array): void {
    const { n } = this.designs;
    const { stride } = this;
    const memory = this.open();
    const [C, S] = [0, n * stride];
    this.evaluateAt(theta, memory, { C, S, own: 2 * n * stride });
    const { kernel, M } = memory;
    if (this.slopes.length === 0) this.slopes = new Float64Array((n * (n + 1)) / 2);
    for (let i = 0, at = 0; i < n; at += ++i) {
      K.set(M.subarray(i * stride, i * stride + i + 1), i * n);
      this.slopes.set(M.subarray(S + i * stride, S + i * stride + i + 1), at);
    }
    kernel.release();
  }

  pullback(W: Float64Array, gradient: Float64Array): void {
    const { n } = this.designs;
    const memory = this.open();
    const { kernel, M } = memory;
    const own = 2 * n * this.stride;
    this.load(M, own);
    for (let i = 0, at = 0; i < n; i++, at += i) {
      const row = i * this.stride;
      for (let j = 0; j < i; j++) M[row + j] = W[i * n + j]! * this.slopes[at + j]!;
      // The diagonal has no distance, and what is above it is not to count.
      M.fill(0, row + i, row + ((i + 4) & ~3));
    }
    this.gather(memory, { V: 0, own }, gradient);
    kernel.release();
  }

  private open(): OpenMemory {
    const { n } = this.designs;
    return openMemory(n, 2 * n * this.stride + this.inPlace.room);
  }

  private load(M: Float64Array, own: number): void {
    this.columns.load(M, own, this.rows, this.inverse);
    this.columns.loadTransposed(M, own + this.toB, this.stride, this.rows, this.inverse);
  }

  private evaluateAt(
    theta: ArrayLike<number>,
    { kernel, M }: OpenMemory,
    { C, S, own }: { readonly C: number; readonly S: number; readonly own: number },
  ): void {
    const { columns, designs, stride } = this;
    this.inverse = columns.inverseLengthscales(theta);
    this.load(M, own);
    for (let i = 0; i < designs.n; i++) {
      const row = C + i * stride;
      columns.startRow(M, row, this.inverse, { a: designs, i, b: designs, count: i });
      for (let at = row + i; at < row + ((i + 4) & ~3); at++) M[at] = 0;
    }
    kernel.correlate(this.radial, {
      ...{ C, S, A: own, B: own + this.toB, stride },
      ...{ rows: designs.n, columns: 0, depth: columns.depth, triangular: true },
    });
  }

  private gather(
    { kernel, M }: OpenMemory,
    { V, own }: { readonly V: number; readonly own: number },
    gradient: Float64Array,
  ): void {
    const { columns, designs, stride } = this;
    const { depth, others } = columns;
    const G = own + this.toG;
    for (let t = 0; t < depth; t++) M[G + t] = 0;
    kernel.gather({ G, V, A: own, B: own + this.toB, stride, rows: designs.n, depth });
    // Numeric differences are scaled in memory, so their sums are those of D_j/ℓ_j²; dk/d log ℓ_j = slope·D_j/ℓ_j².
    for (let t = 0; t < depth; t++) gradient[t] = M[G + t]!;
    others.forEach((distance, c) => {
      let sum = 0;
      for (let i = 0; i < designs.n; i++)
        for (let j = 0; j < i; j++) sum += M[V + i * stride + j]! * distance(designs, i, designs, j);
      gradient[depth + c] = sum * this.inverse[depth + c]! ** 2;
    });
  }
}
