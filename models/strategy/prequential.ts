import { targetFidelity } from '../domain/campaign.js';
import type { CampaignRecord } from '../domain/record.js';
import { cdf, logDensity } from '../stats/normal.js';

/** How well a campaign has foretold its target trials, each before it was measured. */
export interface Prequential {
  /** Target trials that were chosen by an acquisition and gave a value. */
  readonly trials: number;
  /** How many of them lay in the central 50 % and 90 % interval foretold. */
  readonly within50: number;
  readonly within90: number;
  /** Mean log density of the values as foretold, in the objective's unit; null without trials. */
  readonly logScore: number | null;
}

/**
 * Compares every target trial with what the reason of its proposal had foretold, as a normal distribution with that mean
 * and standard deviation.
 *
 * What is foretold is the value without measurement noise; where there is much noise, more lie outside.
 *
 * @see Dawid 1984, J. R. Stat. Soc. A 147, 278 (the prequential approach)
 */
export function prequential({ campaign: { spec }, trials }: CampaignRecord): Prequential {
  const target = targetFidelity(spec).name;
  const objective = spec.objectives[0]!.name;
  const foretold = trials.flatMap(({ proposal: { fidelity, reason }, observation }) => {
    const { kind, mean, sd } = reason;
    if (fidelity !== target || kind !== 'acquisition' || observation?.outcome !== 'measured') return [];
    if (mean === null || sd === null || !(sd > 0)) return [];
    return [{ z: (observation.values[objective]! - mean) / sd, sd }];
  });
  const within = (share: number) => foretold.filter(({ z }) => 2 * cdf(Math.abs(z)) - 1 <= share).length;
  const total = foretold.reduce((sum, { z, sd }) => sum + logDensity(z) - Math.log(sd), 0);
  return {
    trials: foretold.length,
    within50: within(0.5),
    within90: within(0.9),
    logScore: foretold.length === 0 ? null : total / foretold.length,
  };
}
