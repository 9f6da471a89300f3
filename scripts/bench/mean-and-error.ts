/** Mean of some values, and its standard error. */
export interface MeanAndError {
  readonly mean: number;
  readonly error: number;
}

/** Mean of some values with its standard error; the error of fewer than two is 0. */
export function meanAndError(values: readonly number[]): MeanAndError {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

/** Both to a number of decimals, as `mean ± error`. */
export function showMean({ mean, error }: MeanAndError, decimals: number): string {
  return `${mean.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}
