import type { EncoderSpec } from '../../../models/domain/campaign.js';
import { isElement } from '../../../models/domain/formula.js';
import { type Parameter, typeOf } from '../../../models/domain/parameters/parameter.js';
import type { Space } from '../../../models/domain/space.js';
import { isJoined, joinedKey, type Reading } from '../../../models/domain/space-codes.js';
import { readText } from '../../../models/encode/code-columns.js';

/** Combinations of values without a pool up to which they are encoded. */
export const mostCombinations = 20_000;

/** What parameters are called that an encoder can be given. */
export const readableWords: Readonly<Record<Reading, readonly [one: string, several: string]>> = {
  molecules: ['substance', 'substances'],
  reactions: ['substance', 'substances'],
  texts: ['column of texts', 'columns of texts'],
  compositions: ['formula or composition of elements', 'formulas or compositions of elements'],
  curves: ['parameter', 'parameters'],
};

/** Whether an encoder that reads so can be given a parameter. */
export function isReadable(parameter: Parameter, reads: Reading): boolean {
  if (reads === 'curves') return true;
  const type = typeOf(parameter);
  if (reads === 'texts') return parameter.type === 'categorical' || parameter.type === 'substance';
  const first = (type.values(parameter) ?? [])[0];
  if (first === undefined) return false;
  const feature = type.feature(parameter, first);
  if (reads !== 'compositions') return feature.kind === 'substance';
  return feature.kind === 'mixture' && mixed(parameter).every(isElement);
}

function mixed(parameter: Parameter): readonly string[] {
  const type = typeOf(parameter);
  return (type.values(parameter) ?? []).flatMap((value) => {
    const feature = type.feature(parameter, value);
    return feature.kind === 'mixture' ? Object.keys(feature.fractions) : [];
  });
}

/** The parameters that an encoder is given where the file does not say which: of texts those that have no other meaning. */
export function usualColumns(space: Pick<Space, 'parameters'>, reads: Reading): readonly string[] {
  const own = space.parameters.filter((parameter) => isReadable(parameter, reads));
  return own.filter(({ type }) => reads !== 'texts' || type === 'categorical').map(({ name }) => name);
}

/** The columns that an entry of a file names, whatever it reads. */
export function namedColumns({ on, reaction, product }: EncoderSpec, space: Pick<Space, 'parameters'>) {
  const isColumn = product !== undefined && space.parameters.some(({ name }) => name === product);
  return reaction === undefined ? on : [...reaction, ...(isColumn ? [product] : [])];
}

/**
 * Keys of all values of a space that an encoder is given, each once; of a pool, of all its rows. Molecules and reactions that earlier
 * campaigns measured beside the space come last.
 *
 * @returns their number alone where there are more than `mostCombinations` without a pool
 */
export function keysOf(space: Space, reads: Reading, on: readonly string[]): readonly string[] | number {
  const parameters = on.map((name) => space.parameters.find((parameter) => parameter.name === name)!);
  const own = ownKeysOf(space, reads, parameters);
  if (typeof own === 'number' || (reads !== 'molecules' && reads !== 'reactions')) return own;
  const keys = new Set(own);
  for (const { designs } of space.sources ?? [])
    for (const design of designs) {
      const texts = parameters.map((parameter) => readText(parameter, design[parameter.name]!, reads));
      for (const key of isJoined(reads) ? [joinedKey(texts)] : texts) keys.add(key);
    }
  return [...keys];
}

function ownKeysOf(space: Space, reads: Reading, parameters: readonly Parameter[]): readonly string[] | number {
  if (isJoined(reads) && space.pool !== null) {
    const keys = new Set<string>();
    for (const design of space.pool.designs)
      keys.add(joinedKey(parameters.map((parameter) => readText(parameter, design[parameter.name]!, reads))));
    return [...keys];
  }
  const texts = parameters.map((parameter) => [
    ...new Set((typeOf(parameter).values(parameter) ?? []).map((value) => readText(parameter, value, reads))),
  ]);
  if (!isJoined(reads)) return [...new Set(texts.flat())];
  const count = texts.reduce((product, some) => product * some.length, 1);
  if (count > mostCombinations) return count;
  return texts
    .reduce<string[][]>((rows, some) => rows.flatMap((row) => some.map((one) => [...row, one])), [[]])
    .map(joinedKey);
}
