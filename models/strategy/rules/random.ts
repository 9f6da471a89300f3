import { alreadyRun } from '../already-run.js';
import { initialOrder, type Place, type PreparedSpace, placeKey } from '../candidates.js';
import type { Visit } from '../history.js';
import type { Purse } from '../purse.js';
import type { Choice } from './contract.js';

/** Designs too dear for what is left that are passed over, at most, in looking for one that is not. */
const triedAtMost = 100;

/**
 * Further designs of the initial order at the target: random search, and what is done before anything is measured there.
 * No surrogate is asked.
 *
 * @param asked - everything run, running or just proposed when the rule is made
 * @param count - trials that it will be asked for, at most
 */
export function randomRule(
  prepared: PreparedSpace,
  asked: readonly (Place & Pick<Visit, 'level'>)[],
  count: number,
  { seed, level, purse }: { readonly seed: number; readonly level: number; readonly purse: Purse },
): { next(): Choice | null } {
  const order = initialOrder(prepared, seed);
  const there = asked.filter((visit) => visit.level === level);
  const first = Array.from({ length: there.length + count }, (_, i) => order(i)).filter((place) => place !== null);
  const seen = new Set([...there, ...alreadyRun(prepared, first, there)].map(placeKey));
  let patience = triedAtMost;
  let i = 0;
  return {
    next: () => {
      for (;;) {
        const place = order(i);
        if (place === null) return null;
        i += 1;
        if (seen.has(placeKey(place))) continue;
        if (purse.affords(level, place)) {
          seen.add(placeKey(place));
          return { ...place, level, value: null };
        }
        if (--patience < 0) return null;
      }
    },
  };
}
