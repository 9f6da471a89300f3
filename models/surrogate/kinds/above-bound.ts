import type { FittedSurrogate, LatentScale, SurrogateType, TrainingSet } from '../contract.js';

/** Part of the mean height over the bound below which heights are no longer told apart by their logarithm. */
const leastShare = 0.02;

/**
 * A kind of surrogate for an outcome that is known never to be below a bound, as a cost per gram: fitted to the logarithm of its height
 * over the bound, so that nothing it predicts lies below, and its uncertainty grows with its size.
 *
 * L(u) = log u for u ≥ f, straight on below: log f + (u − f)/f;  u = value − bound, f the least height that was seen, or a fiftieth of their
 * mean where that is less or some were none
 *
 * Where no height is positive it is the kind itself.
 *
 * @param bound - in the unit of the outcome
 * @param orientation - sign that its values are turned by
 */
export function aboveBound(type: SurrogateType, bound: number, orientation: 1 | -1): SurrogateType {
  return {
    ...type,
    name: `${type.name}-of-logs`,
    fit: async (training, options) => {
      const heights = training.losses.map((loss) => orientation * loss - bound);
      const floor = floorOf(heights);
      if (floor === null) return type.fit(training, options);
      const logs = new Logs(floor, bound, orientation);
      return shown(await type.fit(logs.training(training), options), logs);
    },
  };
}

/** Where the logarithm ends; null where nothing lies above the bound. */
function floorOf(heights: Float64Array): number | null {
  const above = heights.filter((height) => height > 0);
  if (above.length === 0) return null;
  const share = above.reduce((sum, height) => sum + (leastShare * height) / above.length, 0);
  const least = above.length === heights.length ? Math.min(...above) : share;
  return Math.max(Number.MIN_VALUE * 2 ** 52, Math.min(least, share));
}

/** Between turned values and the turned logarithms of their heights, rising. */
class Logs {
  constructor(
    private readonly floor: number,
    private readonly bound: number,
    private readonly orientation: 1 | -1,
  ) {}

  of(loss: number): number {
    const { floor } = this;
    const height = this.orientation * loss - this.bound;
    const log = height >= floor ? Math.log(height) : Math.log(floor) + (height - floor) / floor;
    return this.orientation * log;
  }

  /** Never beyond the bound. */
  back(turned: number): number {
    const { floor } = this;
    const log = this.orientation * turned;
    const beyond = log - Math.log(floor);
    const height = beyond >= 0 ? Math.min(Number.MAX_VALUE / 4, Math.exp(log)) : Math.max(0, floor * (1 + beyond));
    return this.orientation * (this.bound + height);
  }

  /** Derivative of `of`. */
  slope(loss: number): number {
    return 1 / Math.max(this.floor, this.orientation * loss - this.bound);
  }

  losses(losses: Float64Array): Float64Array {
    return losses.map((loss) => this.of(loss));
  }

  training({ losses, noise, ...rest }: TrainingSet): TrainingSet {
    return {
      ...rest,
      losses: this.losses(losses),
      ...(noise === undefined ? {} : { noise: noise.map((one, row) => one * this.slope(losses[row]!) ** 2) }),
    };
  }

  scale({ toLatent, toLoss, slope }: LatentScale): LatentScale {
    return {
      toLatent: (loss, level) => toLatent(this.of(loss), level),
      toLoss: (latent, level) => this.back(toLoss(latent, level)),
      slope: (loss) => slope(this.of(loss)) * this.slope(loss),
    };
  }
}

/** The surrogate of logarithms as one of values: all but its scale, and what it is conditioned on, stays as it is. */
function shown(inner: FittedSurrogate, logs: Logs): FittedSurrogate {
  return Object.create(inner, {
    scale: { value: logs.scale(inner.scale), enumerable: true },
    condition: {
      value: (...[designs, levels, losses]: Parameters<FittedSurrogate['condition']>) =>
        shown(inner.condition(designs, levels, losses === undefined ? undefined : logs.losses(losses)), logs),
    },
  }) as FittedSurrogate;
}
