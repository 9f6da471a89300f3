import type { MomentAcquisition } from './contract.js';
import { logEi } from './internal/log-ei.js';
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
export const logEiPerCost: MomentAcquisition = {
  kind: 'moments',
  lossPower: 1,
  name: 'log-ei-per-cost',
  description: 'log expected improvement × squared correlation with the target, per cost',
  evaluate: (input) => perCost(logEi(input.incumbent, input.mean, input.variance), input),
};
