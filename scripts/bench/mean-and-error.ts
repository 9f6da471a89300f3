import { mean, sampleVariance } from 'simple-statistics';

/** Mean of some values, and its standard error. */
export interface MeanAndError {
  readonly mean: number;
  readonly error: number;
}

/** Mean of some values with its standard error; the error of fewer than two is 0. */
export function meanAndError(values: readonly number[]): MeanAndError {
  const variance = values.length < 2 ? 0 : sampleVariance([...values]);
  return { mean: mean([...values]), error: Math.sqrt(variance / values.length) };
}

/** Both to a number of decimals, as `mean ± error`. */
export function showMean({ mean, error }: MeanAndError, decimals: number): string {
  return `${mean.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}
