import type { Hyperparameter } from './contract.js';

/** Normal prior on the log of a lengthscale, of which there are d. */
export type LengthscalePrior = (d: number) => Hyperparameter;

const bounds = { lower: Math.log(0.025), upper: Math.log(100) } as const;

/**
 * Lengthscales that grow with the number of columns: log ℓ ~ N(√2 + ½·log d − 3, √3), start 0.5·√d.
 *
 * It is the dimension-scaled LogNormal(√2 + ½·log d, √3) with its mode kept in log coordinates.
 *
 * @see Hvarfner, Hellsten and Nardi 2024, arXiv:2402.02229
 */
export const scaledLengthscales: LengthscalePrior = (d) => {
  const logSqrtD = 0.5 * Math.log(Math.max(1, d));
  return { ...bounds, mean: Math.SQRT2 + logSqrtD - 3, sd: Math.sqrt(3), start: Math.log(0.5) + logSqrtD };
};

/**
 * Lengthscales of several ranges of the columns, a prior of losses that are smooth and nearly additive:
 * log ℓ ~ N(log(0.4·√d + 4), 0.3).
 *
 * The centre is that of BayBE's preset for substances, a Gamma prior of that mean and about that spread.
 *
 * @see BayBE 0.15, `surrogates/gaussian_process/presets`
 */
export const longLengthscales: LengthscalePrior = (d) => {
  const mean = Math.log(longLengthscale(d));
  return { ...bounds, mean, sd: 0.3, start: mean };
};

/**
 * Lengthscale of codes of molecules, of which two are about √2 apart: log ℓ ~ N(1.5, 0.5), of several such distances. Few losses
 * then bend little, as most do over what encoders tell; see docs/decisions/0045.
 */
export const codeLengthscale: Hyperparameter = { ...bounds, mean: 1.5, sd: 0.5, start: 1.5 };

/** Centre of the prior of long lengthscales, 0.4·√d + 4. */
export function longLengthscale(d: number): number {
  return 0.4 * Math.sqrt(d) + 4;
}

/**
 * The normal prior on log x that approximates x ~ Gamma(shape, rate), shape > 1: the same mode as the density by x, and
 * the same curvature there, N(log((shape − 1)/rate), 1/√(shape − 1)). Bounds are those of lengthscales.
 */
export function gammaPrior(shape: number, rate: number): Hyperparameter {
  const mean = Math.log((shape - 1) / rate);
  return { ...bounds, mean, sd: 1 / Math.sqrt(shape - 1), start: mean };
}
