import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { CholeskyFactor } from '../linalg/cholesky.js';
import type { RadialKernelName } from '../linalg/radial/radial-kernels.js';

/** What a surrogate learns from: one row a measured trial. */
export interface TrainingSet {
  readonly designs: EncodedDesigns;
  /** Fidelity of each row, 0 the cheapest, [n]. */
  readonly levels: Int32Array;
  /** Loss of each row, objective units (minimised), [n]. */
  readonly losses: Float64Array;
  /** Number of fidelities; the last is the target. */
  readonly levelCount: number;
  /** How many of the levels, the first ones, are earlier campaigns, of which nothing is known beforehand; 0 where absent. */
  readonly sourceCount?: number;
  /** Whether designs come from a finite list, so that one may differ from all others for reasons of its own. */
  readonly finite: boolean;
  /** Each fidelity as a number in [0, 1], rising, the target last; evenly spaced where absent. */
  readonly levelNumbers?: readonly number[];
  /** Whether all lower fidelities are known beforehand to follow the target; false where absent. */
  readonly validated?: boolean;
  /** Known noise variance of each row's loss, loss units², [n]; NaN where unknown, as all are where absent. */
  readonly noise?: Float64Array;
}

/** How to fit. */
export interface FitOptions {
  readonly seed: number;
  /** Hyperparameters of an earlier fit to start from, or null. */
  readonly previous: readonly number[] | null;
  /** What the earlier fit kept beside its hyperparameters; absent where it kept nothing. */
  readonly artefact?: Uint8Array | undefined;
  /** False: take `previous`, and the artefact, as they are and only condition on the data. */
  readonly optimise: boolean;
  /** Whether rows may be taken for gross errors; true where absent. */
  readonly suspects?: boolean;
}

/** Posterior at candidates for each fidelity, on the surrogate's scale. Outer index: level; inner: candidate. */
export interface LevelPosterior {
  readonly mean: readonly Float64Array[];
  readonly variance: readonly Float64Array[];
  /** Covariance of the value at this level with the value at the target, same candidate. */
  readonly covariance: readonly Float64Array[];
}

/** As LevelPosterior at one candidate, with gradients by its numeric coordinates. */
export interface LocalPosterior {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly covariance: Float64Array;
  /** [level][numeric coordinate] */
  readonly meanGradient: readonly Float64Array[];
  readonly varianceGradient: readonly Float64Array[];
  readonly covarianceGradient: readonly Float64Array[];
}

/** Target-level values at fixed designs, the anchors, and how those of candidates hang together with them. */
export interface AnchoredPosterior {
  /** Posterior of the anchors: mean [p], and covariance row-major [p × p]. */
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  /** Covariance of the candidates' values at `level` with the anchors' target values, row-major [q × p]. */
  with(candidates: EncodedDesigns, level: number): Float64Array;
  /** The same of one candidate, [p], with its gradient by numeric coordinate, row-major [p × numeric]. */
  local(
    candidate: EncodedDesigns,
    level: number,
  ): { readonly covariance: Float64Array; readonly gradient: Float64Array };
}

/** A Gaussian process of one level over numeric columns, laid open for scoring very many candidates. */
export interface ScreenModel {
  readonly radial: RadialKernelName;
  readonly d: number;
  readonly n: number;
  /** Coordinates of the rows, [n × d], and what they are multiplied by, [d]. */
  readonly inputs: Float64Array;
  readonly inverseLengthscales: Float64Array;
  /** Mean of a candidate: `mean` + Σ_i k_i·alpha_i with prior covariances k, [n]. */
  readonly mean: number;
  readonly alpha: Float64Array;
  /** Of the covariance K of the rows; variance of a candidate: sd²·(k(x, x) − kᵀK⁻¹k). */
  readonly factor: CholeskyFactor;
  readonly sd: number;
  /** k(x, x') = signalVariance·radial + constantVariance. */
  readonly signalVariance: number;
  readonly constantVariance: number;
}

/**
 * Between losses and the scale on which a surrogate takes them to be normal; rising, so lower stays better. Losses are
 * those of a level, the target where none is given.
 */
export interface LatentScale {
  toLatent(loss: number, level?: number): number;
  toLoss(latent: number, level?: number): number;
  /** Derivative of `toLatent` at a loss of the target. */
  slope(loss: number): number;
}

