import type { Campaign } from '../domain/campaign.js';
import { leastComputed } from '../domain/computed.js';
import { orientationOf } from '../domain/standing.js';
import type { Contender } from '../surrogate/ensemble.js';
import { aboveBound } from '../surrogate/kinds/above-bound.js';

/**
 * The surrogates of an outcome beside that of the first objective: of logarithms where it is computed and known never to be below a
 * value.
 */
export function outcomeContenders(
  campaign: Campaign,
  outcome: string,
  contenders: readonly Contender[],
): readonly Contender[] {
  const least = leastComputed(campaign, outcome);
  if (least === null) return contenders;
  const orientation = orientationOf(campaign.spec.objectives.find(({ name }) => name === outcome)!);
  return contenders.map(({ type, logOdds }) => ({ type: aboveBound(type, least, orientation), logOdds }));
}
