import type { Generator } from './generator.js';

/**
 * Index drawn with the given probabilities.
 *
 * @param weights - at least one, not negative, adding up to 1; what rounding leaves goes to the last
 */
export function weightedChoice(weights: readonly number[], random: Generator): number {
  let left = random.uniform();
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return found < 0 ? weights.length - 1 : found;
}
