import type { Hyperparameter } from '../../kernel/contract.js';
import type { LatentScale } from '../contract.js';

/** Losses on the scale on which a process takes them to be normal. */
export interface TransformedLosses extends LatentScale {
  /** The training losses on that scale, [n]: mean 0 and standard deviation 1 as far as they differ. */
  readonly values: Float64Array;
  /** Log of the Jacobian: Σ log dt/dz over the training rows, z the standardised losses. */
  readonly logJacobian: number;
  /** Derivatives by the learned parameter: of the values, [n], of the log of each row's dt/dz, [n], and of their sum. */
  readonly byParameter: {
    readonly values: Float64Array;
    readonly logSlopes: Float64Array;
    readonly logJacobian: number;
  };
}

/** A rising family of transforms with one learned parameter. */
export interface OutputTransform {
  readonly name: string;
  readonly parameter: Hyperparameter;
  /** @param losses - finite, [n]; all equal ones give values 0 */
  of(losses: Float64Array, parameter: number): TransformedLosses;
}

/**
 * Mean and standard deviation (of the whole set, n in the denominator). Where the values differ by no more than rounding
 * would, the sd is 1, or more if they are so large that rounding alone is more.
 */
export function moments(values: Float64Array): { mean: number; sd: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let variance = 0;
  for (const value of values) variance += ((value - mean) * (value - mean)) / values.length;
  const differ = variance > 1e-16 * Math.max(1e-300, mean * mean);
  return { mean, sd: differ ? Math.sqrt(variance) : Math.max(1, 1e-8 * Math.abs(mean)) };
}
