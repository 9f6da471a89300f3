import type { MomentAcquisition } from './contract.js';

/** β: weight of the variance; 4 looks two standard deviations below the mean. */
const beta = 4;

/**
 * Confidence bound: how low the target loss may be, β = 4, as a value to be maximised (an upper bound of −loss).
 *
 * −μ + √β·|ρ|·σ,  |ρ|·σ = |cov|/√(σ_l² + noise_l), σ at the target
 *
 * The bound is a loss, which can have either sign and any zero, so it cannot be divided by a cost: costs do not enter.
 * Of one design the target always has the largest value, since a measurement elsewhere reveals only the part ρ of σ;
 * a lower fidelity is asked where the target may not be.
 *
 * @see Srinivas et al. 2012, IEEE Trans. Inf. Theory 58, 3250
 */
export const ucb: MomentAcquisition = {
  kind: 'moments',
  lossPower: null,
  name: 'ucb',
  description: 'confidence bound at two standard deviations; takes no account of costs',
  evaluate: ({ mean, variance, levelVariance, covariance, noise, isTarget }) => {
    const weight = Math.sqrt(beta);
    if (isTarget) {
      const sigma = Math.sqrt(variance);
      const byVariance = weight / (2 * sigma);
      return { value: weight * sigma - mean, byMean: -1, byVariance, byLevelVariance: 0, byCovariance: 0 };
    }
    const measured = Math.sqrt(levelVariance + noise);
    const revealed = Math.abs(covariance) / measured;
    return {
      value: weight * revealed - mean,
      byMean: -1,
      byVariance: 0,
      byLevelVariance: (-weight * revealed) / (2 * measured * measured),
      byCovariance: (weight * Math.sign(covariance)) / measured,
    };
  },
};
