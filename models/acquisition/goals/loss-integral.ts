import { erfcx } from '../../stats/erfcx.js';
import { log1mexp, logCdf, logDensity, logImprovement } from '../../stats/normal.js';
import type { LatentScale } from '../../surrogate/contract.js';

/**
 * log ∫ P(loss ≤ z) dz up to each of some coordinates, of a loss whose outcome is normal on the scale of its surrogate; with
 * derivatives by mean and variance there, [coordinates]. The first coordinate is −∞, where it is −∞.
 *
 * Between two coordinates it is the expectation of how much of the way from the upper to the lower one the loss is below:
 * ∫_l^u P(loss ≤ z) dz = E[(u − max(loss, l))⁺].
 */
export interface LossIntegral {
  readonly log: Float64Array;
  readonly byMean: Float64Array;
  readonly byVariance: Float64Array;
  /** Computes all three anew. @param variance - positive */
  at(mean: number, variance: number): void;
}

/** Relative difference of slopes up to which a scale counts as straight. */
const straight = 1e-9;

/**
 * Of a loss that is the outcome itself.
 *
 * ∫_{z_i}^{z_{i+1}} P(y ≤ z) dz = (z_{i+1} − z_i)/(t_{i+1} − t_i)·σ·[h(u_{i+1}) − h(u_i)],  t = scale(z), u = (t − μ)/σ,
 * h(u) = φ(u) + u·Φ(u)
 *
 * Exact where the scale is straight between two coordinates, as that of standardised losses is everywhere; else the scale is taken
 * to be straight there, so that what is won is counted in losses and not on the scale. Below the first one it goes on as it
 * begins.
 *
 * @param coordinates - losses, rising, the first −∞
 */
export function lossIntegral(coordinates: Float64Array, scale: LatentScale): LossIntegral {
  const n = coordinates.length;
  const knots = coordinates.map((z) => (Number.isFinite(z) ? scale.toLatent(z) : z));
  const logSlopes = cellSlopes(coordinates, knots, 1 / scale.slope(coordinates[1]!));
  const isStraight = logSlopes.every((one) => Math.abs(one - logSlopes[0]!) < straight);
  const [log, byMean, byVariance] = [blank(n), new Float64Array(n), new Float64Array(n)];
  const tails = tailsOf(n);
  const at = (mean: number, variance: number) => {
    tails.at(knots, mean, variance, 1);
    for (let j = 1; j < n; j++) {
      if (isStraight || j === 1) {
        log[j] = logSlopes[0]! + tails.log[j]!;
        byMean[j] = tails.byMean[j]!;
        byVariance[j] = tails.byVariance[j]!;
        continue;
      }
      const gap = tails.log[j - 1]! - tails.log[j]!;
      const share = gap < 0 ? -1 / Math.expm1(gap) : 0;
      const cell = share === 0 ? Number.NEGATIVE_INFINITY : logSlopes[j - 1]! + tails.log[j]! + log1mexp(gap);
      add(log, j, cell);
      const own = Math.exp(cell - log[j]!);
      byMean[j] = own * (share * tails.byMean[j]! - (share - 1) * tails.byMean[j - 1]!) + (1 - own) * byMean[j - 1]!;
      byVariance[j] =
        own * (share * tails.byVariance[j]! - (share - 1) * tails.byVariance[j - 1]!) + (1 - own) * byVariance[j - 1]!;
    }
  };
  return { log, byMean, byVariance, at };
}

/**
 * Of a loss that is the distance of the outcome to a wanted value beyond a tolerance, max(0, |y − v| − tolerance): the same of
 * its upper side less its lower one, P(loss ≤ z) = P(v − tolerance − z ≤ y ≤ v + tolerance + z) for z ≥ 0.
 *
 * The side that is nearer to the mean is the larger term, so that nothing is lost far from the target.
 */
