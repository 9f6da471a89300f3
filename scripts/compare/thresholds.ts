import { quantile } from '../../models/stats/quantile.js';

/**
 * Losses that are worth asking for where none was stated: what the middle run of the baseline has at its end (of all
 * runs, without a baseline), what the middle of all groups has, and what the best quarter of all runs has.
 *
 * @param ends - losses at the end of the runs of each group
 * @param baseline - those of the baseline; none where there is no baseline
 */
export function sharedThresholds(ends: readonly (readonly number[])[], baseline: readonly number[]): number[] {
  const all = ends.flat().sort((a, b) => a - b);
  const middles = ends
    .map((own) =>
      quantile(
        [...own].sort((a, b) => a - b),
        0.5,
      ),
    )
    .sort((a, b) => a - b);
  const wanted = [
    quantile(
      [...(baseline.length > 0 ? baseline : all)].sort((a, b) => a - b),
      0.5,
    ),
    quantile(middles, 0.5),
    quantile(all, 0.25),
  ];
  return [...new Set(wanted.filter(Number.isFinite))];
}
