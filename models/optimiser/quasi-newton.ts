import { cholesky, solve } from '../linalg/cholesky.js';
import { dot } from '../linalg/dot.js';

/** A step of a search, how the gradient changed along it, and 1/(s·y). */
export interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** An approximation of the second derivatives of a function. */
export interface Curvature {
  /** Positive definite, row-major [d × d]; null for a multiple of the unit matrix. */
  readonly hessian: Float64Array | null;
  /** Steps made since, the oldest first. */
  readonly pairs: readonly Pair[];
  /** Whether it comes from gradients nearby, so that what a step by it promises may be trusted. */
  readonly measured: boolean;
}

/** A step with s·y clearly above 0, or null: without, the curvature would not stay positive. */
export function pairOf(s: Float64Array, y: Float64Array): Pair | null {
  const along = dot(s, y);
  const rho = 1 / along;
  return along > 1e-10 * Math.sqrt(dot(s, s) * dot(y, y)) && Number.isFinite(rho) ? { s, y, rho } : null;
}

/**
 * The quasi-Newton step −H⁻¹·g on the free variables, 0 on the others: the two-loop recursion over the pairs about the
 * inverse of the given Hessian's block of the free variables, or about a multiple of the unit matrix where there is none.
 *
 * @param hessian - [d × d], or null
 * @param pairs - the oldest first
 * @see Liu and Nocedal 1989, Mathematical Programming 45, 503
 */
export function quasiNewtonStep(
  gradient: Float64Array,
  free: Uint8Array,
  hessian: Float64Array | null,
  pairs: readonly Pair[],
): Float64Array {
  const d = gradient.length;
  let q: Float64Array = new Float64Array(d);
  for (let i = 0; i < d; i++) q[i] = free[i] ? gradient[i]! : 0;
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    const alpha = rho * dot(s, q);
    alphas[k] = alpha;
    for (let i = 0; i < d; i++) q[i] = q[i]! - alpha * y[i]!;
  }
  if (hessian !== null) q = solvedFree(hessian, q, free);
  else {
    const last = pairs.at(-1);
    const scale = last === undefined ? 1 : 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < d; i++) q[i] = q[i]! * scale;
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, rho } = pairs[k]!;
    const beta = rho * dot(y, q);
    for (let i = 0; i < d; i++) q[i] = q[i]! + (alphas[k]! - beta) * s[i]!;
  }
  for (let i = 0; i < d; i++) q[i] = free[i] ? -q[i]! : 0;
  return q;
}

/** Solves with the block of the free variables; 0 on the others. */
function solvedFree(hessian: Float64Array, q: Float64Array, free: Uint8Array): Float64Array {
  const d = q.length;
  const places: number[] = [];
  for (let i = 0; i < d; i++) if (free[i]) places.push(i);
  const m = places.length;
  const block = new Float64Array(m * m);
  const right = new Float64Array(m);
  places.forEach((i, a) => {
    right[a] = q[i]!;
    for (let b = 0; b < m; b++) block[a * m + b] = hessian[i * d + places[b]!]!;
  });
  const solved = solve(cholesky(block, m), right);
  const result = new Float64Array(d);
  places.forEach((i, a) => {
    result[i] = solved[a]!;
  });
  return result;
}
