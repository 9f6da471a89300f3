import { InvalidInputError } from '../models/domain/errors.js';
import type { Fault } from '../models/domain/fault.js';
import { typeOf } from '../models/domain/parameters/parameter.js';
import type { Space } from '../models/domain/space.js';
import { type Fixed, fixedFaults } from '../models/strategy/fixed.js';

/**
 * The values that parameters are to keep to, as they are written on a command line: name=value.
 *
 * @returns null of none
 * @throws {InvalidInputError} with everything that is wrong
 */
export function fixedFrom(pairs: readonly string[], space: Pick<Space, 'parameters'>): Fixed | null {
  const faults: Fault[] = [];
  const fixed: Record<string, number | string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    const text = pair.slice(at + 1).trim();
    const parameter = space.parameters.find((one) => one.name === name);
    if (at < 1) faults.push({ path: '', message: `'${pair}' given`, remedy: 'name=value, as temperature=80' });
    else if (Object.hasOwn(fixed, name)) faults.push({ path: name, message: 'given twice', remedy: 'give it once' });
    else fixed[name] = parameter === undefined ? text : (typeOf(parameter).fromText(parameter, text) ?? text);
  }
  faults.push(...fixedFaults(fixed, space));
  if (faults.length > 0) throw new InvalidInputError('fix', faults);
  return Object.keys(fixed).length === 0 ? null : fixed;
}
