import type { Hyperparameter } from '../../kernel/contract.js';
import type { LevelStructure } from './level-structure.js';

const first: Hyperparameter = { mean: 0, sd: 1, lower: -8, upper: 5, start: 0 };
const further: Hyperparameter = { mean: -1, sd: 1.5, lower: -8, upper: 5, start: -1 };
const factor: Hyperparameter = { mean: 0.6, sd: 0.7, lower: -3, upper: 3, start: 0.6 };

/**
 * A term a level, each level a multiple of the one below plus a part of its own: f_l = ρ_l·f_(l−1) + δ_l, f_0 = δ_0.
 *
 * B_q[a, b] = v_q·w_q(a)·w_q(b), w_q(l) = ρ_(q+1)·…·ρ_l for l ≥ q, else 0, v_q the variance of δ_q
 *
 * Hyperparameters: log v_0 ~ N(0, 1), log v_q ~ N(−1, 1.5) for q > 0; ρ_1, … ~ N(0.6, 0.7), |ρ| ≤ 3.
 *
 * @see Kennedy and O'Hagan 2000, Biometrika 87, 1; Le Gratiet and Garnier 2014
 */
export function chainStructure(L: number): LevelStructure {
  return {
    hyperparameters: [
      ...Array.from({ length: L }, (_, q) => (q === 0 ? first : further)),
      ...Array(L - 1).fill(factor),
    ],
    signed: Array.from({ length: L - 1 }, (_, i) => L + i),
    evaluate: (theta) => {
      const terms = Array.from({ length: L }, (_, q) => Math.exp(theta[q]!));
      const B = terms.map((variance, q) => outer(variance, products(theta, L, q), products(theta, L, q)));
      return {
        B,
        pullback: (M, gradient) => {
          terms.forEach((variance, q) => {
            gradient[q] = gradient[q]! + dot(M[q]!, B[q]!);
            const w = products(theta, L, q);
            for (let r = q + 1; r < L; r++) {
              const slope = products(theta, L, q, r);
              const dB = outer(variance, slope, w);
              const transposed = outer(variance, w, slope);
              gradient[L + r - 1] = gradient[L + r - 1]! + dot(M[q]!, dB) + dot(M[q]!, transposed);
            }
          });
        },
      };
    },
  };
}

/** w_q of every level, or its derivative by ρ_r. */
function products(theta: Float64Array, L: number, q: number, r?: number): Float64Array {
  const w = new Float64Array(L);
  for (let level = Math.max(q, r ?? q); level < L; level++) {
    let product = 1;
    for (let k = q + 1; k <= level; k++) if (k !== r) product *= theta[L + k - 1]!;
    w[level] = product;
  }
  return w;
}

function outer(variance: number, a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length * b.length);
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      result[i * b.length + j] = variance * x * y;
    });
  });
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
