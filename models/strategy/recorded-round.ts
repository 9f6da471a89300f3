import { type CampaignRecord, seenBy, type TrialRecord } from '../domain/record.js';
import { recordedArtefacts } from './artefacts.js';
import type { DecideRequest } from './decision.js';
import { extensionsOf } from './growth.js';

/**
 * What a round was decided from, as its proposals have it: `decide` of it gives these proposals again, by the version that made them.
 *
 * @param ordered - the trials of the record in the order of rounds and places
 * @param first - a trial of the round that the strategy made
 */
export function recordedRound(
  { campaign, artefacts }: Pick<CampaignRecord, 'campaign' | 'artefacts'>,
  ordered: readonly TrialRecord[],
  { proposal: { round, basis } }: TrialRecord,
): DecideRequest {
  const {
    count,
    pending,
    remainingCost,
    budget,
    stop,
    fixed,
    contexts: { said } = {},
    extensions = [],
    codes,
    untaught = false,
    suspects = false,
  } = basis;
  const trials = seenBy(ordered, round, pending);
  const extend = extensions.slice(extensionsOf(trials).length);
  return {
    ...{ campaign, round, count, pending, remainingCost, untaught, suspects, trials },
    ...(budget === undefined ? {} : { budget }),
    ...(stop === undefined ? {} : { stop }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(said === undefined ? {} : { contexts: said }),
    ...(codes === undefined ? {} : { codes }),
    ...(extend.length === 0 ? {} : { extend }),
    ...(artefacts === undefined ? {} : { artefacts: recordedArtefacts({ artefacts }) }),
  };
}

/** Trials in the order of rounds and places in them. */
export function inOrder(trials: readonly TrialRecord[]): readonly TrialRecord[] {
  return [...trials].sort(({ proposal: a }, { proposal: b }) => a.round - b.round || a.index - b.index);
}

/** Whether the strategy made a proposal: that of a person has nothing to be computed from. */
export function isComputed({ proposal }: Pick<TrialRecord, 'proposal'>): boolean {
  return proposal.basis.person === undefined;
}
