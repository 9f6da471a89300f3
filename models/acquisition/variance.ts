import type { MomentAcquisition } from './contract.js';
import { perCost } from './per-cost.js';

/**
 * Log of the posterior variance at the target, times the squared correlation of a measurement at the fidelity in
 * question with it, per cost: active learning, which asks where least is known and not where it is good.
 *
 * log σ² + log ρ² − log c, ρ² as in `perCost`: σ²·ρ² = cov²/(σ_l² + noise_l) is what such a measurement takes off σ²
 *
 * The logarithm has the same maximum as the variance, whatever the unit of the loss.
 *
 * @see Seo et al. 2000, Proc. IJCNN (active learning Mackay)
 */
export const variance: MomentAcquisition = {
  kind: 'moments',
  lossPower: 2,
  name: 'variance',
  description: 'log posterior variance × squared correlation with the target, per cost: learns, does not optimise',
  evaluate: (input) => perCost({ value: Math.log(input.variance), byMean: 0, byVariance: 1 / input.variance }, input),
};
