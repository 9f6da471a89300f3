import type { Generator } from '../../models/random/generator.js';

/** One of a list. */
export function pick<T>(draw: Generator, list: readonly T[]): T {
  return list[draw.below(list.length)]!;
}

/** True with a probability. */
export function chance(draw: Generator, probability: number): boolean {
  return draw.uniform() < probability;
}

/** One of several makers, each with its weight, asked for what it makes. */
export function weighted<T>(draw: Generator, makers: readonly (readonly [weight: number, make: () => T])[]): T {
  let left = draw.uniform() * makers.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of makers) {
    left -= weight;
    if (left < 0) return make();
  }
  return makers.at(-1)![1]();
}

/** A whole number from 1, small ones more often: each further power of two half as often. */
export function size(draw: Generator, most: number): number {
  let n = 1;
  while (n < most && chance(draw, 0.5)) n *= 2;
  return Math.min(most, n + draw.below(n));
}
