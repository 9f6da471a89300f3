import type { Campaign } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import type { FittedEnsemble } from '../../models/strategy/explain/surrogates-behind.js';

/** Medians of the target loss at designs, [n]. */
export function targetMedians(
  { ensemble, prepared: { encoder } }: FittedEnsemble,
  designs: readonly Design[],
): number[] {
  const points = encoder.encode(designs);
  const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(points));
  const level = posteriors[0]!.mean.length - 1;
  return designs.map((_, candidate) => ensemble.quantile(posteriors, { level, candidate }, 0.5));
}

/**
 * Share of values of the objective that lie in the central 90 % interval that the surrogates together give for them.
 *
 * @param of - `truth`: the values are without noise, and so is the interval; `measurement`: both have it
 */
export function coverage90(
  { ensemble, prepared: { encoder } }: FittedEnsemble,
  campaign: Campaign,
  known: readonly { readonly design: Design; readonly value: number }[],
  of: 'truth' | 'measurement',
): number {
  const points = encoder.encode(known.map(({ design }) => design));
  const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(points));
  const level = posteriors[0]!.mean.length - 1;
  const sign = orientationOf(primaryObjective(campaign.spec));
  const inside = known.filter(({ value }, candidate) => {
    const which = { level, candidate, noisy: of === 'measurement' };
    const below = ensemble.probabilityBelow(posteriors, which, sign * value);
    return below >= 0.05 && below <= 0.95;
  });
  return inside.length / known.length;
}
