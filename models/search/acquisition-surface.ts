import type { AcquisitionInput, PreparedAcquisition } from '../acquisition/contract.js';
import { type EncodedDesigns, sliceDesigns } from '../encode/encoded-designs.js';
import { logsumexp } from '../stats/logsumexp.js';
import type { LatentScale } from '../surrogate/contract.js';
import { type Feasibility, feasibilityPower } from '../surrogate/feasibility.js';

/** The acquisition of each fidelity over the posterior of one surrogate. */
export interface SurfacePart {
  readonly acquisition: PreparedAcquisition;
  /** Lowest target-fidelity loss measured so far, on the surrogate's scale. */
  readonly incumbent: number;
  readonly scale: LatentScale;
  /** Weight of the surrogate; those of a surface add up to 1. */
  readonly weight: number;
}

/** Costs of designs at a level, [n]; null where they are not known to differ. */
export type CostsAt = (level: number, designs: EncodedDesigns) => Float64Array | null;

/** What is maximised: the acquisition of each fidelity over all surrogates of an ensemble. */
export interface AcquisitionSurface {
  readonly parts: readonly SurfacePart[];
  /** See `AcquisitionType`: the power of the loss in whose units exp(value) is, or null where the value is a loss. */
  readonly lossPower: number | null;
  /** Cost by level; levels that may not be proposed are left out of `levels`. */
  readonly costs: readonly number[];
  /** Costs of candidates at a level, taken for its cost where many are valued at once; null where they do not differ. */
  readonly costsAt?: CostsAt;
  readonly levels: readonly number[];
  /** How likely it is that a candidate gives a value, where some did not; what it promises is worth as much less. */
  readonly feasibility?: Feasibility | null;
}

/** What is maximised where it is no acquisition of one outcome: it is computed as it says. */
export interface ComputedSurface {
  readonly levels: readonly number[];
  /** Values at each allowed level, [levels.length][n]; −∞ where it is not a number. They are logarithms. */
  values(candidates: EncodedDesigns): Float64Array[];
  /** Value at the one candidate and a level. @param gradient - filled with the derivatives by numeric coordinate, [numeric] */
  at(candidate: EncodedDesigns, level: number, gradient: Float64Array): number;
}

/** Whatever a search climbs. */
export type Surface = AcquisitionSurface | ComputedSurface;

/** Candidates whose covariances with the anchors are held at the same time. */
const chunk = 2048;

const none = new Float64Array();

/** Values of the acquisition at each allowed level, [levels.length][n]; −∞ where it is not a number. */
export function acquisitionValues(surface: Surface, candidates: EncodedDesigns): Float64Array[] {
  if ('values' in surface) return surface.values(candidates);
  const values = promised(surface, candidates);
  if (!surface.feasibility) return values;
  const logs = surface.feasibility.log(candidates);
  const unit = feasibilityUnit(surface);
  return values.map((own) => own.map((value, i) => lowered(surface, value, unit * logs[i]!)));
}

