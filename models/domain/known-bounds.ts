import type { CampaignSpec } from './campaign.js';
import type { Constraint } from './constraints/constraint.js';
import { parseExpression } from './expression/parse.js';
import { namesIn, type Tree } from './expression/tree.js';
import type { Space } from './space.js';
import { measuredNames } from './standing.js';

/** What is wanted of outcomes, as far as bounds go. */
type Bounded = Pick<CampaignSpec, 'objectives' | 'outcomes'>;

/** The bounds on objectives that the design alone tells, as constraints, with the place of each among the objectives. */
export function knownBounds(spec: Bounded): readonly { readonly place: number; readonly constraint: Constraint }[] {
  const measured = measuredNames(spec);
  return spec.objectives.flatMap(({ name, expression, min, max }, place) => {
    if (expression === undefined || (min === undefined && max === undefined)) return [];
    if (namesIn(parseExpression(expression) as Tree).some((one) => measured.includes(one))) return [];
    return [{ place, constraint: { type: 'formula', expression, bound: { name, min, max } } }];
  });
}

const known = new WeakMap<Space, Map<string, Space>>();

/**
 * The space with the bounds that the design alone tells among its constraints: whatever is measured of its other designs, these
 * do not count.
 *
 * @returns the same object for the same bounds; the space itself where there are none
 */
export function withinKnownBounds(spec: Bounded, space: Space): Space {
  const bounds = knownBounds(spec).map(({ constraint }) => constraint);
  if (bounds.length === 0) return space;
  const key = JSON.stringify(bounds);
  const made = known.get(space) ?? new Map<string, Space>();
  known.set(space, made);
  const bounded = made.get(key) ?? { ...space, constraints: [...(space.constraints ?? []), ...bounds] };
  made.set(key, bounded);
  return bounded;
}
