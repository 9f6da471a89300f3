/**
 * Noise variance with which errors out of bag are as large as is predicted, Σ (y − f̄)²/(variance + noise) = n; at least
 * 1e-4, at most 10.
 *
 * @param y - standardised losses, [n]
 */
export function noiseOf(
  { mean, variance }: { readonly mean: Float64Array; readonly variance: Float64Array },
  y: Float64Array,
): number {
  const excess = (noise: number) =>
    mean.reduce((sum, value, i) => sum + (y[i]! - value) ** 2 / (variance[i]! + noise) - 1, 0);
  let [low, high] = [Math.log(1e-4), Math.log(10)];
  if (excess(1e-4) <= 0) return 1e-4;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (excess(Math.exp(middle)) > 0) low = middle;
    else high = middle;
  }
  return Math.exp(low);
}
