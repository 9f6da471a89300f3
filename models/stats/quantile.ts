/**
 * The value below which a share of the values lies, between neighbours in proportion. Infinity stands for what was never
 * reached, and is the answer as soon as it has a part in it.
 *
 * @param sorted - ascending, one or more
 * @param share - 0 to 1
 * @remarks simple-statistics' `quantile` steps from value to value instead (their second definition), and knows no infinity.
 * @see Hyndman and Fan 1996, Am. Stat. 50, 361 (their seventh definition)
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  const part = place - Math.floor(place);
  return part === 0 || below === above ? below : below + part * (above - below);
}
