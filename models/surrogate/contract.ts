import type { EncodedDesigns } from '../encode/encoded-designs.js';

/** What a surrogate learns from: one row a measured trial. */
export interface TrainingSet {
  readonly designs: EncodedDesigns;
  /** Fidelity of each row, 0 the cheapest, [n]. */
  readonly levels: Int32Array;
  /** Loss of each row, objective units (minimised), [n]. */
  readonly losses: Float64Array;
  /** Number of fidelities; the last is the target. */
  readonly levelCount: number;
  /** Whether designs come from a finite list, so that one may differ from all others for reasons of its own. */
  readonly finite: boolean;
}

/** How to fit. */
export interface FitOptions {
  readonly seed: number;
  /** Hyperparameters of an earlier fit to start from, or null. */
  readonly previous: readonly number[] | null;
  /** False: take `previous` as it is and only condition on the data. */
  readonly optimise: boolean;
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

/** Between losses and the scale on which a surrogate believes them to be normal; rising, so lower stays better. */
export interface LatentScale {
  toLatent(loss: number): number;
  toLoss(latent: number): number;
}

/** The scale of surrogates that work on losses as they are. */
export const lossScale: LatentScale = { toLatent: (loss) => loss, toLoss: (latent) => latent };

/** A surrogate conditioned on data. All its moments are on its own scale. */
export interface FittedSurrogate {
  /** In the surrogate's own unconstrained coordinates; `fit` takes them back. */
  readonly hyperparameters: readonly number[];
  readonly logPosterior: number;
  readonly jitter: number;
  /** Noise variance of a measurement by level. */
  readonly noise: readonly number[];
  readonly scale: LatentScale;
  posterior(candidates: EncodedDesigns): LevelPosterior;
  /** Joint posterior of the target-level values at the candidates: mean [q] and covariance row-major [q × q]. */
  joint(candidates: EncodedDesigns): { mean: Float64Array; covariance: Float64Array };
  /** Posterior at the one candidate in `candidate`, with gradients. */
  local(candidate: EncodedDesigns): LocalPosterior;
  /** The same surrogate after values equal to its own mean at these designs and levels: pending trials. */
  condition(designs: EncodedDesigns, levels: Int32Array): FittedSurrogate;
  /** Predictive mean and variance (noise included) of each training row from all others. */
  leaveOneOut(): { mean: Float64Array; variance: Float64Array };
}

/**
 * One kind of surrogate. A new kind is one file with such an object and one line in `surrogates.ts`; it must pass
 * `test/laws/surrogate.ts`.
 */
export interface SurrogateType {
  readonly name: string;
  readonly description: string;
  /** @throws {InfeasibleError} if there is no target-level row to learn from */
  fit(training: TrainingSet, options: FitOptions): FittedSurrogate;
}
