import type { RadialNumber } from './radial/radial-kernels.js';
import { radialByNumber } from './radial/radial-kernels.js';

/** `correlate` of `Kernel` in TypeScript, on the memory M. */
export function correlatePlain(
  M: Float64Array,
  kind: RadialNumber,
  { C, S, A, B, stride, rows, columns, depth, triangular }: CorrelatePlaces,
): void {
  const radial = radialByNumber[kind];
  for (let i = 0; i < rows; i++) {
    const end = triangular ? (i + 4) & ~3 : columns;
    for (let j = 0; j < end; j++) {
      let squared = M[C + i * stride + j]!;
      for (let t = 0; t < depth; t++) {
        const difference = M[A + i * depth + t]! - M[B + t * stride + j]!;
        squared += difference * difference;
      }
      const { value, slope } = radial(squared);
      M[C + i * stride + j] = value;
      M[S + i * stride + j] = slope;
    }
  }
}

/** `gather` of `Kernel` in TypeScript, on the memory M; four sums, as the lanes of two vectors. */
export function gatherPlain(M: Float64Array, { G, V, A, B, stride, rows, depth }: GatherPlaces): void {
  for (let i = 0; i < rows; i++) {
    const end = (i + 4) & ~3;
    for (let t = 0; t < depth; t++) {
      const x = M[A + i * depth + t]!;
      const sums = [0, 0, 0, 0];
      for (let j = 0; j < end; j++) {
        const difference = x - M[B + t * stride + j]!;
        sums[j & 3] = sums[j & 3]! + M[V + i * stride + j]! * (difference * difference);
      }
      M[G + t] = M[G + t]! + (sums[0]! + sums[2]! + (sums[1]! + sums[3]!));
    }
  }
}

/** Places and sizes of `correlate`. */
export interface CorrelatePlaces {
  readonly C: number;
  readonly S: number;
  readonly A: number;
  readonly B: number;
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly triangular: boolean;
}

/** Places and sizes of `gather`. */
export interface GatherPlaces {
  readonly G: number;
  readonly V: number;
  readonly A: number;
  readonly B: number;
  readonly stride: number;
  readonly rows: number;
  readonly depth: number;
}
