import type { Campaign } from '../../domain/campaign.js';
import type { Reason } from '../../domain/proposal.js';
import { front } from '../../domain/standing.js';
import { placeKey } from '../candidates.js';
import { judgedVisits, type Visit, withAsked } from '../history.js';

/**
 * The trial that is to be measured again: one of which the surrogates take a value for a gross error and that would be the best, or one
 * that none is better than, if it were right. One more trial tells a discovery from an error, where passing over it might lose the best design there is.
 *
 * @param suspects - visits of which a value is taken for a gross error
 * @param visits - everything run, running or just proposed
 * @param believed - what ran without such values
 * @returns null where there is none, or it was measured, or is about to be, more than once
 */
export function toRepeat(
  { spec }: Campaign,
  suspects: readonly Visit[],
  visits: readonly Visit[],
  believed: readonly Visit[],
): Visit | null {
  const target = spec.fidelities.length - 1;
  const asked = withAsked(visits).filter(({ level }) => level === target);
  const once = suspects.filter(
    (visit) => visit.outside === undefined && asked.filter((other) => placeKey(other) === placeKey(visit)).length === 1,
  );
  // Of equals the first: what others gave already is not doubted for the sake of this one.
  const best = front(judgedVisits(spec, [...believed, ...once])).map(({ visit }) => visit);
  return once.find((visit) => best.includes(visit)) ?? null;
}

/** Why it is measured again, in words. */
export function repeatWords({ spec }: Campaign, { trialId }: Visit): string {
  const isFront = spec.objectives.length > 1 && spec.combine === undefined;
  return `measures again what ${trialId} measured, which ${isFront ? 'nothing would be better than' : 'would be the best'} if it is right`;
}

/** The reason of a design that is measured once more. @param told - what is said of it by the surrogates */
export function replicateReason(words: string, told: Reason): Reason {
  return { ...told, kind: 'replicate', acquisition: null, value: null, text: `${words}; ${told.text}` };
}
