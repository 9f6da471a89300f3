import { cholesky, inverse, logDeterminant } from '../linalg/cholesky.js';
import { information, square } from './exchange.js';

/** Steps, and products of two numbers in all, after which the weights are left, and by how much the best may be missed before, in parts. */
const [most, enough] = [{ steps: 200, work: 1e9 } as const, 1.003];

/** How good a design is for the determinant. */
export interface Efficiency {
  /** From 0 to 1. */
  readonly value: number;
  /** Whether it is but known to be no less, as the best weights were not found in time. */
  readonly isBound: boolean;
}

/**
 * How good a design is for the determinant, from 0 to 1: (det(XᵀX/n) / det M)^(1/p), with M of the best weights of all candidates, which no
 * number of runs can beat.
 *
 * @param X - rows of the design
 * @param rows - of the candidates; X is looked at beside them
 * @see Kiefer & Wolfowitz 1960, Canadian Journal of Mathematics 12, 363, by whom weights have at least p / (largest variance) of the best
 * @see Titterington 1976, on weights times the variance of what they tell, which never make the determinant smaller
 */
export function dEfficiency(X: readonly Float64Array[], rows: readonly Float64Array[], p: number): Efficiency {
  const all = [...X, ...rows];
  const weights = new Float64Array(all.length).fill(1 / all.length);
  let log = Number.NEGATIVE_INFINITY;
  const steps = Math.min(most.steps, Math.ceil(most.work / (all.length * p ** 2)));
  let isFound = false;
  let A: Float64Array = new Float64Array(p * p);
  for (let step = 0; step < steps; step++) {
    const factor = cholesky(information(all, p, weights), p);
    log = logDeterminant(factor);
    A = inverse(factor);
    let [largest, sum] = [0, 0];
    for (let i = 0; i < all.length; i++) {
      if (weights[i] === 0) continue;
      const part = square(A, all[i]!) / p;
      largest = Math.max(largest, part);
      const weight = weights[i]! * part;
      // What has next to none is none of the best.
      weights[i] = weight < 1e-3 / all.length ? 0 : weight;
      sum += weights[i]!;
    }
    for (let i = 0; i < all.length; i++) weights[i] = weights[i]! / sum;
    isFound = largest < enough;
    if (isFound) break;
  }
  const own = logDeterminant(cholesky(information(X, p), p)) - p * Math.log(X.length);
  const value = Math.exp((own - log) / p);
  if (isFound || steps === most.steps) return { value: Math.min(1, value), isBound: false };
  const missed = all.reduce((largest, row) => Math.max(largest, square(A, row) / p), 1);
  return { value: Math.min(1, value / missed), isBound: true };
}
