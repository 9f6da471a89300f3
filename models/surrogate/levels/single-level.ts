import { type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import type { AnchoredPosterior, FittedSurrogate, LevelPosterior, LocalPosterior } from '../contract.js';
import type { Suspects } from '../noise/suspects.js';
import type { TransformedLosses } from '../outputs/output-transform.js';

/** What was learned besides the process. */
interface LearnedTransform {
  readonly parameter: number;
  /** Log prior density of the parameter, up to a constant. */
  readonly logPrior: number;
  /** Kept behind the hyperparameters; null or absent where nothing was chosen. */
  readonly choice?: { readonly code: readonly number[]; readonly text: string } | null;
  /** Rows that it was not fitted to; null or absent where there are none. */
  readonly aside?: Suspects | null;
}

/**
 * A surrogate of the target level alone, seen as one of several levels: values at other levels are unknown and tell
 * nothing of the target.
 */
export class SingleLevel implements FittedSurrogate {
  constructor(
    private readonly inner: FittedSurrogate,
    private readonly trainingLevels: Int32Array,
    private readonly levelCount: number,
    private readonly transformed: TransformedLosses,
    private readonly learned: LearnedTransform,
  ) {}

  get hyperparameters() {
    return [...this.inner.hyperparameters, this.learned.parameter, ...this.code];
  }

  /** What stands behind the hyperparameters that can be searched. */
  private get code() {
    return [...(this.learned.choice?.code ?? []), ...(this.learned.aside?.marks ?? [])];
  }

  get suspects() {
    return this.learned.aside?.rows ?? [];
  }

  get artefact() {
    return this.inner.artefact;
  }

  get choice() {
    return this.learned.choice?.text ?? null;
  }

  get logPosterior() {
    return this.inner.logPosterior + this.transformed.logJacobian + this.learned.logPrior;
  }

  get jitter() {
    return this.inner.jitter;
  }

  get scale() {
    return this.transformed;
  }

  get noise() {
    return [...this.below(0), this.inner.noise[0]!];
  }

  posterior(candidates: EncodedDesigns): LevelPosterior {
    const own = this.inner.posterior(candidates);
    const others = (value: number) => this.below(value).map(() => new Float64Array(candidates.n).fill(value));
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
    if (this.levelCount === 1) return own;
    const d = candidate.encoding.numeric;
    const flat = (gradient: readonly Float64Array[]) => [...this.below(0).map(() => new Float64Array(d)), gradient[0]!];
    const joined = (value: number, [last]: Float64Array) => Float64Array.from([...this.below(value), last!]);
    return {
      mean: joined(0, own.mean),
      variance: joined(1, own.variance),
      covariance: joined(0, own.covariance),
      meanGradient: flat(own.meanGradient),
      varianceGradient: flat(own.varianceGradient),
      covarianceGradient: flat(own.covarianceGradient),
    };
  }

  anchored(anchors: EncodedDesigns): AnchoredPosterior {
    const own = this.inner.anchored(anchors);
    const d = anchors.encoding.numeric;
    const isTarget = (level: number) => level === this.levelCount - 1;
    return {
      mean: own.mean,
      covariance: own.covariance,
      with: (candidates, level) =>
        isTarget(level) ? own.with(candidates, 0) : new Float64Array(candidates.n * anchors.n),
      local: (candidate, level) =>
        isTarget(level)
          ? own.local(candidate, 0)
          : { covariance: new Float64Array(anchors.n), gradient: new Float64Array(anchors.n * d) },
    };
  }

  get screen() {
    return this.levelCount === 1 ? this.inner.screen : null;
  }

  condition(designs: EncodedDesigns, levels: Int32Array, losses?: Float64Array): FittedSurrogate {
    const rows = [...levels.keys()].filter((row) => levels[row] === this.levelCount - 1);
    if (rows.length === 0) return this;
    const latent =
      losses === undefined ? undefined : Float64Array.from(rows, (row) => this.transformed.toLatent(losses[row]!));
    const inner = this.inner.condition(selectDesigns(designs, rows), new Int32Array(rows.length), latent);
    return new SingleLevel(inner, this.trainingLevels, this.levelCount, this.transformed, this.learned);
  }

  leaveOneOut() {
    const own = this.inner.leaveOneOut();
    const target = this.levelCount - 1;
    const { suspects } = this;
    const spread = (values: Float64Array) => {
      let next = 0;
      return Float64Array.from(this.trainingLevels, (level, row) =>
        level === target && !suspects.includes(row) ? values[next++]! : Number.NaN,
      );
    };
    const all = { mean: spread(own.mean), variance: spread(own.variance) };
    const { aside } = this.learned;
    if (!aside) return all;
    const there = this.inner.posterior(aside.designs);
    aside.rows.forEach((row, i) => {
      all.mean[row] = there.mean[0]![i]!;
      all.variance[row] = there.variance[0]![i]! + this.inner.noise[0]!;
    });
    return all;
  }

  get priorCorrelation() {
    return this.inner.priorCorrelation;
  }

  /** The value once for each level below the target. */
  private below(value: number): number[] {
    return new Array<number>(this.levelCount - 1).fill(value);
  }
}
