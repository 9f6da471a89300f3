import type { Hyperparameter } from '../../kernel/contract.js';
import type { LevelStructure } from './level-structure.js';

const first: Hyperparameter = { mean: 0, sd: 1, lower: -8, upper: 5, start: 0 };
const further: Hyperparameter = { mean: -1, sd: 1.5, lower: -8, upper: 5, start: -1 };

/**
 * Terms of one level, each with a variance of its own: B_q = exp(θ_q).
 *
 * Hyperparameters: log variances, N(0, 1) of the first and N(−1, 1.5) of the others.
 */
export function weightedStructure(terms: number): LevelStructure {
  return {
    hyperparameters: Array.from({ length: terms }, (_, q) => (q === 0 ? first : further)),
    signed: [],
    evaluate: (theta) => {
      const B = Array.from({ length: terms }, (_, q) => Float64Array.of(Math.exp(theta[q]!)));
      return {
        B,
        pullback: (M, gradient) => {
          B.forEach((Bq, q) => {
            gradient[q] = gradient[q]! + M[q]![0]! * Bq[0]!;
          });
        },
      };
    },
  };
}
