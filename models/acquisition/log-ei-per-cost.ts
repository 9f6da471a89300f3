import { logCdf, logImprovement } from '../stats/normal.js';
import type { AcquisitionType } from './contract.js';
import { perCost } from './per-cost.js';

/**
 * Log of expected improvement below the incumbent at the target fidelity, times the squared correlation of a
 * measurement at the fidelity in question with the target, per cost.
 *
 * log σ + log(φ(u) + u·Φ(u)) + log ρ² − log c,  u = (incumbent − μ)/σ,  ρ² as in `perCost`
 *
 * @see Ament et al. 2023, arXiv:2310.20708 (LogEI); Huang et al. 2006, Struct. Multidisc. Optim. 32, 369 (the
 * correlation and cost factors)
 */
export const logEiPerCost: AcquisitionType = {
  name: 'log-ei-per-cost',
  description: 'log expected improvement × squared correlation with the target, per cost',
  evaluate: (input) => {
    const sigma = Math.sqrt(input.variance);
    const u = (input.incumbent - input.mean) / sigma;
    const h = logImprovement(u);
    // h'(u) = Φ(u)/(φ(u) + u·Φ(u))
    const slope = Math.exp(logCdf(u) - h);
    const improvement = {
      value: Math.log(sigma) + h,
      byMean: -slope / sigma,
      byVariance: (1 - u * slope) / (2 * input.variance),
    };
    return perCost(improvement, input);
  },
};
