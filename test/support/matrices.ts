import { Generator } from '../../models/random/generator.js';

/** A·Aᵀ/n + ridge·I of a random matrix, row-major [n × n]. */
export function positiveDefinite(n: number, seed: number, ridge = 0.1): Float64Array {
  const random = new Generator(seed);
  const A = Float64Array.from({ length: n * n }, () => random.normal());
  const K = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += A[i * n + k]! * A[j * n + k]!;
      K[i * n + j] = sum / n + (i === j ? ridge : 0);
      K[j * n + i] = K[i * n + j]!;
    }
  return K;
}

/** Factor, one column at a time as in a textbook, without blocks: an oracle that has nothing in common with ours. */
export function textbookFactor(K: Float64Array, n: number): Float64Array {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = K[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!;
      L[i * n + j] = i === j ? Math.sqrt(sum) : sum / L[j * n + j]!;
    }
  return L;
}

/** Largest difference, relative to the largest entry of the second. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = found.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  let largest = Number.MIN_VALUE;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    const difference = Math.abs(found[i]! - expected[i]!);
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }
  return worst / largest;
}
