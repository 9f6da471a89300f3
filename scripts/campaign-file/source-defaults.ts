import { isNumeric } from '../../models/domain/parameters/parameter.js';
import type { SourceSpec } from '../../models/domain/source.js';
import type { Space } from '../../models/domain/space.js';
import { oneOf } from './nearest.js';
import { numberHint } from './scalar-hint.js';
import { type PlacedFault, placed, show } from './schema-faults.js';

/** What is wrong with the values that stand for a column which the table of an earlier campaign lacks. */
export function defaultFaults(
  { defaults = {} }: SourceSpec,
  { parameters }: Space,
  at: readonly PropertyKey[],
): PlacedFault[] {
  const names = parameters.map(({ name }) => name);
  return Object.entries(defaults).flatMap(([name, given]) => {
    const parameter = parameters[names.indexOf(name)];
    if (parameter === undefined) return [placed([...at, name], `no parameter '${name}'`, oneOf(name, names))];
    if (typeof given !== 'string' || !isNumeric(parameter)) return [];
    const hint = numberHint(given);
    return [placed([...at, name], `${show(given)} is not allowed`, `a finite number${hint === '' ? '' : `: ${hint}`}`)];
  });
}
