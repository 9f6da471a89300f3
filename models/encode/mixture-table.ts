import type { ParameterValue } from '../domain/design.js';
import { type Parameter, typeOf } from '../domain/parameters/parameter.js';
import { mixtureEncoderOf } from './mixtures.js';

/** Entries of each allowed mixture of a parameter, and back. */
export interface MixtureTable {
  readonly width: number;
  /** See `MixtureEncoder`. */
  readonly encoded: string;
  readonly entries: ReadonlyMap<ParameterValue, Float64Array>;
  /** Entries of a mixture that is none of the allowed ones. */
  readonly strange: (value: ParameterValue) => Float64Array;
  readonly values: ReadonlyMap<string, ParameterValue>;
}

/** The table of a parameter whose values are mixtures. */
export function mixtureTable(parameter: Parameter): MixtureTable {
  const type = typeOf(parameter);
  const values = type.values(parameter) ?? [];
  const fractions = values.map((value) => {
    const feature = type.feature(parameter, value);
    return feature.kind === 'mixture' ? feature.fractions : {};
  });
  const { width, entries: encoded, encode } = mixtureEncoderOf(fractions);
  const entries = values.map((value, i) => [value, encode(fractions[i]!)] as const);
  return {
    width,
    encoded,
    entries: new Map(entries),
    strange: (value) => {
      const feature = type.feature(parameter, value);
      return encode(feature.kind === 'mixture' ? feature.fractions : {});
    },
    values: firstOfEach(entries.map(([value, z]) => [z.join(), value])),
  };
}

/** A map that holds the first of the entries of each key. */
export function firstOfEach<V>(entries: readonly (readonly [string, V])[]): ReadonlyMap<string, V> {
  return new Map([...entries].reverse());
}
