import type { EncodedDesigns } from '../../models/encode/encoded-designs.js';
import type { Ensemble } from '../../models/surrogate/ensemble.js';

/** How well measured values of designs were foretold. */
export interface Foretold {
  /** Share of the variance of the values that medians explain. */
  readonly r2: number;
  /** Mean log density of the values, in units of their standard deviation. */
  readonly logScore: number;
  /** Share of values in their 90 % intervals. */
  readonly coverage: number;
}

/** Part of the spread of the values over which a density is the slope of the distribution. */
const step = 1e-3;

/**
 * Judges what a fitted ensemble foretells of designs that it has not seen, at the target.
 *
 * @param losses - what was measured of them, noise included
 */
export function foretold(ensemble: Ensemble, designs: EncodedDesigns, losses: readonly number[]): Foretold {
  const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(designs));
  const level = posteriors[0]!.mean.length - 1;
  const average = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const total = losses.reduce((sum, loss) => sum + (loss - average) ** 2, 0);
  const sd = Math.sqrt(total / losses.length);
  let [error, logs, inside] = [0, 0, 0];
  losses.forEach((loss, candidate) => {
    const which = { level, candidate };
    const below = (y: number) => ensemble.probabilityBelow(posteriors, { ...which, noisy: true }, y);
    error += (ensemble.quantile(posteriors, which, 0.5) - loss) ** 2;
    const density = (below(loss + step * sd) - below(loss - step * sd)) / (2 * step);
    // A distribution that rounds to nothing there has at most the density that a double can tell.
    logs += Math.log(Math.max(density, Number.EPSILON / step));
    const share = below(loss);
    if (share >= 0.05 && share <= 0.95) inside++;
  });
  return { r2: 1 - error / total, logScore: logs / losses.length, coverage: inside / losses.length };
}
