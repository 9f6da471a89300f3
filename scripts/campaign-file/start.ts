import { designFaults } from '../../models/domain/design-faults.js';
import { rowsById, type Space } from '../../models/domain/space.js';
import { isStart, startOf } from '../../models/start/start.js';
import type { CampaignParts } from './parts.js';
import { type PlacedFault, placed, segments } from './schema-faults.js';

/** First trials by a plan that takes any number, where the file says none, as far as it matters for what is wrong with it. */
const usual = 12;

/** What keeps the space, or the budget, from having first trials laid out as the file wants. */
export function startFaults(
  { strategy, budget }: Pick<CampaignParts, 'strategy' | 'budget'>,
  space: Space,
  seed: number,
): PlacedFault[] {
  const { plan, trials = null, designs = [], rows = [] } = strategy?.initial ?? {};
  if (plan === undefined || plan.type === 'sobol') return [];
  const places = space.pool === null ? null : rowsById(space.pool);
  const given = [
    ...designs.filter((design) => designFaults(space.parameters, design).length === 0),
    ...rows.flatMap((row) => {
      const place = places?.get(row);
      return place === undefined ? [] : [space.pool!.designs.at(place)!];
    }),
  ];
  const at = ['strategy', 'initial'];
  const start = startOf(space, { plan, trials, usual, given, seed });
  if (!isStart(start))
    return start.map(({ path, message, remedy }) =>
      placed([...at, ...(path === '' ? ['plan'] : segments(path))], `${plan.type}: ${message}`, remedy),
    );
  const runs = start.designs.length + given.length;
  if (budget.trials === undefined || runs <= budget.trials) return [];
  const message = `${start.words}: ${runs} first trials, more than the budget of ${budget.trials}`;
  return [placed([...at, 'plan'], message, 'fewer trials, a fraction, a smaller model, or a larger budget')];
}
