import type { OutcomeBound } from '../../domain/standing.js';
import { log1mexp, logCdf, logDensity } from '../../stats/normal.js';
import type { LatentScale } from '../../surrogate/contract.js';
import { type LossIntegral, lossIntegral } from './loss-integral.js';

/**
 * As `lossIntegral`, of a loss that counts only within bounds a ≤ f ≤ b: log ∫ P(a ≤ f ≤ min(b, t)) dt up to each coordinate z.
 *
 * With G(z) = E[(z − f)⁺]: for z ≤ b it is G(z), beyond it G(b) + (z − b)·P(f ≤ b); and below a there is nothing, which takes
 * G(a) + (z − a)·P(f ≤ a) off where z > a. So what a candidate adds to a front and the bound on the same outcome are one, and not two
 * that are taken to be independent.
 *
 * @param coordinates - losses, rising, the first −∞
 * @param bound - on the loss, each side where it is given
 */
export function boundedIntegral(
  coordinates: Float64Array,
  scale: LatentScale,
  { min, max }: Pick<OutcomeBound, 'min' | 'max'>,
): LossIntegral {
  const all = Float64Array.from(
    new Set([...coordinates, ...(min === undefined ? [] : [min]), ...(max === undefined ? [] : [max])]),
  ).sort();
  const inner = lossIntegral(all, scale);
  const at = (loss: number) => all.indexOf(loss);
  const n = coordinates.length;
  const [log, byMean, byVariance] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const known: Known = { inner, at };
  const compute = (mean: number, variance: number) => {
    inner.at(mean, variance);
    const sides = [min, max].map((loss) => (loss === undefined ? null : sideOf(loss, scale, mean, variance)));
    coordinates.forEach((z, j) => {
      let one = upTo(known, z, max, sides[1]!);
      if (min !== undefined) one = z > min ? less(one, upTo(known, z, min, sides[0]!)) : nothing;
      log[j] = one.log;
      byMean[j] = one.byMean;
      byVariance[j] = one.byVariance;
    });
  };
  return { log, byMean, byVariance, at: compute };
}

/** The logarithm of a number, with its derivatives. */
interface Logged {
  readonly log: number;
  readonly byMean: number;
  readonly byVariance: number;
}

const nothing: Logged = { log: Number.NEGATIVE_INFINITY, byMean: 0, byVariance: 0 };

/** The integral without bounds, and the place of a loss among its coordinates. */
interface Known {
  readonly inner: LossIntegral;
  at(loss: number): number;
}

/** log P(f ≤ loss). */
function sideOf(loss: number, scale: LatentScale, mean: number, variance: number): Logged {
  const sigma = Math.sqrt(variance);
  const u = (scale.toLatent(loss) - mean) / sigma;
  const log = logCdf(u);
  const slope = log === Number.NEGATIVE_INFINITY ? 0 : Math.exp(logDensity(u) - log);
  return { log, byMean: -slope / sigma, byVariance: (-slope * u) / (2 * variance) };
}

/** log ∫ P(f ≤ min(bound, t)) dt up to z. */
function upTo({ inner, at }: Known, z: number, bound: number | undefined, side: Logged | null): Logged {
  const place = at(bound === undefined || z <= bound ? z : bound);
  const base = { log: inner.log[place]!, byMean: inner.byMean[place]!, byVariance: inner.byVariance[place]! };
  if (side === null || bound === undefined || !(z > bound)) return base;
  return mixed(base, { ...side, log: side.log + Math.log(z - bound) }, 1);
}

/** What is left of one after another, which is the smaller. */
function less(one: Logged, other: Logged): Logged {
  return other.log < one.log ? mixed(one, other, -1) : nothing;
}

function mixed(one: Logged, other: Logged, sign: 1 | -1): Logged {
  const high = Math.max(one.log, other.log);
  if (high === Number.NEGATIVE_INFINITY) return nothing;
  if (sign < 0 && other.log === Number.NEGATIVE_INFINITY) return one;
  const log =
    sign < 0
      ? one.log + log1mexp(other.log - one.log)
      : high + Math.log(Math.exp(one.log - high) + Math.exp(other.log - high));
  const [a, b] = [Math.exp(one.log - log), sign * Math.exp(other.log - log)];
  return { log, byMean: a * one.byMean + b * other.byMean, byVariance: a * one.byVariance + b * other.byVariance };
}
