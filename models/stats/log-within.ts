import { logCdf } from './normal.js';

/** A normal outcome that must not exceed a bound. */
export interface BoundedOutcome {
  readonly mean: number;
  /** Positive, units of the outcome². */
  readonly variance: number;
  readonly bound: number;
}

/** Log probability that an outcome is within its bound, with its derivatives. */
export interface LogWithin {
  readonly value: number;
  readonly byMean: number;
  readonly byVariance: number;
}

/**
 * Log of the probability that an outcome is within its bound.
 *
 * log Φ(u),  u = (bound − μ)/σ,  d log Φ(u)/du = φ(u)/Φ(u)
 */
export function logWithin({ mean, variance, bound }: BoundedOutcome): LogWithin {
  const sigma = Math.sqrt(variance);
  const u = (bound - mean) / sigma;
  const value = logCdf(u);
  const ratio = Math.exp(-0.5 * u * u - 0.5 * Math.log(2 * Math.PI) - value);
  return { value, byMean: -ratio / sigma, byVariance: (-ratio * u) / (2 * variance) };
}
