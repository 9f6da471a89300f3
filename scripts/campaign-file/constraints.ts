import { type Constraint, Constraints, constraintFaults } from '../../models/domain/constraints/constraint.js';
import { reachOf } from '../../models/domain/constraints/linear.js';
import type { Space } from '../../models/domain/space.js';
import { type Clash, clashOf } from '../../models/feasible/clash.js';
import { formatNumber } from '../wording.js';
import type { CampaignParts } from './parts.js';
import { type PlacedFault, placed, segments } from './schema-faults.js';

/** Designs that a space has to have where nothing says how many the first trials are to be. */
const fewestDesigns = 5;

/**
 * The space with the constraints that the file gives, and what is wrong with them: each by itself, and where too few designs
 * keep them all, those that clash. Without them where one cannot be read.
 */
export async function constrained(
  space: Space,
  parts: Pick<CampaignParts, 'space' | 'strategy' | 'budget'>,
): Promise<{ readonly space: Space; readonly faults: readonly PlacedFault[] }> {
  const { constraints: given = [] } = parts.space;
  if (given.length === 0) return { space, faults: [] };
  const faults = given.flatMap((constraint, i) =>
    constraint === undefined
      ? []
      : constraintFaults(constraint, space).map(({ path, message, remedy }) =>
          placed(['space', 'constraints', i, ...segments(path)], message, remedy),
        ),
  );
  if (faults.length > 0 || given.includes(undefined)) return { space, faults };
  const whole = { ...space, constraints: given as readonly Constraint[] };
  const wanted = designsWanted(parts);
  const clash = await clashOf(whole, wanted);
  return { space: whole, faults: clash === null ? [] : [clashFault(whole, clash, wanted)] };
}

/** How many designs the first trials are to be of: two at least, without which there is nothing to compare. */
function designsWanted({ strategy, budget }: Pick<CampaignParts, 'strategy' | 'budget'>): number {
  const half = Math.floor((budget.trials ?? Number.POSITIVE_INFINITY) / 2);
  return Math.max(2, strategy?.initial?.trials ?? Math.min(fewestDesigns, half));
}

function clashFault(space: Space, { constraints, left, certain }: Clash, wanted: number): PlacedFault {
  const words = constraints.map((place) => `'${Constraints.of(space).each[place]!.words}'`);
  const [first = '', ...others] = words;
  const kept = others.length === 0 ? first : `${first} together with ${others.join(' and ')}`;
  const what = space.pool === null ? 'design' : 'row of the pool';
  const few = `${left} ${what}${left === 1 ? '' : 's'}`.replace('row of the pools', 'rows of the pool');
  const count = left === 0 ? `no ${what}` : certain ? `no more than ${few}` : few;
  const plural = left > 1;
  const message = certain
    ? `${count} keep${plural ? '' : 's'} ${kept}${others.length === 0 ? reachIn(space, constraints[0]!) : ''}`
    : `${count} ${plural ? 'were' : 'was'} found to keep ${kept}`;
  const at = ['space', 'constraints', ...(constraints.length === 0 ? [] : [constraints[0]!])];
  const enough = left === 0 ? '' : `, until there are ${wanted} designs that differ by a thousandth of a range or more`;
  const loosen = others.length === 0 ? 'loosen it' : 'loosen or leave out one of them';
  return placed(at, message, `${loosen}, or widen what it speaks of${enough}`);
}

/** What the sum of a linear constraint can be, in words; nothing of another constraint. */
function reachIn({ parameters, constraints = [] }: Space, place: number): string {
  const constraint = constraints[place]!;
  if (constraint.type !== 'linear') return '';
  const [low, high] = reachOf(constraint, parameters);
  return `; the sum goes from ${formatNumber(low)} to ${formatNumber(high)}`;
}
