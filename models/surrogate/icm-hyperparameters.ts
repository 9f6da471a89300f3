import { levelCorrelation } from './level-correlation.js';

/**
 * Hyperparameters of the ICM surrogate as one vector, in this order: log ℓ (one a Matérn column), log s² (one a level,
 * the cheapest first), u (correlations, target first: see levelCorrelation), logit w (of finite spaces with several
 * levels only), log noise variance (one a level). All in units of losses standardised per level.
 *
 * w is the share of a design's own: what no other design tells of it, yet what its values at all levels have in
 * common. With it a cheap measurement of an outlier counts for the outlier's target value.
 */
export interface IcmLayout {
  readonly lengthscales: number;
  readonly levels: number;
  readonly size: number;
  readonly scaleAt: number;
  readonly correlationAt: number;
  /** Place of logit w; equal to noiseAt where w is 0. */
  readonly shareAt: number;
  readonly noiseAt: number;
  /** Normal prior on each entry. */
  readonly priorMean: Float64Array;
  readonly priorSd: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly start: Float64Array;
  /** Variance of the constant of each level, which the covariance integrates out. */
  readonly constantVariance: number;
}

/** What the layout depends on. */
export interface IcmShape {
  readonly lengthscales: number;
  readonly levels: number;
  /** Whether designs may have a share of their own; only with several levels. */
  readonly ownShares: boolean;
  /** 0 where the losses are known to have mean 0. */
  readonly constantVariance?: number;
  /** Mean and sd of the normal prior on log noise; N(−5, 1.5) where absent. */
  readonly noisePrior?: readonly [number, number];
}

/**
 * Layout, priors, bounds and start values.
 *
 * - log ℓ ~ N(√2 + ½·log d − 3, √3): the dimension-scaled LogNormal(√2 + ½·log d, √3) of Hvarfner et al. 2024
 *   (arXiv:2402.02229) with its mode kept in log coordinates; ℓ in [0.025, 100]; start 0.5·√d
 * - log s² ~ N(0, 1) · u ~ N(0.55, 1), |u| ≤ 3 · logit w ~ N(−2.2, 0.5) (w about 0.1) · log noise ~ N(−5, 1.5), noise
 *   in [1e-6, e²]
 *
 * The number of lengthscales is the d of their prior.
 */
export function icmLayout(shape: IcmShape): IcmLayout {
  const { lengthscales, levels, ownShares, constantVariance = 1, noisePrior = [-5, 1.5] } = shape;
  const correlations = (levels * (levels - 1)) / 2;
  const own = ownShares && levels > 1 ? 1 : 0;
  const block = (n: number, ...values: number[]) => Array.from({ length: n }, () => values);
  const logSqrtD = 0.5 * Math.log(Math.max(1, lengthscales));
  // mean, sd, lower, upper, start
  const rows = [
    ...block(
      lengthscales,
      Math.SQRT2 + logSqrtD - 3,
      Math.sqrt(3),
      Math.log(0.025),
      Math.log(100),
      Math.log(0.5) + logSqrtD,
    ),
    ...block(levels, 0, 1, -8, 5, 0),
    ...block(correlations, 0.55, 1, -3, 3, 0.55),
    ...block(own, -2.2, 0.5, -6, 4, -2.2),
    ...block(levels, ...noisePrior, Math.log(1e-6), 2, noisePrior[0]),
  ];
  const column = (c: number) => Float64Array.from(rows, (row) => row[c]!);
  return {
    lengthscales,
    levels,
    size: rows.length,
    scaleAt: lengthscales,
    correlationAt: lengthscales + levels,
    shareAt: lengthscales + levels + correlations,
    noiseAt: lengthscales + levels + correlations + own,
    priorMean: column(0),
    priorSd: column(1),
    lower: column(2),
    upper: column(3),
    start: column(4),
    constantVariance,
  };
}

/** w: the share of a design's own. */
export function ownShare(layout: IcmLayout, theta: ArrayLike<number>): number {
  return layout.shareAt === layout.noiseAt ? 0 : 1 / (1 + Math.exp(-theta[layout.shareAt]!));
}

/** Level covariance B = diag(s)·R·diag(s), row-major [L × L] in fidelity order, with derivatives by the u. */
export function levelCovariance(layout: IcmLayout, theta: ArrayLike<number>): { B: Float64Array; byU: Float64Array[] } {
  const L = layout.levels;
  const u = Array.from({ length: layout.shareAt - layout.correlationAt }, (_, i) => theta[layout.correlationAt + i]!);
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
