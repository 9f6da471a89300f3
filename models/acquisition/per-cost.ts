import type { FittedSurrogate, LevelPosterior } from '../surrogate/contract.js';
import type { AcquisitionInput, AcquisitionValue } from './contract.js';

/** Log of what a trial at the target is worth, with its derivatives by posterior mean and variance there. */
export interface LogWorth {
  readonly value: number;
  readonly byMean: number;
  readonly byVariance: number;
}

/**
 * The worth of a trial at the target as that of one at the fidelity in question: times the squared correlation of a
 * measurement there with the target, per cost.
 *
 * worth + log ρ² − log c,  ρ² = cov²/(σ²·(σ_l² + noise_l)), 1 at the target
 *
 * @see Huang et al. 2006, Struct. Multidisc. Optim. 32, 369 (the correlation and cost factors)
 */
export function perCost(
  worth: LogWorth,
  { variance, levelVariance, covariance, noise, isTarget, cost }: AcquisitionInput,
): AcquisitionValue {
  const value = worth.value - Math.log(cost);
  // Field by field: this is the inner loop over candidates, and spreading an object takes longer than all the rest.
  const { byMean, byVariance } = worth;
  if (isTarget) return { value, byMean, byVariance, byLevelVariance: 0, byCovariance: 0 };
  const measured = levelVariance + noise;
  return {
    value: value + 2 * Math.log(Math.abs(covariance)) - Math.log(variance) - Math.log(measured),
    byMean: worth.byMean,
    byVariance: worth.byVariance - 1 / variance,
    byLevelVariance: -1 / measured,
    byCovariance: 2 / covariance,
  };
}

/**
 * log ρ² − log c of a measurement of one of the candidates at a level, as in `perCost`; −∞ where it tells nothing of the
 * target.
 *
 * @param posterior - of the candidates
 * @param costs - by level, the target's last
 */
export function correlationPerCost(
  { noise }: FittedSurrogate,
  { variance, covariance }: LevelPosterior,
  { row, level }: { readonly row: number; readonly level: number },
  costs: readonly number[],
): number {
  const target = costs.length - 1;
  const { value } = perCost(
    { value: 0, byMean: 0, byVariance: 0 },
    {
      incumbent: 0,
      mean: 0,
      variance: variance[target]![row]!,
      levelVariance: variance[level]![row]!,
      covariance: covariance[level]![row]!,
      noise: noise[level]!,
      isTarget: level === target,
      cost: costs[level]!,
    },
  );
  return value;
}
