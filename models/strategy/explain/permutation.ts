import type { Design } from '../../domain/design.js';
import { Generator } from '../../random/generator.js';
import { explained } from './leave-one-out.js';

/** What predictions lose where the values of a factor are shuffled among the trials. */
export interface PermutationImportance {
  readonly name: string;
  /** By how much R² falls, on average over the shuffles, and its standard deviation over them. */
  readonly fall: number;
  readonly sd: number;
}

/** Shuffles of each factor: so many where few designs are predicted for it, and at least some. */
const shufflesOf = (designs: number) => Math.max(4, Math.min(20, Math.floor(20_000 / designs)));

/** Trials from which on it is told. */
const trialsAtLeast = 4;

/**
 * How much predictions hang on each factor: by how much the R² of the predictions of the trials falls where one factor's values are
 * shuffled among them and all others stay.
 *
 * I_p = R²(f(X), y) − mean over π of R²(f(X with x_p of trial π(i)), y)
 *
 * The surrogates have seen these trials, so that a fall tells what they make of a factor, and not how far they are right about it.
 *
 * @param predict - in the unit of `measured`
 * @param measured - values of the designs, [n]
 * @returns in the order of the names; none of fewer than four trials, or of values that do not differ
 * @see Breiman 2001, Machine Learning 45, 5; Fisher, Rudin and Dominici 2019, JMLR 20, 177
 */
export function permutationImportance(
  predict: (designs: readonly Design[]) => ArrayLike<number>,
  names: readonly string[],
  { designs, measured }: { readonly designs: readonly Design[]; readonly measured: readonly number[] },
  seed: number,
): PermutationImportance[] {
  const n = designs.length;
  const pairs = (predicted: ArrayLike<number>) =>
    measured.map((value, i) => ({ measured: value, predicted: predicted[i]! }));
  const whole = n < trialsAtLeast ? null : explained(pairs(predict(designs)));
  if (whole === null) return [];
  const shuffles = shufflesOf(n * names.length);
  return names.map((name) => {
    const random = new Generator(seed, `shuffle ${name}`);
    const falls = Array.from({ length: shuffles }, () => {
      const order = random.permutation(n);
      const shuffled = designs.map((design, i) => ({ ...design, [name]: designs[order[i]!]![name]! }));
      return whole - explained(pairs(predict(shuffled)))!;
    });
    const fall = falls.reduce((sum, one) => sum + one, 0) / shuffles;
    const sd = Math.sqrt(falls.reduce((sum, one) => sum + (one - fall) ** 2, 0) / (shuffles - 1));
    return { name, fall, sd };
  });
}
