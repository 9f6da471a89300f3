import { alreadyRun } from '../already-run.js';
import { type Place, type PreparedSpace, placeKey } from '../candidates.js';
import { initialOrder } from '../initial-order.js';
import type { Rule } from './contract.js';

/** Designs too dear for what is left that are passed over, at most, in looking for one that is not. */
const triedAtMost = 100;

/**
 * Further designs of the initial order at the target: random search, and what is done before anything is measured there.
 * No surrogate is asked, so the situation needs no members.
 *
 * A design that a trial was asked for as it is, or nearly (see `alreadyRun`), is passed over, those included that are still
 * to be asked in this round. Without the target among the open levels nothing is proposed.
 */
export function randomRule(): Rule {
  // The order of a space takes long to make, and is the same for all trials of a round.
  let made: { readonly prepared: PreparedSpace; readonly order: (i: number) => Place | null } | null = null;
  return {
    next: async ({ spec, prepared, costs, wanted }, open) => {
      const level = costs.length - 1;
      if (!open.levels.includes(level)) return null;
      if (made?.prepared !== prepared) made = { prepared, order: initialOrder(prepared, spec) };
      const { order } = made;
      const there = open.askedAt(level);
      const first = Array.from({ length: there.length + wanted }, (_, i) => order(i)).filter((place) => place !== null);
      const seen = new Set([...there, ...alreadyRun(prepared, first, there)].map(placeKey));
      let patience = triedAtMost;
      for (let i = 0; ; i++) {
        const place = order(i);
        if (place === null) return null;
        if (seen.has(placeKey(place))) continue;
        if (!open.isTooDear(level, () => place)) return { ...place, level, value: null };
        if (--patience < 0) return null;
      }
    },
  };
}
