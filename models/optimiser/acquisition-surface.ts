import type { AcquisitionInput, PreparedAcquisition } from '../acquisition/contract.js';
import { type EncodedDesigns, sliceDesigns } from '../encode/encoded-designs.js';

/** What is maximised: the acquisition of each fidelity over the surrogate's posterior. */
export interface AcquisitionSurface {
  readonly acquisition: PreparedAcquisition;
  /** Whether the values are in units of the loss, not logarithms. */
  readonly inLossUnits: boolean;
  readonly incumbent: number;
  /** Cost by level; levels that may not be proposed are left out of `levels`. */
  readonly costs: readonly number[];
  readonly levels: readonly number[];
}

/** Moments of one candidate by level. */
interface Moments {
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
  readonly covariance: ArrayLike<number>;
}

/** Candidates whose covariances with the anchors are held at the same time. */
const chunk = 2048;

const none = new Float64Array();

/** Values of the acquisition at each allowed level, [levels.length][n]; −∞ where it is not a number. */
export function acquisitionValues(surface: AcquisitionSurface, candidates: EncodedDesigns): Float64Array[] {
  const { acquisition } = surface;
  const { anchors } = acquisition;
  const { mean, variance, covariance } = acquisition.surrogate.posterior(candidates);
  const p = anchors?.mean.length ?? 0;
  return surface.levels.map((level) => {
    const values = new Float64Array(candidates.n);
    for (let from = 0; from < candidates.n; from += chunk) {
      const m = Math.min(chunk, candidates.n - from);
      const withAnchors = anchors?.with(sliceDesigns(candidates, from, m), anchoredLevel(surface, level)) ?? none;
      for (let i = from; i < from + m; i++) {
        const of = (byLevel: readonly Float64Array[]) => byLevel.map((all) => all[i]!);
        const input = inputAt(surface, level, { mean: of(mean), variance: of(variance), covariance: of(covariance) });
        const row = withAnchors.subarray((i - from) * p, (i - from + 1) * p);
        const { value } = acquisition.evaluate(input, row);
        values[i] = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
      }
    }
    return values;
  });
}

/**
 * Value of the acquisition at the one candidate and a level.
 *
 * @param gradient - filled with the derivatives by numeric coordinate, [numeric]
 */
export function acquisitionAt(
  surface: AcquisitionSurface,
  candidate: EncodedDesigns,
  level: number,
  gradient: Float64Array,
): number {
  const { surrogate, anchors, evaluate } = surface.acquisition;
  const target = surface.costs.length - 1;
  const local = surrogate.local(candidate);
  const near = anchors?.local(candidate, anchoredLevel(surface, level)) ?? null;
  const result = evaluate(inputAt(surface, level, local), near?.covariance ?? none);
  const d = gradient.length;
  for (let j = 0; j < d; j++)
    gradient[j] =
      result.byMean * local.meanGradient[target]![j]! +
      result.byVariance * local.varianceGradient[target]![j]! +
      result.byLevelVariance * local.varianceGradient[level]![j]! +
      result.byCovariance * local.covarianceGradient[level]![j]!;
  if (near !== null)
    result.byAnchors!.forEach((by, a) => {
      for (let j = 0; j < d; j++) gradient[j] = gradient[j]! + by * near.gradient[a * d + j]!;
    });
  return result.value;
}

function anchoredLevel({ acquisition, costs }: AcquisitionSurface, level: number): number {
  return acquisition.anchored === 'target' ? costs.length - 1 : level;
}

function inputAt(
  { acquisition, incumbent, costs }: AcquisitionSurface,
  level: number,
  { mean, variance, covariance }: Moments,
): AcquisitionInput {
  const target = costs.length - 1;
  return {
    incumbent,
    mean: mean[target]!,
    variance: variance[target]!,
    levelVariance: variance[level]!,
    covariance: covariance[level]!,
    noise: acquisition.surrogate.noise[level]!,
    isTarget: level === target,
    cost: costs[level]!,
  };
}
