import { logCdf, logImprovement } from '../../stats/normal.js';
import type { LogWorth } from '../per-cost.js';

/**
 * Log of the expected improvement of a normal loss below the incumbent.
 *
 * log σ + log(φ(u) + u·Φ(u)),  u = (incumbent − μ)/σ
 *
 * @param variance - σ², positive
 * @see Ament et al. 2023, arXiv:2310.20708 (LogEI)
 */
export function logEi(incumbent: number, mean: number, variance: number): LogWorth {
  const sigma = Math.sqrt(variance);
  const u = (incumbent - mean) / sigma;
  const h = logImprovement(u);
  // h'(u) = Φ(u)/(φ(u) + u·Φ(u))
  const slope = Math.exp(logCdf(u) - h);
  return { value: Math.log(sigma) + h, byMean: -slope / sigma, byVariance: (1 - u * slope) / (2 * variance) };
}
