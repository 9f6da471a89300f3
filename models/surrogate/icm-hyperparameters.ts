import type { DesignKernel, Hyperparameter } from '../kernel/contract.js';
import { levelCorrelation } from './level-correlation.js';

/**
 * Hyperparameters of a Gaussian process over (design, fidelity) as one vector, in this order: those of the design kernel,
 * log s² (one a level, the cheapest first), u (correlations, target first: see levelCorrelation), log noise variance
 * (one a level). All in units of losses standardised per level.
 */
export interface IcmLayout {
  readonly kernel: DesignKernel;
  readonly levels: number;
  readonly size: number;
  readonly scaleAt: number;
  readonly correlationAt: number;
  readonly noiseAt: number;
  readonly all: readonly Hyperparameter[];
  /** Variance of the constant of each level, which the covariance integrates out; null: the constant that fits best. */
  readonly constantVariance: number | null;
}

/** What the layout depends on. */
export interface IcmShape {
  readonly kernel: DesignKernel;
  readonly levels: number;
  /** Variance of the constants; null for the best fitting constant, of one level only. 1 where absent. */
  readonly constantVariance?: number | null;
  /** Mean and sd of the normal prior on log noise; N(−5, 1.5) where absent. */
  readonly noisePrior?: readonly [number, number];
  /** Mean and sd of the normal prior on log s²; N(0, 1) where absent; where sd is 0, it is the mean. */
  readonly scalePrior?: readonly [number, number];
}

/**
 * Layout, priors, bounds and start values, besides those of the kernel:
 *
 * log s² ~ N(0, 1) · u ~ N(0.55, 1), |u| ≤ 3 · log noise ~ N(−5, 1.5), noise in [1e-6, e²]
 */
export function icmLayout(shape: IcmShape): IcmLayout {
  const { kernel, levels, constantVariance = 1, noisePrior = [-5, 1.5], scalePrior = [0, 1] } = shape;
  const block = (n: number, one: Hyperparameter) => Array.from({ length: n }, () => one);
  const [scale, scaleSd] = scalePrior;
  const fixed = { mean: scale, sd: 1, lower: scale, upper: scale, start: scale };
  const all = [
    ...kernel.hyperparameters,
    ...block(levels, scaleSd === 0 ? fixed : { mean: scale, sd: scaleSd, lower: -8, upper: 5, start: scale }),
    ...block((levels * (levels - 1)) / 2, { mean: 0.55, sd: 1, lower: -3, upper: 3, start: 0.55 }),
    ...block(levels, { mean: noisePrior[0], sd: noisePrior[1], lower: Math.log(1e-6), upper: 2, start: noisePrior[0] }),
  ];
  const scaleAt = kernel.hyperparameters.length;
  return {
    kernel,
    levels,
    size: all.length,
    scaleAt,
    correlationAt: scaleAt + levels,
    noiseAt: all.length - levels,
    all,
    constantVariance,
  };
}

/** Level covariance B = diag(s)·R·diag(s), row-major [L × L] in fidelity order, with derivatives by the u. */
export function levelCovariance(layout: IcmLayout, theta: ArrayLike<number>): { B: Float64Array; byU: Float64Array[] } {
  const L = layout.levels;
  const u = Array.from({ length: layout.noiseAt - layout.correlationAt }, (_, i) => theta[layout.correlationAt + i]!);
  const { R, derivatives } = levelCorrelation(u, L);
  // levelCorrelation puts the target first; fidelity order has it last.
  const place = (level: number) => L - 1 - level;
  const scaled = (matrix: Float64Array) => {
    const result = new Float64Array(L * L);
    for (let a = 0; a < L; a++)
      for (let b = 0; b < L; b++)
        result[a * L + b] =
          Math.exp(0.5 * (theta[layout.scaleAt + a]! + theta[layout.scaleAt + b]!)) * matrix[place(a) * L + place(b)]!;
    return result;
  };
  return { B: scaled(R), byU: derivatives.map(scaled) };
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
