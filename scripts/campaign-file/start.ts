import type { CampaignSpec } from '../../models/domain/campaign.js';
import { designFaults } from '../../models/domain/design-faults.js';
import { withinKnownBounds } from '../../models/domain/known-bounds.js';
import { rowsById, type Space } from '../../models/domain/space.js';
import { isStart, startOf } from '../../models/start/start.js';
import type { CampaignParts } from './parts.js';
import { type PlacedFault, placed, segments } from './schema-faults.js';
import { unpaid } from './unpaid.js';

/** First trials by a plan that takes any number, where the file says none, as far as it matters for what is wrong with it. */
const usual = 12;

type Initial = NonNullable<NonNullable<CampaignParts['strategy']>['initial']>;

/** First trials as the file wants them, and those that it gives; null where it lays out none. */
function laidOut(initial: Initial, space: Space, seed: number) {
  const { plan, designs = [], rows = [] } = initial;
  if (plan === undefined || plan.type === 'sobol') return null;
  const places = space.pool === null ? null : rowsById(space.pool);
  const given = [
    ...designs.filter((design) => designFaults(space.parameters, design).length === 0),
    ...rows.flatMap((row) => {
      const place = places?.get(row);
      return place === undefined ? [] : [space.pool!.designs.at(place)!];
    }),
  ];
  return { plan, given, start: startOf(space, { plan, trials: initial.trials ?? null, usual, given, seed }) };
}

/** What the first trials are together, of a file that is right; null where it lays out none, or does not say how many. */
export function startWords({ strategy, seed, ...goals }: CampaignSpec, space: Space): string | null {
  const { initial = {} } = strategy === 'default' ? {} : strategy;
  if (initial.plan?.type === 'latin-hypercube' && initial.trials === undefined) return 'Latin hypercube';
  const found = laidOut(initial, withinKnownBounds(goals, space), seed);
  return found !== null && isStart(found.start) ? found.start.words : null;
}

/**
 * What keeps the space, or the budget, from having first trials laid out as the file wants.
 *
 * @param space - within the bounds that designs alone tell
 */
export function startFaults(
  { strategy, ...paid }: Pick<CampaignParts, 'strategy' | 'budget' | 'replicates' | 'fidelities'>,
  space: Space,
  seed: number,
): PlacedFault[] {
  const found = laidOut(strategy?.initial ?? {}, space, seed);
  if (found === null) return [];
  const { plan, given, start } = found;
  const at = ['strategy', 'initial'];
  if (!isStart(start))
    return start.map(({ path, message, remedy }) =>
      placed([...at, ...(path === '' ? ['plan'] : segments(path))], `${plan.type}: ${message}`, remedy),
    );
  // One that takes as many as are usual is made small enough.
  if (plan.type === 'latin-hypercube' && strategy?.initial?.trials === undefined) return [];
  const over = unpaid(start.designs.length + given.length, paid, 'first trials');
  if (over === null) return [];
  const message = `${start.words}: ${over.message}`;
  return [placed([...at, 'plan'], message, 'fewer trials, a fraction, a smaller model, or a larger budget')];
}
