import { cholesky, inverse, logDeterminant } from '../linalg/cholesky.js';
import { form, information } from './exchange.js';

/** Steps after which the weights are near enough, and by how much the best may be missed before, in parts. */
const [mostSteps, enough] = [200, 1.003];

/**
 * How good a design is for the determinant, from 0 to 1: (det(XᵀX/n) / det M)^(1/p), with M of the best weights of all candidates, which no
 * number of runs can beat.
 *
 * @param X - rows of the design
 * @param rows - of the candidates; X is looked at beside them
 * @see Titterington 1976, on weights times the variance of what they tell, which never make the determinant smaller
 */
export function dEfficiency(X: readonly Float64Array[], rows: readonly Float64Array[], p: number): number {
  const all = [...X, ...rows];
  const weights = new Float64Array(all.length).fill(1 / all.length);
  let log = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < mostSteps; step++) {
    const factor = cholesky(information(all, p, weights), p);
    log = logDeterminant(factor);
    const A = inverse(factor);
    let [largest, sum] = [0, 0];
    for (let i = 0; i < all.length; i++) {
      if (weights[i] === 0) continue;
      const part = form(A, all[i]!, all[i]!) / p;
      largest = Math.max(largest, part);
      const weight = weights[i]! * part;
      // What has next to none is none of the best.
      weights[i] = weight < 1e-3 / all.length ? 0 : weight;
      sum += weights[i]!;
    }
    for (let i = 0; i < all.length; i++) weights[i] = weights[i]! / sum;
    if (largest < enough) break;
  }
  const own = logDeterminant(cholesky(information(X, p), p)) - p * Math.log(X.length);
  return Math.min(1, Math.exp((own - log) / p));
}
