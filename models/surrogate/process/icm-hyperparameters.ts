import type { DesignKernel, Hyperparameter } from '../../kernel/contract.js';
import { icmStructure } from '../levels/icm-structure.js';
import type { LevelCovariances, LevelStructure } from '../levels/level-structure.js';
import { leastNoise } from '../noise/row-noise.js';

/** One separable term of a process over (design, fidelity), and where its kernel's hyperparameters begin. */
export interface LevelTerm {
  readonly kernel: DesignKernel;
  readonly at: number;
}

/**
 * Hyperparameters of a Gaussian process over (design, fidelity) as one vector, in this order: those of the kernel of
 * each term, those of the level structure, log noise variance (one a level, the cheapest first). All in units of
 * standardised losses.
 */
export interface IcmLayout {
  readonly terms: readonly LevelTerm[];
  readonly structure: LevelStructure;
  readonly levels: number;
  readonly size: number;
  readonly structureAt: number;
  readonly noiseAt: number;
  readonly all: readonly Hyperparameter[];
  /** Variance of the constant of each level, which the covariance integrates out; null: the constant that fits best. */
  readonly constantVariance: number | null;
}

/** What the priors of any layout depend on. */
interface LevelPriors {
  readonly levels: number;
  /** Variance of the constants; null for the best fitting constant, of one level only. 1 where absent. */
  readonly constantVariance?: number | null;
  /** Mean and sd of the normal prior on log noise; N(−5, 1.5) where absent. */
  readonly noisePrior?: readonly [number, number];
}

/** What the layout of a sum of terms depends on. */
export interface TermsShape extends LevelPriors {
  /** One a term of the structure. */
  readonly kernels: readonly DesignKernel[];
  readonly structure: LevelStructure;
}

/** What the layout of one term with freely correlated levels depends on. */
export interface IcmShape extends LevelPriors {
  readonly kernel: DesignKernel;
  /** Mean and sd of the normal prior on log s²; N(0, 1) where absent; where sd is 0, it is the mean. */
  readonly scalePrior?: readonly [number, number];
  /** How many of the levels, the first ones, are earlier campaigns; 0 where absent. */
  readonly sources?: number;
}

/** Layout, priors, bounds and start values of a sum of terms; log noise ~ N(−5, 1.5), noise in [1e-8, e²]. */
export function termsLayout(shape: TermsShape): IcmLayout {
  const { kernels, structure, levels, constantVariance = 1, noisePrior = [-5, 1.5] } = shape;
  const noise = { mean: noisePrior[0], sd: noisePrior[1], lower: Math.log(leastNoise), upper: 2, start: noisePrior[0] };
  let at = 0;
  const terms = kernels.map((kernel) => {
    const term = { kernel, at };
    at += kernel.hyperparameters.length;
    return term;
  });
  const all = [
    ...kernels.flatMap((kernel) => kernel.hyperparameters),
    ...structure.hyperparameters,
    ...Array.from({ length: levels }, () => noise),
  ];
  return {
    terms,
    structure,
    levels,
    size: all.length,
    structureAt: at,
    noiseAt: all.length - levels,
    all,
    constantVariance,
  };
}

/** Layout of the intrinsic coregionalisation model: one kernel, B = diag(s)·R·diag(s) (see `icmStructure`). */
export function icmLayout({ kernel, scalePrior, sources, ...shape }: IcmShape): IcmLayout {
  return termsLayout({ ...shape, kernels: [kernel], structure: icmStructure(shape.levels, scalePrior, sources) });
}

/** Covariances of the levels, a matrix a term. */
export function levelCovariances(layout: IcmLayout, theta: Float64Array): LevelCovariances {
  return layout.structure.evaluate(theta.subarray(layout.structureAt));
}

/** Hyperparameters with the sign of all that carry one turned; null where none does. */
export function turned({ structure, structureAt }: IcmLayout, theta: Float64Array): number[] | null {
  if (structure.signed.length === 0) return null;
  const signed = new Set(structure.signed.map((q) => structureAt + q));
  return Array.from(theta, (value, q) => (signed.has(q) ? -value : value));
}

/** Minus the log prior density up to a constant, Σ ½·((θ − μ)/σ)²; its gradient is added to `gradient`. */
export function addPrior(layout: IcmLayout, theta: ArrayLike<number>, gradient?: Float64Array): number {
  let value = 0;
  layout.all.forEach(({ mean, sd }, q) => {
    const z = (theta[q]! - mean) / sd;
    value += 0.5 * z * z;
    if (gradient !== undefined) gradient[q] = gradient[q]! + z / sd;
  });
  return value;
}
