import { logCdf } from '../../stats/normal.js';
import { withinReach } from './ever-best.js';

/** Points whose losses reach lowest, that are looked at. */
const most = 150;

/** Where the distribution of the lowest loss is read off. */
const probabilities = [0.1, 0.3, 0.5, 0.7, 0.9] as const;

/** Share of a standard deviation by which the lowest loss is below the lowest measured one, at least. */
const leastGain = 1e-3;

/**
 * Quantiles of the lowest loss over some points, taken as independent: the y at which 1 − Π_i Φ((μ_i − y)/σ_i) is 0.1,
 * 0.3, 0.5, 0.7 and 0.9, each below the incumbent by at least a thousandth of the largest σ.
 *
 * @param variance - [n]
 * @returns rising, to 1e-6 of the range looked at
 * @see Wang and Jegelka 2017, arXiv:1703.01968, section 3.1 (where a Gumbel distribution is fitted to these)
 */
export function lowestValues(mean: Float64Array, variance: Float64Array, incumbent: number): number[] {
  const near = withinReach(mean, variance, most);
  const sd = near.map((i) => Math.sqrt(variance[i]!));
  const widest = sd.reduce((a, b) => Math.max(a, b), 0);
  const reached = near.reduce((least, i, at) => Math.min(least, mean[i]! - 6 * sd[at]!), incumbent);
  const logAbove = (y: number) => near.reduce((sum, i, at) => sum + logCdf((mean[i]! - y) / sd[at]!), 0);
  return probabilities.map((p) => {
    const wanted = Math.log1p(-p);
    let [low, high] = [reached - widest, incumbent];
    if (logAbove(high) < wanted)
      for (let step = 0; step < 24; step++) {
        const middle = (low + high) / 2;
        if (logAbove(middle) < wanted) high = middle;
        else low = middle;
      }
    return Math.min(high, incumbent - leastGain * widest);
  });
}
