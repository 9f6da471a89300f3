import type { OutcomeBound } from '../../domain/standing.js';
import { logBetween } from '../../stats/log-between.js';
import type { LatentScale } from '../../surrogate/contract.js';
import { type Logged, nothing, plus, times } from './logged.js';
import { type LossIntegral, lossIntegral } from './loss-integral.js';
import { normalCell } from './normal-cell.js';

/**
 * As `lossIntegral`, of a loss that counts only within bounds a ≤ f ≤ b: log ∫ P(a ≤ f ≤ min(b, t)) dt up to each coordinate z. So what a
 * candidate adds to a front and the bound on the same outcome are one, and not two that are taken to be independent.
 *
 * Without a it is that of the loss up to b. With a it is summed from there on, over the cells from l to u between coordinates, on
 * the scale of the surrogate, which is taken to be straight within each: (u − l)·P(a ≤ f ≤ l) + ∫ P(l ≤ f ≤ t) dt (`normalCell`).
 * Beyond b each coordinate adds P(a ≤ f ≤ b) times its distance. All terms are positive, so that nothing is lost where little is left to win.
 *
 * @param coordinates - losses, rising, the first −∞
 * @param bound - on the loss, each side where it is given
 */
export function boundedIntegral(
  coordinates: Float64Array,
  scale: LatentScale,
  { min, max }: Pick<OutcomeBound, 'min' | 'max'>,
): LossIntegral {
  const n = coordinates.length;
  const [log, byMean, byVariance] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const inside = min === undefined ? fromBelow(coordinates, scale, max) : fromBound(coordinates, scale, min, max);
  const whole = {
    min: min === undefined ? Number.NEGATIVE_INFINITY : scale.toLatent(min),
    max: max === undefined ? Number.POSITIVE_INFINITY : scale.toLatent(max),
  };
  const at = (mean: number, variance: number) => {
    const upTo = inside(mean, variance);
    const { value, ...slopes } =
      max === undefined ? { value: 0, byMean: 0, byVariance: 0 } : logBetween({ mean, variance, ...whole });
    coordinates.forEach((z, j) => {
      const own = upTo(max === undefined ? z : Math.min(z, max));
      const one = max !== undefined && z > max ? plus(own, times({ log: value, ...slopes }, Math.log(z - max))) : own;
      log[j] = one.log;
      byMean[j] = one.byMean;
      byVariance[j] = one.byVariance;
    });
  };
  return { log, byMean, byVariance, at };
}

/** Gives, at a mean and variance, the integral up to a loss that is a coordinate or the upper bound, and not beyond that. */
type Inside = (mean: number, variance: number) => (loss: number) => Logged;

function fromBelow(coordinates: Float64Array, scale: LatentScale, max: number | undefined): Inside {
  const all = risen([...coordinates, ...(max === undefined ? [] : [max])]);
  const inner = lossIntegral(all, scale);
  const places = new Map(Array.from(all, (loss, place) => [loss, place]));
  return (mean, variance) => {
    inner.at(mean, variance);
    return (loss) => {
      const place = places.get(loss)!;
      return { log: inner.log[place]!, byMean: inner.byMean[place]!, byVariance: inner.byVariance[place]! };
    };
  };
}

function fromBound(coordinates: Float64Array, scale: LatentScale, min: number, max = Number.POSITIVE_INFINITY): Inside {
  const ends = risen([min, max, ...coordinates].filter((loss) => loss >= min && loss <= max && Number.isFinite(loss)));
  const latent = ends.map((loss) => scale.toLatent(loss));
  const logSlopes = Array.from(ends.subarray(1), (end, i) =>
    Math.log((end - ends[i]!) / (latent[i + 1]! - latent[i]!)),
  );
  return (mean, variance) => {
    const known = new Map<number, Logged>();
    let sum = nothing;
    logSlopes.forEach((logSlope, i) => {
      const [low, high] = [latent[i]!, latent[i + 1]!];
      const cell = normalCell(low, high, mean, variance);
      const { value, ...slopes } = logBetween({ mean, variance, min: latent[0]!, max: low });
      const before = i === 0 ? nothing : times({ log: value, ...slopes }, Math.log(high - low));
      sum = plus(sum, times(plus(cell, before), logSlope));
      known.set(ends[i + 1]!, sum);
    });
    // Below the bound nothing counts.
    return (loss) => known.get(loss) ?? nothing;
  };
}

function risen(losses: readonly number[]): Float64Array {
  return Float64Array.from(new Set(losses)).sort();
}
