import type { Campaign } from '../../domain/campaign.js';
import { type Design, designKey } from '../../domain/design.js';
import { withinKnownBounds } from '../../domain/known-bounds.js';
import { isStart, type Start, startOf } from '../../start/start.js';
import { type Place, type PreparedSpace, placeAt } from '../candidates.js';
import { initialOrder } from '../initial-order.js';

/** The first trials that the campaign file lays out otherwise than by a Sobol sequence. */
export interface PlannedStart {
  /** In order; null beyond all designs. */
  at(i: number): Place | null;
  readonly count: number;
  readonly words: string;
}

/** That what parameters are fixed at leaves no start as the file wants it. */
export interface NoStart {
  readonly why: string;
}

/**
 * The start that a campaign file names, with what comes after its last design: those of the usual order that are none of it.
 *
 * @param usual - trials of a start that takes any number, where the file says none
 * @param given - a person's own designs, which are run first
 * @returns null where the file names none; why there is none where what parameters that are fixed for now leave of the space has none
 */
export function plannedStart(
  { spec, space }: Campaign,
  prepared: PreparedSpace,
  usual: number,
  given: readonly Design[],
): PlannedStart | NoStart | null {
  const { plan, trials = null } = (spec.strategy === 'default' ? undefined : spec.strategy.initial) ?? {};
  if (plan === undefined || plan.type === 'sobol') return null;
  const { seed } = spec;
  const start = startOf(withinKnownBounds(spec, space), { plan, trials, usual, given, seed });
  if (!isStart(start))
    return {
      why: `${plan.type} is not to be had with what is fixed (${start.map(({ message }) => message).join('; ')})`,
    };
  const places = placesOf(start, prepared);
  const taken = new Set(start.designs.map((design) => designKey(design)));
  const rest = initialOrder(prepared, spec);
  const after: Place[] = [];
  let next = 0;
  const further = (i: number): Place | null => {
    while (after.length <= i) {
      const place = rest(next++);
      if (place === null) return null;
      if (!taken.has(designKey(place.design))) after.push(place);
    }
    return after[i]!;
  };
  return {
    count: places.length,
    words: start.words,
    at: (i) => (i < places.length ? places[i]! : further(i - places.length)),
  };
}

/** In a pool a design stands for the first row that has it. */
function placesOf({ designs }: Start, { listed }: PreparedSpace): Place[] {
  if (listed === null || listed.ids === null) return designs.map((design) => ({ design, rowId: null }));
  const rows = new Map<string, number>();
  let row = 0;
  for (const design of listed.designs) {
    const key = designKey(design);
    if (!rows.has(key)) rows.set(key, row);
    row++;
  }
  return designs.map((design) => placeAt(listed, rows.get(designKey(design))!));
}
