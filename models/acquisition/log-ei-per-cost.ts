import { logCdf, logImprovement } from '../stats/normal.js';
import type { AcquisitionType } from './contract.js';

/**
 * Log of expected improvement below the incumbent at the target fidelity, times the squared correlation of a
 * measurement at the fidelity in question with the target, per cost.
 *
 * log σ + log(φ(u) + u·Φ(u)) + log ρ² − log c,  u = (incumbent − μ)/σ,  ρ² = cov²/(σ²·(σ_l² + noise_l)), 1 at the target
 *
 * @see Ament et al. 2023, arXiv:2310.20708 (LogEI); Huang et al. 2006, Struct. Multidisc. Optim. 32, 369 (the
 * correlation and cost factors)
 */
export const logEiPerCost: AcquisitionType = {
  name: 'log-ei-per-cost',
  description: 'log expected improvement × squared correlation with the target, per cost',
  evaluate: ({ incumbent, mean, variance, levelVariance, covariance, noise, isTarget, cost }) => {
    const sigma = Math.sqrt(variance);
    const u = (incumbent - mean) / sigma;
    const h = logImprovement(u);
    // h'(u) = Φ(u)/(φ(u) + u·Φ(u))
    const slope = Math.exp(logCdf(u) - h);
    const improvement = {
      value: Math.log(sigma) + h - Math.log(cost),
      byMean: -slope / sigma,
      byVariance: (1 - u * slope) / (2 * variance),
    };
    if (isTarget) return { ...improvement, byLevelVariance: 0, byCovariance: 0 };
    const measured = levelVariance + noise;
    return {
      value: improvement.value + 2 * Math.log(Math.abs(covariance)) - Math.log(variance) - Math.log(measured),
      byMean: improvement.byMean,
      byVariance: improvement.byVariance - 1 / variance,
      byLevelVariance: -1 / measured,
      byCovariance: 2 / covariance,
    };
  },
};
