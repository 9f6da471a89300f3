/**
 * Losses with their bad tail drawn in to Tukey's fence: max Q3 + 1.5·(Q3 − Q1). Good values are left as they are.
 *
 * For losses of which a few are absurdly bad, which would make all others look alike. Where half of them are equal, so
 * that the quartiles tell nothing, none is drawn in.
 *
 * @param losses - finite, [n]
 */
export function winsorised(losses: Float64Array): Float64Array {
  const sorted = Float64Array.from(losses).sort();
  const quantile = (p: number) => {
    const at = p * (sorted.length - 1);
    const low = Math.floor(at);
    const next = sorted[Math.min(low + 1, sorted.length - 1)]!;
    return sorted[low]! + (at - low) * (next - sorted[low]!);
  };
  const spread = quantile(0.75) - quantile(0.25);
  if (!(spread > 0)) return Float64Array.from(losses);
  const fence = quantile(0.75) + 1.5 * spread;
  return losses.map((loss) => Math.min(loss, fence));
}
