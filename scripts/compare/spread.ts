import { quantile } from '../../models/stats/quantile.js';

/** Half of the values lie below, half above; with an interval in which the middle of all seeds there could be would lie. */
export interface Middle {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Probability that the interval holds the middle, whatever the values are distributed like. */
  readonly coverage: number;
}

/** Coverage that is wanted of intervals. */
const wanted = 0.9;

/**
 * The median, with the shortest interval between two of the values, as far from either end, that holds the median of what
 * they are drawn from with a probability of 90 % or more; that of all values where they are fewer than five.
 *
 * P = 1 − 2·P(Bin(n, ½) < k) for the k-th value from either end.
 *
 * @param values - one or more; Infinity for what was never reached
 */
export function middleOf(values: readonly number[]): Middle {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let k = 1;
  let tail = 0.5 ** n;
  let term = tail;
  for (;;) {
    const next = (term * (n - k + 1)) / k;
    if (1 - 2 * (tail + next) < wanted || 2 * (k + 1) > n + 1) break;
    term = next;
    tail += next;
    k += 1;
  }
  const coverage = n === 1 ? 0 : 1 - 2 * tail;
  return { median: quantile(sorted, 0.5), low: sorted[k - 1]!, high: sorted[n - k]!, coverage };
}
