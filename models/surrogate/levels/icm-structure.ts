import type { Hyperparameter } from '../../kernel/contract.js';
import { levelCorrelation } from './level-correlation.js';
import type { LevelStructure } from './level-structure.js';

/**
 * One term with a free signed correlation between any two levels: B = diag(s)·R·diag(s).
 *
 * Hyperparameters: log s² ~ N(0, 1), one a level, the cheapest first; u ~ N(0.55, 1), |u| ≤ 3, of the correlations, the
 * target first (see `levelCorrelation`). Of an earlier campaign u ~ N(0, 1): it may as well run against the target, and a
 * search that starts without a correlation finds its sign by the slope.
 *
 * @param scalePrior - mean and sd of the normal prior on log s²; where sd is 0, it is the mean
 * @param sources - how many of the levels, the first ones, are earlier campaigns
 */
export function icmStructure(
  L: number,
  [scale, scaleSd]: readonly [number, number] = [0, 1],
  sources = 0,
): LevelStructure {
  const block = (n: number, one: Hyperparameter) => Array.from({ length: n }, () => one);
  const correlations = (L * (L - 1)) / 2;
  const fixed = { mean: scale, sd: 1, lower: scale, upper: scale, start: scale };
  const correlation = (mean: number) => ({ mean, sd: 1, lower: -3, upper: 3, start: mean });
  // Correlations stand row by row with the target first, so those of the first levels are the last.
  const own = ((L - sources) * (L - sources - 1)) / 2;
  return {
    hyperparameters: [
      ...block(L, scaleSd === 0 ? fixed : { mean: scale, sd: scaleSd, lower: -8, upper: 5, start: scale }),
      ...block(own, correlation(0.55)),
      ...block(correlations - own, correlation(0)),
    ],
    signed: Array.from({ length: correlations }, (_, i) => L + i),
    evaluate: (theta) => {
      const { R, derivatives } = levelCorrelation(theta.subarray(L, L + correlations), L);
      // levelCorrelation puts the target first; fidelity order has it last.
      const place = (level: number) => L - 1 - level;
      const scaled = (matrix: Float64Array) => {
        const result = new Float64Array(L * L);
        for (let a = 0; a < L; a++)
          for (let b = 0; b < L; b++)
            result[a * L + b] = Math.exp(0.5 * (theta[a]! + theta[b]!)) * matrix[place(a) * L + place(b)]!;
        return result;
      };
      const B = scaled(R);
      return {
        B: [B],
        pullback: ([M], gradient) => {
          const byU = derivatives.map(scaled);
          for (let a = 0; a < L; a++)
            for (let b = 0; b < L; b++) {
              const term = M![a * L + b]!;
              const half = 0.5 * term * B[a * L + b]!;
              gradient[a] = gradient[a]! + half;
              gradient[b] = gradient[b]! + half;
              byU.forEach((dB, q) => {
                gradient[L + q] = gradient[L + q]! + term * dB[a * L + b]!;
              });
            }
        },
      };
    },
  };
}