/** The scale of surrogates that work on losses as they are. */
export const lossScale: LatentScale = { toLatent: (loss) => loss, toLoss: (latent) => latent, slope: () => 1 };

/**
 * The posterior of the correlation ρ of two levels over all designs: atanh ρ is normal, within ±`largestTransformed` of level-laplace.ts.
 */
export interface CorrelationPosterior {
  /** Of atanh ρ, if it were not bounded; outside the bounds where the density rises up to one of them. */
  readonly mean: number;
  readonly sd: number;
}

/** A surrogate conditioned on data. All its moments are on its own scale. */
export interface FittedSurrogate {
  /** In the surrogate's own unconstrained coordinates; `fit` takes them back. */
  readonly hyperparameters: readonly number[];
  /**
   * What has to be kept beside the hyperparameters to have the same surrogate again, e.g. trained weights; `fit` takes it
   * back. The same training set, options and artefact give the same bytes. Absent where there is nothing.
   */
  readonly artefact?: Uint8Array | undefined;
  readonly logPosterior: number;
  /** What a kind that is several chose, e.g. `matern32 on log`; null or absent where there is nothing to choose. */
  readonly choice?: string | null;
  /** Correlation of the values at each level with those at the target, all designs alike; absent where there is none. */
  readonly levelCorrelations?: readonly number[];
  /** Whether it knows its outcome of every design, so that nothing can be learned of it; absent where it does not. */
  readonly exact?: true;
  /** Rows of its training set that it takes for gross errors and has not learned from; absent or empty where none are. */
  readonly suspects?: readonly number[];
  readonly jitter: number;
  /** Noise variance of a measurement still to come, by level. */
  readonly noise: readonly number[];
  readonly scale: LatentScale;
  /** @param lowest - level below which nothing is wanted: moments there may be 0; all are wanted where absent */
  posterior(candidates: EncodedDesigns, lowest?: number): LevelPosterior;
  /** Joint posterior of the target-level values at the candidates: mean [q] and covariance row-major [q × q]. */
  joint(candidates: EncodedDesigns): { mean: Float64Array; covariance: Float64Array };
  /** As `joint`, with the covariances of further candidates. */
  anchored(anchors: EncodedDesigns): AnchoredPosterior;
  /** What a screen of very many candidates needs; null where it takes more than one level or numeric columns. */
  readonly screen: ScreenModel | null;
  /** Posterior at the one candidate in `candidate`, with gradients. */
  local(candidate: EncodedDesigns): LocalPosterior;
  /**
   * The same surrogate, at its hyperparameters, after these values: measured losses, or where none are given values
   * equal to its own mean, as pending trials. Their noise is what `noise` says of their levels.
   */
  condition(designs: EncodedDesigns, levels: Int32Array, losses?: Float64Array): FittedSurrogate;
  /** Predictive mean and variance (noise included) of each training row from all others. */
  leaveOneOut(): { mean: Float64Array; variance: Float64Array };
  /** The posterior of the correlation of each lower level with the target; absent where it sees the target alone. */
  correlations?(): readonly (CorrelationPosterior | null)[];
  /**
   * Correlation, before any data but with the hyperparameters learned, of what the designs of a and b are worth at the target beside a
   * constant, row-major [a.n × b.n]; absent of what is no process over designs.
   */
  readonly priorCorrelation?: ((a: EncodedDesigns, b: EncodedDesigns) => Float64Array) | undefined;
}

/**
 * One kind of surrogate. A new kind is one file with such an object and one line in `surrogates.ts`; it must pass
 * `test/laws/surrogate.ts`.
 *
 * @typeParam Fitted - `FittedSurrogate` of a kind that answers at once
 */
export interface SurrogateType<
  Fitted extends FittedSurrogate | Promise<FittedSurrogate> = FittedSurrogate | Promise<FittedSurrogate>,
> {
  readonly name: string;
  readonly description: string;
  /** What it learns from: trials at the target alone, or those of all levels, so that lower ones tell it of the target. */
  readonly sees: 'target' | 'levels';
  /** Whether its levels may stand in any order, so that earlier campaigns can be further ones; see `withSources`. */
  readonly joinsSources?: boolean;
  /** @throws {InfeasibleError} if there is no target-level row to learn from */
  fit(training: TrainingSet, options: FitOptions): Fitted;
}
