import { concatDesigns, selectDesigns } from '../encode/encoded-designs.js';
import type { AcquisitionInput, AcquisitionValue, AnchoredAcquisition } from './contract.js';
import { largestOfLines } from './internal/largest-of-lines.js';

/** Designs among which the best ones are looked for, besides those measured; and how many of them are compared. */
const points = 1000;
const compared = 60;

/**
 * Log of what one measurement is expected to take off the lowest posterior mean at the target, per cost: the knowledge
 * gradient over designs and fidelities.
 *
 * log E_z[min(y⁺, min_a μ_a) − min(y⁺, min_a (μ_a + σ̃_a·z))] − log cost,  σ̃_a = cov_a/√(σ_l² + noise_l)
 *
 * over the candidate itself, y⁺ the lowest loss measured, and the 60 designs a that may be lowest (least μ − σ) of 1,000
 * designs of the space and all measured ones; cov_a the covariance of the candidate's value at its fidelity with the
 * target value at a. The expectation is exact, by `largestOfLines`. Pending trials count as measured at their mean.
 *
 * @see Frazier, Powell and Dayanik 2009, INFORMS J. Comput. 21, 599; Wu et al. 2019, arXiv:1903.04703 (fidelities)
 */
export const kgPerCost: AnchoredAcquisition = {
  kind: 'anchored',
  lossPower: 1,
  name: 'kg-per-cost',
  description: 'log expected fall of the lowest posterior mean at the target, per cost: knowledge gradient',
  prepare: ({ withPending, measured, representatives, target, incumbent }) => {
    const all = concatDesigns(representatives(points), measured);
    const { mean, variance } = withPending.posterior(all);
    const low = (i: number) => mean[target]![i]! - Math.sqrt(variance[target]![i]!);
    const order = [...mean[target]!.keys()].sort((i, j) => low(i) - low(j) || i - j);
    const anchors = withPending.anchored(selectDesigns(all, order.slice(0, compared)));
    return {
      surrogate: withPending,
      anchors,
      anchored: 'fidelity',
      evaluate: (input, withAnchors) => gradientPerCost(input, withAnchors, anchors.mean, incumbent),
    };
  },
};

function gradientPerCost(
  { mean, variance, levelVariance, covariance, noise, isTarget, cost }: AcquisitionInput,
  withAnchors: Float64Array,
  anchorMeans: Float64Array,
  incumbent: number,
): AcquisitionValue {
  const p = anchorMeans.length;
  const measured = (isTarget ? variance : levelVariance) + noise;
  const sd = Math.sqrt(measured);
  const own = isTarget ? variance : covariance;
  const heights = new Float64Array(p + 2);
  const slopes = new Float64Array(p + 2);
  for (let i = 0; i < p; i++) {
    heights[i] = -anchorMeans[i]!;
    slopes[i] = -withAnchors[i]! / sd;
  }
  heights[p] = -mean;
  slopes[p] = -own / sd;
  heights[p + 1] = -incumbent;
  const { log, byHeight, bySlope } = largestOfLines(heights, slopes);
  // Every slope goes with 1/√measured.
  const byMeasured = -slopes.reduce((sum, slope, i) => sum + slope * bySlope[i]!, 0) / (2 * measured);
  const byOwn = -bySlope[p]! / sd;
  return {
    value: log - Math.log(cost),
    byMean: -byHeight[p]!,
    byVariance: isTarget ? byOwn + byMeasured : 0,
    byLevelVariance: isTarget ? 0 : byMeasured,
    byCovariance: isTarget ? 0 : byOwn,
    byAnchors: bySlope.slice(0, p).map((by) => -by / sd),
  };
}
