import { concatDesigns } from '../encode/encoded-designs.js';
import { logsumexp } from '../stats/logsumexp.js';
import type { AcquisitionInput, AcquisitionValue, AnchoredAcquisition } from './contract.js';
import { lowestValues } from './internal/lowest-values.js';
import { maxValueInformation } from './internal/max-value-information.js';

/** Designs over which the lowest loss is looked for, besides those measured. */
const points = 1000;

/** Products down to which nothing is lost by underflow. */
const smallest = 1e-280;

/**
 * Log of what a measurement tells of the lowest loss at the target, per cost: max-value entropy search over designs and
 * fidelities.
 *
 * log 1/K·Σ_k MI(γ_k, r) − log cost,  γ_k = (μ − y*_k)/σ,  r² = cov²/(σ²·(σ_l² + noise_l))
 *
 * MI as in `maxValueInformation`; y*_k the quantiles of `lowestValues` over 1,000 designs of the space and all measured
 * ones. Pending trials count as measured at their posterior mean, so a batch is chosen by what each adds to the others.
 *
 * @see Wang and Jegelka 2017, arXiv:1703.01968; Takeno et al. 2020, arXiv:1901.08275; Moss et al. 2021,
 * arXiv:2102.03324 (batches by what the others leave open)
 */
export const mesPerCost: AnchoredAcquisition = {
  kind: 'anchored',
  lossPower: 0,
  name: 'mes-per-cost',
  description: 'log information on the lowest loss at the target, per cost: max-value entropy search',
  prepare: ({ withPending, measured, representatives, target, incumbent }) => {
    const { mean, variance } = withPending.posterior(concatDesigns(representatives(points), measured));
    const lowest = lowestValues(mean[target]!, variance[target]!, incumbent);
    return {
      surrogate: withPending,
      anchors: null,
      anchored: 'target',
      evaluate: (input) => informationPerCost(input, lowest),
    };
  },
};

/** The acquisition at one candidate, given what the lowest loss may be. */
export function informationPerCost(input: AcquisitionInput, lowest: readonly number[]): AcquisitionValue {
  const { mean, variance, levelVariance, covariance, noise, isTarget, cost } = input;
  const sigma = Math.sqrt(variance);
  const measured = (isTarget ? variance : levelVariance) + noise;
  const together = isTarget ? variance : covariance;
  const correlation = Math.abs(together) / sigma / Math.sqrt(measured);
  const r = Math.min(1, correlation);
  const each = lowest.map((y) => ({ gamma: (mean - y) / sigma, ...maxValueInformation((mean - y) / sigma, r) }));
  const logs = Float64Array.from(each, ({ log }) => log);
  const total = logsumexp(logs);
  let [byMean, byVariance, byR] = [0, 0, 0];
  if (total !== Number.NEGATIVE_INFINITY)
    for (const one of each) {
      const share = Math.exp(one.log - total);
      byMean += (share * one.byGamma) / sigma;
      byVariance -= (share * one.byGamma * one.gamma) / (2 * variance);
      byR += share * one.byR;
    }
  // Rounding may bring r to 1, where it is held.
  const slope = r === 0 || correlation >= 1 ? 0 : byR * r;
  const value = total - Math.log(lowest.length) - Math.log(cost);
  if (isTarget) {
    const product = variance * measured;
    // Of very small losses the product of two variances is 0.
    const part = product > smallest ? (slope * 0.5 * noise) / product : (slope * 0.5 * (noise / measured)) / variance;
    const byNoise = noise === 0 ? 0 : part;
    return { value, byMean, byVariance: byVariance + byNoise, byLevelVariance: 0, byCovariance: 0 };
  }
  return {
    value,
    byMean,
    byVariance: byVariance - slope / (2 * variance),
    byLevelVariance: -slope / (2 * measured),
    byCovariance: r === 0 ? 0 : slope / covariance,
  };
}
