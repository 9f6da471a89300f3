import type { LogWithin } from './log-within.js';
import { log1mexp, logCdf, logDensity } from './normal.js';

/** A normal outcome that must lie between two bounds, either of which may be infinite. */
export interface BetweenOutcome {
  readonly mean: number;
  /** Positive, units of the outcome². */
  readonly variance: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Log of the probability that an outcome lies between its bounds, with its derivatives.
 *
 * log(Φ(b) − Φ(a)),  a = (min − μ)/σ, b = (max − μ)/σ; above the mean by the upper tails, log(Φ(−a) − Φ(−b)), so that nothing
 * is lost where both are near 1.
 *
 * @returns −∞ where min is not below max
 */
export function logBetween({ mean, variance, min, max }: BetweenOutcome): LogWithin {
  const sigma = Math.sqrt(variance);
  const [a, b] = [(min - mean) / sigma, (max - mean) / sigma];
  const [near, far] = a > 0 ? [-a, -b] : [b, a];
  const high = logCdf(near);
  const value = far === Number.NEGATIVE_INFINITY ? high : high + log1mexp(logCdf(far) - high);
  // (φ(b) − φ(a))/P and (b·φ(b) − a·φ(a))/P, each term in logarithms.
  const share = (u: number) => (Number.isFinite(u) ? Math.exp(logDensity(u) - value) : 0);
  const [atA, atB] = [share(a), share(b)];
  return {
    value,
    byMean: (atA - atB) / sigma,
    byVariance: ((Number.isFinite(a) ? a * atA : 0) - (Number.isFinite(b) ? b * atB : 0)) / (2 * variance),
  };
}
