import { type ContextSpec, type ContextValues, givenContextFaults } from '../models/domain/contexts.js';
import type { ParameterValue } from '../models/domain/design.js';
import { InvalidInputError } from '../models/domain/errors.js';
import { numberIn } from '../models/domain/parameters/numbers.js';
import { namedTexts } from './fixed-values.js';

/** Values of contexts that people give as texts or numbers, each as the kind that its context has; a text that is none stays one, to be refused. */
export function contextsRead(
  given: Readonly<Record<string, ParameterValue>>,
  specs: readonly ContextSpec[],
): ContextValues {
  const read = Object.entries(given).map(([name, value]) => {
    const isNumber = specs.find((one) => one.name === name)?.type === 'continuous';
    const number = isNumber && typeof value === 'string' ? numberIn(value) : value;
    return [name, typeof number === 'number' ? number : value] as const;
  });
  return Object.fromEntries(read);
}

/**
 * What contexts are now, as it is written on a command line: name=value.
 *
 * @throws {InvalidInputError} with everything that is wrong
 */
export function contextsFrom(pairs: readonly string[], specs: readonly ContextSpec[] = []): ContextValues {
  const { texts, faults } = namedTexts(pairs, 'batch=B7');
  const values = contextsRead(texts, specs);
  const wrong = [...faults, ...givenContextFaults(specs, values)];
  if (wrong.length > 0) throw new InvalidInputError('context', wrong);
  return values;
}