/** The same of candidates that are sure to give a value. */
function promised(surface: AcquisitionSurface, candidates: EncodedDesigns): Float64Array[] {
  const own = surface.levels.map((level) => surface.costsAt?.(level, candidates) ?? null);
  const all = surface.parts.map((part) => partValues(surface, part, candidates, own));
  if (all.length === 1) return all[0]!;
  return surface.levels.map((_, l) => {
    const values = new Float64Array(candidates.n);
    const at = new Float64Array(all.length);
    for (let i = 0; i < candidates.n; i++) {
      for (let m = 0; m < all.length; m++) at[m] = all[m]![l]![i]!;
      values[i] = together(surface, at).value;
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
  surface: Surface,
  candidate: EncodedDesigns,
  level: number,
  gradient: Float64Array,
): number {
  if ('values' in surface) return surface.at(candidate, level, gradient);
  const value = promisedAt(surface, candidate, level, gradient);
  if (!surface.feasibility) return value;
  const unit = feasibilityUnit(surface);
  const own = surface.feasibility.local(candidate);
  for (let j = 0; j < gradient.length; j++) gradient[j] = gradient[j]! + unit * own.gradient[j]!;
  return lowered(surface, value, unit * own.value);
}

/** A value less what may fail; of losses near the largest number there is no less than that. */
function lowered({ lossPower }: AcquisitionSurface, value: number, by: number): number {
  const sum = value + by;
  return lossPower === null && value > Number.NEGATIVE_INFINITY ? Math.max(-Number.MAX_VALUE, sum) : sum;
}

/**
 * What the log of a probability of success is multiplied by: its power where the acquisition is a logarithm; where it is a
 * loss, that times one unit of the surrogates' scales, about a standard deviation of the losses.
 */
function feasibilityUnit({ parts, lossPower }: AcquisitionSurface): number {
  if (lossPower !== null) return feasibilityPower;
  const unit = (sum: number, { weight, scale, incumbent }: SurfacePart) =>
    sum + weight / scale.slope(scale.toLoss(incumbent));
  return feasibilityPower * parts.reduce(unit, 0);
}

function promisedAt(
  surface: AcquisitionSurface,
  candidate: EncodedDesigns,
  level: number,
  gradient: Float64Array,
): number {
  if (surface.parts.length === 1) return partAt(surface, surface.parts[0]!, candidate, level, gradient);
  const gradients = surface.parts.map(() => new Float64Array(gradient.length));
  const values = Float64Array.from(surface.parts, (part, m) => partAt(surface, part, candidate, level, gradients[m]!));
  const { value, slopes } = together(surface, values);
  gradient.fill(0);
  gradients.forEach((own, m) => {
    // A part that says nothing there may have a slope without meaning.
    if (slopes[m] !== 0) for (let j = 0; j < gradient.length; j++) gradient[j] = gradient[j]! + slopes[m]! * own[j]!;
  });
  return value;
}

/**
 * The values of the parts as one, with its derivatives by each.
 *
 * Logarithms: log Σ_m w_m·u_m^p·exp(v_m), u = dloss/dt at the incumbent, below which scales are straight; losses:
 * −Σ_m w_m·loss_m(−v_m).
 */
function together({ parts, lossPower }: AcquisitionSurface, values: Float64Array) {
  if (lossPower === null) {
    const slopes = new Float64Array(parts.length);
    let value = 0;
    parts.forEach(({ weight, scale }, m) => {
      const loss = scale.toLoss(-values[m]!);
      value -= weight * loss;
      slopes[m] = weight / scale.slope(loss);
    });
    // Weights that add up to 1 but for rounding may carry the sum past the largest number.
    const within = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
    return { value: Number.isNaN(value) ? Number.NEGATIVE_INFINITY : within, slopes };
  }
  const logs = logFactors(parts, lossPower).map((factor, m) => {
    const log = factor + values[m]!;
    return Number.isNaN(log) ? Number.NEGATIVE_INFINITY : log;
  });
  const value = logsumexp(logs);
  return { value, slopes: logs.map((log) => (value === Number.NEGATIVE_INFINITY ? 0 : Math.exp(log - value))) };
}

/** log(w_m·u_m^p) of each part. */
function logFactors(parts: readonly SurfacePart[], lossPower: number): Float64Array {
  return Float64Array.from(parts, ({ weight, scale, incumbent }) => {
    const unit = lossPower === 0 ? 0 : -lossPower * Math.log(scale.slope(scale.toLoss(incumbent)));
    return Math.log(weight) + unit;
  });
}

/**
 * A function that gives the values of the parts at a candidate as one, to some last digits as `acquisitionValues` does;
 * for very many candidates. It rises with each of them.
 */
export function combined(surface: AcquisitionSurface): (values: Float64Array) => number {
  const { parts, lossPower } = surface;
  if (parts.length === 1) return (values) => values[0]!;
  if (lossPower === null) return (values) => together(surface, values).value;
  const factors = logFactors(parts, lossPower);
  return (values) => {
    let highest = Number.NEGATIVE_INFINITY;
    for (let m = 0; m < factors.length; m++) highest = Math.max(highest, factors[m]! + values[m]!);
    let sum = 0;
    for (let m = 0; m < factors.length; m++) sum += Math.exp(factors[m]! + values[m]! - highest);
    return highest + Math.log(sum);
  };
}

/** @param own - costs of the candidates by allowed level, where they differ */
function partValues(
  surface: AcquisitionSurface,
  part: SurfacePart,
  candidates: EncodedDesigns,
  own: readonly (Float64Array | null)[],
): Float64Array[] {
  const { acquisition } = part;
  const { anchors } = acquisition;
  const { mean, variance, covariance } = acquisition.surrogate.posterior(candidates, Math.min(...surface.levels));
  const p = anchors?.mean.length ?? 0;
  const target = surface.costs.length - 1;
  const { noise } = acquisition.surrogate;
  const [targetMean, targetVariance] = [mean[target]!, variance[target]!];
  return surface.levels.map((level, l) => {
    const values = new Float64Array(candidates.n);
    const costs = own[l]!;
    const cost = surface.costs[level]!;
    const [levelVariance, levelCovariance] = [variance[level]!, covariance[level]!];
    for (let from = 0; from < candidates.n; from += chunk) {
      const m = Math.min(chunk, candidates.n - from);
      const withAnchors = anchors?.with(sliceDesigns(candidates, from, m), anchoredLevel(surface, part, level)) ?? none;
      for (let i = from; i < from + m; i++) {
        const input = {
          incumbent: part.incumbent,
          mean: targetMean[i]!,
          variance: targetVariance[i]!,
          levelVariance: levelVariance[i]!,
          covariance: levelCovariance[i]!,
          noise: noise[level]!,
          isTarget: level === target,
          cost: costs === null ? cost : costs[i]!,
        };
        const row = p === 0 ? none : withAnchors.subarray((i - from) * p, (i - from + 1) * p);
        const { value } = acquisition.evaluate(input, row);
        values[i] = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
      }
    }
    return values;
  });
}

function partAt(
  surface: AcquisitionSurface,
  part: SurfacePart,
  candidate: EncodedDesigns,
  level: number,
  gradient: Float64Array,
): number {
  const { surrogate, anchors, evaluate } = part.acquisition;
  const target = surface.costs.length - 1;
  const local = surrogate.local(candidate);
  const near = anchors?.local(candidate, anchoredLevel(surface, part, level)) ?? null;
  const input: AcquisitionInput = {
    incumbent: part.incumbent,
    mean: local.mean[target]!,
    variance: local.variance[target]!,
    levelVariance: local.variance[level]!,
    covariance: local.covariance[level]!,
    noise: surrogate.noise[level]!,
    isTarget: level === target,
    cost: surface.costs[level]!,
  };
  const result = evaluate(input, near?.covariance ?? none);
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

function anchoredLevel({ costs }: AcquisitionSurface, { acquisition }: SurfacePart, level: number): number {
  return acquisition.anchored === 'target' ? costs.length - 1 : level;
}
