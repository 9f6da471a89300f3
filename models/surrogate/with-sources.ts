import { concatDesigns, type EncodedDesigns } from '../encode/encoded-designs.js';
import {
  type AnchoredPosterior,
  type FittedSurrogate,
  type LatentScale,
  type LevelPosterior,
  type LocalPosterior,
  lossScale,
  type SurrogateType,
  type TrainingSet,
} from './contract.js';

/** What earlier campaigns measured. */
export interface SourceRows {
  readonly designs: EncodedDesigns;
  /** Which campaign each row is of, from 0, [n]. */
  readonly levels: Int32Array;
  /** In any unit of the campaign's own, [n]. */
  readonly losses: Float64Array;
  /** Number of campaigns. */
  readonly count: number;
}

/**
 * The kind of surrogate with earlier campaigns as further levels, below those of the training set: each with a free signed
 * correlation with all others, and a constant, a scale and a noise of its own. Of a source that is unlike the target the
 * correlation becomes small, of one that runs against it negative.
 *
 * What is fitted shows the levels of the training set alone; no candidate is ever asked at a source.
 *
 * @param type - a kind whose levels may stand in any order, on losses as they are
 * @see Swersky, Snoek and Adams 2013, NeurIPS (earlier campaigns as tasks of one process)
 */
export function withSources(type: SurrogateType, sources: SourceRows): SurrogateType {
  return {
    ...type,
    fit: async (training, options) => new WithSources(await type.fit(joined(training, sources), options), sources),
  };
}

/** The rows of the sources, and then those of the training set, whose levels come after those of the sources. */
export function joined(training: TrainingSet, sources: SourceRows): TrainingSet {
  const { designs, levels, losses, levelCount, noise, finite } = training;
  const own = levels.map((level) => level + sources.count);
  const unknown = new Float64Array(sources.designs.n).fill(Number.NaN);
  return {
    designs: concatDesigns(sources.designs, designs),
    levels: Int32Array.of(...sources.levels, ...own),
    losses: Float64Array.of(...sources.losses, ...losses),
    ...(noise === undefined ? {} : { noise: Float64Array.of(...unknown, ...noise) }),
    levelCount: levelCount + sources.count,
    sourceCount: sources.count,
    finite,
  };
}

/** A surrogate over sources and fidelities that shows the fidelities alone. */
class WithSources implements FittedSurrogate {
  constructor(
    private readonly inner: FittedSurrogate,
    private readonly sources: Pick<SourceRows, 'count' | 'designs'>,
  ) {}

  get hyperparameters() {
    return this.inner.hyperparameters;
  }

  get artefact() {
    return this.inner.artefact;
  }

  get logPosterior() {
    return this.inner.logPosterior;
  }

  /** Of the sources too: they come first. */
  get levelCorrelations() {
    return this.inner.levelCorrelations!;
  }

  get jitter() {
    return this.inner.jitter;
  }

  get noise() {
    return this.own(this.inner.noise);
  }

  get scale(): LatentScale {
    const { scale } = this.inner;
    if (scale === lossScale) return scale;
    const inner = (level?: number) => (level === undefined ? undefined : level + this.sources.count);
    return {
      toLatent: (loss, level) => scale.toLatent(loss, inner(level)),
      toLoss: (latent, level) => scale.toLoss(latent, inner(level)),
      slope: (loss) => scale.slope(loss),
    };
  }

  posterior(candidates: EncodedDesigns, lowest = 0): LevelPosterior {
    const { mean, variance, covariance } = this.inner.posterior(candidates, lowest + this.sources.count);
    return { mean: this.own(mean), variance: this.own(variance), covariance: this.own(covariance) };
  }

  joint(candidates: EncodedDesigns) {
    return this.inner.joint(candidates);
  }

  anchored(anchors: EncodedDesigns): AnchoredPosterior {
    const inner = this.inner.anchored(anchors);
    return {
      mean: inner.mean,
      covariance: inner.covariance,
      with: (candidates, level) => inner.with(candidates, level + this.sources.count),
      local: (candidate, level) => inner.local(candidate, level + this.sources.count),
    };
  }

  readonly screen = null;

  local(candidate: EncodedDesigns): LocalPosterior {
    const inner = this.inner.local(candidate);
    return {
      mean: inner.mean.subarray(this.sources.count),
      variance: inner.variance.subarray(this.sources.count),
      covariance: inner.covariance.subarray(this.sources.count),
      meanGradient: this.own(inner.meanGradient),
      varianceGradient: this.own(inner.varianceGradient),
      covarianceGradient: this.own(inner.covarianceGradient),
    };
  }

  condition(designs: EncodedDesigns, levels: Int32Array, losses?: Float64Array): FittedSurrogate {
    const shifted = levels.map((level) => level + this.sources.count);
    return new WithSources(this.inner.condition(designs, shifted, losses), this.sources);
  }

  leaveOneOut() {
    const { mean, variance } = this.inner.leaveOneOut();
    return { mean: mean.subarray(this.sources.designs.n), variance: variance.subarray(this.sources.designs.n) };
  }

  get priorCorrelation() {
    return this.inner.priorCorrelation;
  }

  private own<T>(levels: readonly T[]): readonly T[] {
    return levels.slice(this.sources.count);
  }
}
