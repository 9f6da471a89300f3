import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { OpenMemory } from '../linalg/kernels.js';

/** A number that a kernel learns, in coordinates without bounds of their own (logarithm or logit). */
export interface Hyperparameter {
  /** Normal prior. */
  readonly mean: number;
  readonly sd: number;
  /** Box within which it is searched, and where the search starts. */
  readonly lower: number;
  readonly upper: number;
  readonly start: number;
}

/**
 * Correlation of two designs: positive definite, 1 for equal designs unless it has `own`. Kernels are leaves that read
 * columns of the designs, or sums and products of kernels that are 1 for equal designs.
 *
 * `theta` holds the values of `hyperparameters`, in their order.
 */
export interface DesignKernel {
  readonly hyperparameters: readonly Hyperparameter[];
  /** Correlations of all rows of a with all rows of b, row-major [a.n × b.n]. */
  cross(theta: ArrayLike<number>, a: EncodedDesigns, b: EncodedDesigns): Float64Array;
  /** The kernel over the pairs of one set of designs, as a fit needs it. */
  training(designs: EncodedDesigns): TrainingKernel;
  /** Correlations of one candidate with the designs, [n], and their gradients by its numeric coordinates, [n × numeric]. */
  local(
    theta: ArrayLike<number>,
    designs: EncodedDesigns,
    candidate: EncodedDesigns,
  ): { readonly value: Float64Array; readonly gradient: Float64Array };
  /** Correlations with designs that stay, within the working memory of the numerical kernel; absent where it cannot be. */
  against?(theta: ArrayLike<number>, designs: EncodedDesigns): InPlaceCross;
  /**
   * Value of each design with itself, [n], and its gradients by numeric coordinate, [n × numeric]; where absent it is 1
   * for all designs.
   */
  own?(
    theta: ArrayLike<number>,
    designs: EncodedDesigns,
  ): { readonly value: Float64Array; readonly gradient: Float64Array };
}

/** A kernel over the pairs of one set of designs. All matrices are row-major [n × n], of which the lower triangle counts. */
export interface TrainingKernel {
  /** Writes the correlations into K. */
  evaluate(theta: ArrayLike<number>, K: Float64Array): void;
  /**
   * Writes Σ_{j ≤ i} W_ij·∂k_ij/∂θ into `gradient`, one entry a hyperparameter, for the θ last given to `evaluate`.
   *
   * @param W - weights of the pairs; W_ij stands for both k_ij and k_ji
   */
  pullback(W: Float64Array, gradient: Float64Array): void;
  /** The same within the working memory of the numerical kernel, without copies; absent where it cannot be. */
  readonly inPlace?: InPlaceTraining;
}

/**
 * A kernel over the pairs of one set of designs, on lower triangles [n × n] in the working memory, with the stride of n
 * (see ../linalg/in-place.ts). At `own` lies what it keeps from `evaluate` for `pullback`.
 */
export interface InPlaceTraining {
  /** Numbers that it keeps. */
  readonly room: number;
  /** Writes the correlations at C, and at S what their derivatives by any hyperparameter are multiples of. */
  evaluate(
    theta: ArrayLike<number>,
    memory: OpenMemory,
    places: { readonly C: number; readonly S: number; readonly own: number },
  ): void;
  /**
   * Writes Σ_{j < i} W_ij·∂k_ij/∂θ into `gradient`.
   *
   * @param places.V - weights W, each multiplied by what stands at S, with 0 from the diagonal up to a multiple of 4
   */
  pullback(memory: OpenMemory, places: { readonly V: number; readonly own: number }, gradient: Float64Array): void;
}

/** A kernel between designs and candidates, on rows in the working memory with the stride of the number of designs. */
export interface InPlaceCross {
  /** Numbers that it needs for so many candidates at once. */
  room(rows: number): number;
  /** Puts the designs at `own`, where they stay. */
  load(memory: OpenMemory, own: number): void;
  /**
   * Writes the correlations of each candidate with all designs as a row at C, and whatever into the columns that follow up
   * to a multiple of 4 and into as many rows at S.
   */
  write(
    memory: OpenMemory,
    places: { readonly C: number; readonly S: number; readonly own: number },
    candidates: EncodedDesigns,
  ): void;
}
