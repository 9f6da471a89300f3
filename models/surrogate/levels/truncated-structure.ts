import { ShapeError } from '../../domain/errors.js';
import type { Hyperparameter } from '../../kernel/contract.js';
import { linearTruncated } from '../../kernel/fidelity.js';
import { gammaPrior } from '../../kernel/lengthscale-prior.js';
import type { LevelStructure } from './level-structure.js';

/** Priors of BoTorch: outputscale ~ Gamma(2, 0.15), power ~ Gamma(3, 3). */
const scale: Hyperparameter = { ...gammaPrior(2, 0.15), lower: -8, upper: 8, start: 0 };
const power: Hyperparameter = { ...gammaPrior(3, 3), lower: -4, upper: 4 };

/**
 * Two terms over levels that are numbers s in [0, 1], the target at 1: one that all have in common, one that vanishes
 * at the target, K = σ²·[k_0(x, x') + (1 − s)(1 − s')(1 + s·s')^p·k_1(x, x')].
 *
 * Hyperparameters: log σ², log p.
 *
 * @param numbers - s of each level, rising, [L]
 * @throws {ShapeError} if they do not rise within [0, 1]
 * @see BoTorch 0.18.1, `LinearTruncatedFidelityKernel`
 */
export function truncatedStructure(numbers: readonly number[]): LevelStructure {
  const L = numbers.length;
  if (numbers.some((s, l) => !(s >= 0 && s <= 1) || (l > 0 && s <= numbers[l - 1]!)))
    throw new ShapeError(`fidelity numbers ${numbers.join(', ')}; numbers that rise within [0, 1] are wanted`);
  return {
    hyperparameters: [scale, power],
    signed: [],
    evaluate: (theta) => {
      const variance = Math.exp(theta[0]!);
      const p = Math.exp(theta[1]!);
      const pairs = numbers.flatMap((s) => numbers.map((t) => linearTruncated(s, t, p)));
      const common = new Float64Array(L * L).fill(variance);
      const vanishing = Float64Array.from(pairs, ({ value }) => variance * value);
      return {
        B: [common, vanishing],
        pullback: ([M0, M1], gradient) => {
          let [byScale, byPower] = [0, 0];
          pairs.forEach(({ slopes }, at) => {
            byScale += M0![at]! * common[at]! + M1![at]! * vanishing[at]!;
            byPower += M1![at]! * variance * slopes[0]! * p;
          });
          gradient[0] = gradient[0]! + byScale;
          gradient[1] = gradient[1]! + byPower;
        },
      };
    },
  };
}

/** Fidelity numbers where none are given: evenly spaced, the cheapest level at 0, or at 1 where it is the only one. */
export function evenNumbers(L: number): number[] {
  return Array.from({ length: L }, (_, l) => (L === 1 ? 1 : l / (L - 1)));
}
