import { fTail } from './f-tail.js';

/**
 * Chance, at most, that the largest of n normal deviations from their mean, in units of their own standard deviation, is as large as this:
 * Grubbs' test on both sides. A gross error is in that standard deviation, too, so that none can be off by more than (n − 1)/√n of it.
 *
 * n·P(|t| > T),  T² = n·(n − 2)·g²/((n − 1)² − n·g²), Student's t with n − 2 degrees of freedom
 *
 * @param g - deviation in standard deviations, 0 or more
 * @param n - number of values, 3 or more
 * @see Grubbs 1950, Ann. Math. Stat. 21, 27
 */
export function grubbsChance(g: number, n: number): number {
  const room = (n - 1) ** 2 - n * g * g;
  if (room <= 0) return 0;
  return Math.min(1, n * fTail((n * (n - 2) * g * g) / room, 1, n - 2));
}