export function targetIntegral(
  coordinates: Float64Array,
  scale: LatentScale,
  { value, tolerance }: { readonly value: number; readonly tolerance: number },
): LossIntegral {
  const n = coordinates.length;
  // Below 0 there is no loss: the first cell begins there.
  const from = coordinates.map((z) => Math.max(0, z));
  const [upper, lower] = ([1, -1] as const).map((sign) =>
    from.map((z) => scale.toLatent(value + sign * (tolerance + z))),
  );
  const centre = scale.toLatent(value);
  const slopes = { upper: cellSlopes(from, upper!), lower: cellSlopes(from, lower!) };
  const [log, byMean, byVariance] = [blank(n), new Float64Array(n), new Float64Array(n)];
  const tails = { near: tailsOf(n), far: tailsOf(n) };
  const at = (mean: number, variance: number) => {
    const isAbove = mean >= centre;
    const [near, far] = isAbove ? (['upper', 'lower'] as const) : (['lower', 'upper'] as const);
    const knots = { upper: upper!, lower: lower! };
    const sign = isAbove ? 1 : -1;
    tails.near.at(knots[near], mean, variance, sign);
    tails.far.at(knots[far], mean, variance, sign);
    for (let j = 1; j < n; j++) {
      log[j] = log[j - 1]!;
      byMean[j] = byMean[j - 1]!;
      byVariance[j] = byVariance[j - 1]!;
      if (!(from[j]! > from[j - 1]!)) continue;
      // The near side grows with z, the far one falls.
      const a = cellOf(tails.near, j, j - 1, slopes[near][j - 1]!);
      const b = cellOf(tails.far, j - 1, j, slopes[far][j - 1]!);
      const gap = b.log - a.log;
      if (!(gap < 0)) continue;
      const share = -1 / Math.expm1(gap);
      const cell = a.log + log1mexp(gap);
      add(log, j, cell);
      const own = Math.exp(cell - log[j]!);
      const rest = 1 - own;
      byMean[j] = own * (share * a.byMean - (share - 1) * b.byMean) + rest * byMean[j]!;
      byVariance[j] = own * (share * a.byVariance - (share - 1) * b.byVariance) + rest * byVariance[j]!;
    }
  };
  return { log, byMean, byVariance, at };
}

/** Log losses of one unit of the scale, by cell. @param first - of the one that begins at −∞ */
function cellSlopes(coordinates: Float64Array, knots: Float64Array, first = 1): Float64Array {
  return Float64Array.from({ length: coordinates.length - 1 }, (_, i) => {
    if (coordinates[i] === Number.NEGATIVE_INFINITY) return Math.log(first);
    return Math.log((coordinates[i + 1]! - coordinates[i]!) / Math.abs(knots[i + 1]! - knots[i]!));
  });
}

/** Log of what lies between two tails, the larger first, times a slope; with its derivatives. */
function cellOf(tails: Tails, larger: number, smaller: number, logSlope: number) {
  const gap = tails.log[smaller]! - tails.log[larger]!;
  if (!(gap < 0)) return { log: Number.NEGATIVE_INFINITY, byMean: 0, byVariance: 0 };
  const share = -1 / Math.expm1(gap);
  return {
    log: logSlope + tails.log[larger]! + log1mexp(gap),
    byMean: share * tails.byMean[larger]! - (share - 1) * tails.byMean[smaller]!,
    byVariance: share * tails.byVariance[larger]! - (share - 1) * tails.byVariance[smaller]!,
  };
}

/** log σ·h(±(t − μ)/σ) at each knot, with derivatives. */
interface Tails {
  readonly log: Float64Array;
  readonly byMean: Float64Array;
  readonly byVariance: Float64Array;
  at(knots: Float64Array, mean: number, variance: number, sign: 1 | -1): void;
}

const halfLogHalfPi = 0.22579135264472744;

function tailsOf(n: number): Tails {
  const [log, byMean, byVariance] = [blank(n), new Float64Array(n), new Float64Array(n)];
  const at = (knots: Float64Array, mean: number, variance: number, sign: 1 | -1) => {
    const sigma = Math.sqrt(variance);
    const logSigma = Math.log(sigma);
    for (let j = 0; j < n; j++) {
      if (knots[j] === Number.NEGATIVE_INFINITY) continue;
      const u = (sign * (knots[j]! - mean)) / sigma;
      // h(u) and h'(u)/h(u) = Φ/h; below −1 by one scaled complementary error function.
      let h: number;
      let slope: number;
      if (u > -1 || u < -1e6) {
        h = logImprovement(u);
        slope = Math.exp(logCdf(u) - h);
      } else {
        const tail = Math.log(erfcx(-u * Math.SQRT1_2));
        const rest = log1mexp(tail + Math.log(-u) + halfLogHalfPi);
        h = logDensity(u) + rest;
        slope = Math.exp(tail + halfLogHalfPi - rest);
      }
      log[j] = logSigma + h;
      byMean[j] = (-sign * slope) / sigma;
      byVariance[j] = (1 - u * slope) / (2 * variance);
    }
  };
  return { log, byMean, byVariance, at };
}

/** log(e^log[j − 1] + e^cell) into place j. */
function add(log: Float64Array, j: number, cell: number): void {
  const before = log[j - 1]!;
  const [high, low] = cell > before ? [cell, before] : [before, cell];
  log[j] = low === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}

function blank(n: number): Float64Array {
  return new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
}
