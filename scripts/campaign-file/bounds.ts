import type { CampaignSpec } from '../../models/domain/campaign.js';
import type { Constraint } from '../../models/domain/constraints/constraint.js';
import { parseExpression } from '../../models/domain/expression/parse.js';
import { namesIn, type Tree } from '../../models/domain/expression/tree.js';
import { knownBounds } from '../../models/domain/known-bounds.js';
import { beyond } from '../../models/domain/limits.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import type { Space } from '../../models/domain/space.js';
import { measuredNames } from '../../models/domain/standing.js';
import { clashOf } from '../../models/feasible/clash.js';
import { valuesWithin } from '../../models/feasible/values-within.js';
import { formatNumber } from '../wording.js';
import type { CampaignParts } from './parts.js';
import { type PlacedFault, placed } from './schema-faults.js';

/** Bounds and wanted values that lie beyond the limits of what is measured, where no true value is. */
export function beyondLimits({ objectives, outcomes, stop }: CampaignParts): PlacedFault[] {
  const faults: PlacedFault[] = [];
  const check = (
    at: PropertyKey[],
    key: string,
    value: unknown,
    of: { name?: unknown; limits?: unknown } | undefined,
  ) => {
    const limits = of?.limits as readonly [number | null, number | null] | undefined;
    if (typeof value !== 'number' || limits === undefined || typeof of?.name !== 'string') return;
    const why = beyond(of.name, value, [...limits]);
    if (why !== null) faults.push(placed([...at, key], `${key}: ${why}`, 'a value within them, or other limits'));
  };
  objectives.forEach((one, i) => {
    for (const key of ['min', 'max', 'value', 'reference'] as const) check(['objectives', i], key, one?.[key], one);
  });
  outcomes.forEach((one, i) => {
    for (const key of ['min', 'max'] as const) check(['outcomes', i], key, one?.[key], one);
  });
  stop.forEach((rule, i) => {
    if (rule?.type !== 'targetReached') return;
    check(['stop', i], 'value', rule.value, objectives[0]);
    for (const [name, value] of Object.entries(rule.others ?? {}))
      check(
        ['stop', i, 'others'],
        name,
        value,
        objectives.find((one) => one?.name === name),
      );
  });
  return faults;
}

/**
 * Bounds on computed objectives that no design meets, whatever is measured of it within its limits.
 *
 * @param spec - of a file without other faults
 */
export async function unmetBounds(
  spec: Pick<CampaignSpec, 'objectives' | 'outcomes'>,
  space: Space,
): Promise<PlacedFault[]> {
  const known = knownBounds(spec);
  const { constraints = [] } = space;
  const clash = await clashOf({ ...space, constraints: [...constraints, ...known.map((one) => one.constraint)] }, 1);
  const own = clash?.constraints.find((place) => place >= constraints.length);
  if (clash?.certain === true && own !== undefined) {
    const others = clash.constraints.filter((place) => place !== own);
    const words = others.map((place) =>
      place < constraints.length
        ? `the constraint ${place + 1} of the space`
        : `the bound on '${spec.objectives[known[place - constraints.length]!.place]!.name}'`,
    );
    return [unmet(spec, known[own - constraints.length]!.place, space, words)];
  }
  const faults: PlacedFault[] = [];
  for (const [place, { name, expression, min, max }] of spec.objectives.entries()) {
    if (expression === undefined || (min === undefined && max === undefined) || space.pool !== null) continue;
    if (known.some((one) => one.place === place)) continue;
    const wide = withMeasured(spec, expression, space);
    if (wide === null) continue;
    const bound: Constraint = { type: 'formula', expression, bound: { name, min, max } };
    const none = await clashOf({ ...wide, constraints: [bound] }, 1);
    if (none?.certain === true) faults.push(unmet(spec, place, wide, []));
  }
  return faults;
}

/** The space with what an expression speaks of beside designs as numbers between their limits; null where some have none. */
function withMeasured(
  spec: Pick<CampaignSpec, 'objectives' | 'outcomes'>,
  expression: string,
  space: Space,
): Space | null {
  const names = namesIn(parseExpression(expression) as Tree).filter((name) => measuredNames(spec).includes(name));
  const measured = [...spec.objectives, ...(spec.outcomes ?? [])].filter(({ name }) => names.includes(name));
  const numbers = measured.flatMap(({ name, limits }): Parameter[] => {
    const [low, high] = limits ?? [null, null];
    return low === null || high === null ? [] : [{ name, type: 'continuous', bounds: [low, high] }];
  });
  if (numbers.length < names.length) return null;
  const { properties } = space;
  return {
    parameters: [...space.parameters, ...numbers],
    pool: null,
    ...(properties === undefined ? {} : { properties }),
  };
}

function unmet(
  { objectives }: Pick<CampaignSpec, 'objectives'>,
  place: number,
  space: Space,
  others: readonly string[],
): PlacedFault {
  const { name, expression = '', min, max } = objectives[place]!;
  const within = valuesWithin(expression, space);
  const key = max === undefined || (within !== null && min !== undefined && within[1] < min) ? 'min' : 'max';
  const bound = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`];
  const beside = others.length === 0 ? '' : ` beside ${others.join(' and ')}`;
  const values = within === null ? '' : `; its values go from ${formatNumber(within[0])} to ${formatNumber(within[1])}`;
  const message = `no design has a '${name}' of ${bound.filter((one) => one !== '').join(' and ')}${beside}${values}`;
  return placed(['objectives', place, key], message, 'a bound that some designs meet, or a wider space');
}
