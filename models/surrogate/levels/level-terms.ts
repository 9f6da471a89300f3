import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { IcmLayout } from '../process/icm-hyperparameters.js';

/** A kernel's values over pairs, with their gradients by numeric coordinate where one design moves. */
export interface TermValues {
  readonly value: Float64Array;
  readonly gradient: Float64Array;
}

/** Values of the kernel of each term for all rows of a with all rows of b, row-major [a.n × b.n]. */
export function crossTerms(
  { terms }: IcmLayout,
  theta: Float64Array,
  a: EncodedDesigns,
  b: EncodedDesigns,
): Float64Array[] {
  return terms.map(({ kernel, at }) => kernel.cross(theta.subarray(at), a, b));
}

/** Values of the kernel of each term for one candidate with the designs, [n], with gradients by the candidate. */
export function localTerms(
  { terms }: IcmLayout,
  theta: Float64Array,
  designs: EncodedDesigns,
  candidate: EncodedDesigns,
): TermValues[] {
  return terms.map(({ kernel, at }) => kernel.local(theta.subarray(at), designs, candidate));
}

/** Values of the kernel of each term for every design with itself, [n]. */
export function ownTerms({ terms }: IcmLayout, theta: Float64Array, designs: EncodedDesigns): Float64Array[] {
  return terms.map(
    ({ kernel, at }) => kernel.own?.(theta.subarray(at), designs).value ?? new Float64Array(designs.n).fill(1),
  );
}

/** Prior covariance of the values at two levels of the pair of designs at a place: Σ_q B_q[a, b]·k_q + c0·[a = b]. */
export function covarianceAt(
  { levels, constantVariance }: IcmLayout,
  B: readonly Float64Array[],
  [a, b]: readonly [number, number],
  values: readonly Float64Array[],
  at: number,
): number {
  const pair = a * levels + b;
  let sum = B[0]![pair]! * values[0]![at]!;
  for (let q = 1; q < B.length; q++) sum += B[q]![pair]! * values[q]![at]!;
  return sum + (a === b ? (constantVariance ?? 0) : 0);
}
