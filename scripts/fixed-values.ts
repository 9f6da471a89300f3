import { Constraints } from '../models/domain/constraints/constraint.js';
import { InvalidInputError } from '../models/domain/errors.js';
import type { Fault } from '../models/domain/fault.js';
import { typeOf } from '../models/domain/parameters/parameter.js';
import type { Space } from '../models/domain/space.js';
import { clashOf } from '../models/feasible/clash.js';
import { type Fixed, fixedFaults, fixedSpace } from '../models/strategy/fixed.js';

/** Values by the names of parameters, as they are written on a command line, with what cannot be read. @param example - of a pair */
export function namedTexts(
  pairs: readonly string[],
  example = 'temperature=80',
): {
  readonly texts: Readonly<Record<string, string>>;
  readonly faults: Fault[];
} {
  const faults: Fault[] = [];
  const texts: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    if (at < 1) faults.push({ path: '', message: `'${pair}' given`, remedy: `name=value, as ${example}` });
    else if (Object.hasOwn(texts, name)) faults.push({ path: name, message: 'given twice', remedy: 'give it once' });
    else texts[name] = pair.slice(at + 1).trim();
  }
  return { texts, faults };
}

/** The values of a space that people give as texts or numbers; a text that is none stays one, to be refused. */
export function valuesIn(given: Fixed, { parameters }: Pick<Space, 'parameters'>): Fixed {
  const read = Object.entries(given).map(([name, value]) => {
    const parameter = parameters.find((one) => one.name === name);
    const isText = parameter !== undefined && typeof value === 'string';
    return [name, isText ? (typeOf(parameter).fromText(parameter, value) ?? value) : value] as const;
  });
  return Object.fromEntries(read);
}

/**
 * What is wrong with values that parameters are to keep to: such as there are not, and those that leave no design that keeps all
 * constraints of the space, which are named.
 */
export async function keptFaults(fixed: Fixed, space: Space): Promise<readonly Fault[]> {
  const faults = fixedFaults(fixed, space);
  if (faults.length > 0) return faults;
  const kept = fixedSpace(space, fixed);
  const clash = await clashOf(kept, 1);
  if (clash === null) return [];
  const own = space.constraints?.length ?? 0;
  const words = clash.constraints.map((place) => {
    if (place < own) return `'${Constraints.of(kept).each[place]!.words}'`;
    const [name] = Constraints.of(kept).each[place]!.names;
    return `'${name} = ${fixed[name!]}'`;
  });
  const [first, ...others] = words;
  const all = others.length === 0 ? first : `${first} together with ${others.join(' and ')}`;
  const what = space.pool === null ? 'design' : 'row of the pool';
  const message = `no ${what} ${clash.certain ? 'keeps' : 'was found to keep'} ${all}`;
  return [{ path: Object.keys(fixed).join(', '), message, remedy: 'other values, or fewer that are fixed' }];
}

/**
 * The values that parameters are to keep to, as they are written on a command line: name=value.
 *
 * @returns null of none
 * @throws {InvalidInputError} with everything that is wrong
 */
export async function fixedFrom(pairs: readonly string[], space: Space): Promise<Fixed | null> {
  const { texts, faults } = namedTexts(pairs);
  const fixed = valuesIn(texts, space);
  const wrong = [...faults, ...(await keptFaults(fixed, space))];
  if (wrong.length > 0) throw new InvalidInputError('fix', wrong);
  return Object.keys(fixed).length === 0 ? null : fixed;
}
