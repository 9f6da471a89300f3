import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { padded, strideOf } from '../linalg/in-place.js';
import type { OpenMemory } from '../linalg/kernels.js';
import type { RadialNumber } from '../linalg/radial/radial-kernels.js';
import type { InPlaceCross } from './contract.js';
import type { ScaledColumns } from './scaled-columns.js';

/** A radial kernel between designs that stay and candidates that come, at fixed hyperparameters. */
export class RadialCross implements InPlaceCross {
  private readonly inverse: Float64Array;
  private readonly stride: number;

  constructor(
    private readonly columns: ScaledColumns,
    private readonly radial: RadialNumber,
    theta: ArrayLike<number>,
    private readonly designs: EncodedDesigns,
  ) {
    this.inverse = columns.inverseLengthscales(theta);
    this.stride = strideOf(designs.n);
  }

  room(rows: number): number {
    const { depth } = this.columns;
    return depth * this.stride + padded(rows * depth);
  }

  load({ M }: OpenMemory, own: number): void {
    const { columns, designs } = this;
    columns.loadTransposed(M, own, this.stride, columns.numericRows(designs), this.inverse);
  }

  write(
    { kernel, M }: OpenMemory,
    { C, S, own }: { readonly C: number; readonly S: number; readonly own: number },
    candidates: EncodedDesigns,
  ): void {
    const { columns, designs, stride, inverse } = this;
    const { depth } = columns;
    const [B, A] = [own, own + depth * stride];
    columns.load(M, A, columns.numericRows(candidates), inverse);
    for (let i = 0; i < candidates.n; i++) {
      const row = C + i * stride;
      columns.startRow(M, row, inverse, { a: candidates, i, b: designs, count: designs.n });
      for (let at = row + designs.n; at < row + stride; at++) M[at] = 0;
    }
    const places = { C, S, A, B, stride, rows: candidates.n, columns: padded(designs.n), depth, triangular: false };
    kernel.correlate(this.radial, places);
  }
}
