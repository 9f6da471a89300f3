import type { Campaign } from '../../domain/campaign.js';
import type { Reason } from '../../domain/proposal.js';
import { placeKey } from '../candidates.js';
import { ranked, type Visit, withAsked } from '../history.js';

/**
 * The trial that is to be measured again: one whose value the surrogates take for a gross error and that would be the best, if it
 * were right. One more trial tells a discovery from an error, where passing over it might lose the best design there is.
 *
 * @param suspects - visits whose values are taken for gross errors
 * @returns null where there is none, or it was measured, or is about to be, more than once
 */
export function toRepeat({ spec }: Campaign, suspects: readonly Visit[], visits: readonly Visit[]): Visit | null {
  const target = spec.fidelities.length - 1;
  const asked = withAsked(visits).filter(({ level }) => level === target);
  const once = suspects.filter(
    (visit) => visit.outside === undefined && asked.filter((other) => placeKey(other) === placeKey(visit)).length === 1,
  );
  // Of equals the first: what others gave already is not doubted for the sake of this one.
  const others = visits.filter((visit) => visit.level === target && !suspects.includes(visit));
  const [best] = ranked(spec, [...others, ...once]);
  return once.find((visit) => visit === best) ?? null;
}

/** Why it is measured again, in words. */
export function repeatWords({ trialId }: Visit): string {
  return `measures again what ${trialId} measured, which would be the best if it is right`;
}

/** The reason of a design that is measured once more. @param told - what is said of it by the surrogates */
export function replicateReason(words: string, told: Reason): Reason {
  return { ...told, kind: 'replicate', acquisition: null, value: null, text: `${words}; ${told.text}` };
}
