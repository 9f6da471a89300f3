import { inverseMillsRatio, logCdf } from '../stats/normal.js';
import type { MomentAcquisition } from './contract.js';
import { perCost } from './per-cost.js';

/**
 * Log of the probability that the target loss is below the incumbent, times the squared correlation of a measurement
 * at the fidelity in question with the target, per cost.
 *
 * log Φ(u) + log ρ² − log c,  u = (incumbent − μ)/σ,  ρ² as in `perCost`
 *
 * It does not ask by how much, and so stays near the incumbent: for the end of a campaign, or for a goal that is met
 * or not. Right beside a trial in flight, whose mean is an incumbent too, something a little better is always likely: there the
 * incumbent has to be undercut by a tenth of a standard deviation, else a batch is one design.
 *
 * @see Kushner 1964, J. Basic Eng. 86, 97
 */
export const logPi: MomentAcquisition = {
  kind: 'moments',
  lossPower: 0,
  name: 'log-pi',
  marginBeside: 0.1,
  description: 'log probability of improvement × squared correlation with the target, per cost',
  evaluate: (input) => {
    const sigma = Math.sqrt(input.variance);
    const u = (input.incumbent - input.mean) / sigma;
    const slope = inverseMillsRatio(u);
    return perCost(
      { value: logCdf(u), byMean: -slope / sigma, byVariance: (-u * slope) / (2 * input.variance) },
      input,
    );
  },
};
