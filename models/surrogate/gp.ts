import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { selectDesigns } from '../encode/encoded-designs.js';
import type { FittedSurrogate, LevelPosterior, LocalPosterior, SurrogateType } from './contract.js';
import { fitIcm } from './icm.js';

/**
 * Exact Gaussian process on the trials at the target fidelity alone: the ICM with one level. Of other levels it knows
 * nothing: their values have no covariance with the target.
 */
export const gp: SurrogateType = {
  name: 'gp',
  description: 'exact Gaussian process on the target fidelity alone (Matérn 5/2 and Tanimoto)',
  fit: (training, options) => {
    const target = training.levelCount - 1;
    const rows = [...training.levels.keys()].filter((row) => training.levels[row] === target);
    const fitted = fitIcm(
      {
        designs: selectDesigns(training.designs, rows),
        levels: new Int32Array(rows.length),
        losses: Float64Array.from(rows, (row) => training.losses[row]!),
        levelCount: 1,
        finite: training.finite,
      },
      options,
    );
    return training.levelCount === 1 ? fitted : new TargetOnly(fitted, training.levels, training.levelCount);
  },
};

/** A one-level surrogate seen as one of several levels. */
class TargetOnly implements FittedSurrogate {
  constructor(
    private readonly inner: FittedSurrogate,
    private readonly trainingLevels: Int32Array,
    private readonly levelCount: number,
  ) {}

  get hyperparameters() {
    return this.inner.hyperparameters;
  }

  get logPosterior() {
    return this.inner.logPosterior;
  }

  get jitter() {
    return this.inner.jitter;
  }

  get noise() {
    return [...new Array<number>(this.levelCount - 1).fill(0), this.inner.noise[0]!];
  }

  posterior(candidates: EncodedDesigns): LevelPosterior {
    const own = this.inner.posterior(candidates);
    const others = (value: number) =>
      Array.from({ length: this.levelCount - 1 }, () => new Float64Array(candidates.n).fill(value));
    return {
      mean: [...others(0), own.mean[0]!],
      variance: [...others(1), own.variance[0]!],
      covariance: [...others(0), own.covariance[0]!],
    };
  }

  joint(candidates: EncodedDesigns) {
    return this.inner.joint(candidates);
  }

  local(candidate: EncodedDesigns): LocalPosterior {
    const own = this.inner.local(candidate);
    const d = candidate.encoding.numeric;
    const below = this.levelCount - 1;
    const flat = (gradient: readonly Float64Array[]) => [
      ...Array.from({ length: below }, () => new Float64Array(d)),
      gradient[0]!,
    ];
    const joined = (value: number, own: Float64Array) =>
      Float64Array.from([...new Array<number>(below).fill(value), own[0]!]);
    return {
      mean: joined(0, own.mean),
      variance: joined(1, own.variance),
      covariance: joined(0, own.covariance),
      meanGradient: flat(own.meanGradient),
      varianceGradient: flat(own.varianceGradient),
      covarianceGradient: flat(own.covarianceGradient),
    };
  }

  condition(designs: EncodedDesigns, levels: Int32Array): FittedSurrogate {
    const rows = [...levels.keys()].filter((row) => levels[row] === this.levelCount - 1);
    if (rows.length === 0) return this;
    const inner = this.inner.condition(selectDesigns(designs, rows), new Int32Array(rows.length));
    return new TargetOnly(inner, this.trainingLevels, this.levelCount);
  }

  leaveOneOut() {
    const own = this.inner.leaveOneOut();
    let next = 0;
    const spread = (values: Float64Array) =>
      Float64Array.from(this.trainingLevels, (level) => (level === this.levelCount - 1 ? values[next++]! : Number.NaN));
    const mean = spread(own.mean);
    next = 0;
    return { mean, variance: spread(own.variance) };
  }
}
