import type { Space } from '../domain/space.js';
import { codesKey, type Reading, unpackedRows } from '../domain/space-codes.js';
import type { CodeTable } from './encoded-designs.js';
import { standardiserOf } from './standardise.js';

/** Codes that an encoder gave of values. */
export interface KnownCodes {
  /** By what the codes are known apart from those of any other encoder. */
  readonly encoder: string;
  /** The code of a value by its key, of a molecule its SMILES; undefined where the encoder could not take it. */
  of(key: string): ArrayLike<number> | undefined;
}

/** Codes that a space holds. */
export interface SpaceCodesRead extends KnownCodes {
  readonly reads: Reading;
  /** Names of the parameters that it encodes; all substances where absent. */
  readonly on?: readonly string[];
  /** Keys of what it gave codes of. */
  readonly keys: readonly string[];
}

/** The codes that a space holds. */
export function codesOf({ codes = [] }: Pick<Space, 'codes'>): readonly SpaceCodesRead[] {
  return codes.map((one) => {
    const rows = unpackedRows(one);
    const { reads, on, keys } = one;
    return { encoder: codesKey(one), reads, on, keys, of: (key) => rows.get(key) };
  });
}

/** How a table tells of values that are none of the space. */
export interface CodeTeller {
  /** By what the codes are known apart from those of any other encoder. */
  readonly encoder: string;
  /** A code as it stands in the table. */
  standardise(code: ArrayLike<number>): Float64Array;
}

/**
 * Codes of values as a table: entries that vary, standardised over the values that have a code, clipped to ±4 and divided by √width.
 * One without a code is masked (see `CodeTable`).
 *
 * @param keys - of every value that the column may point to
 * @param members - places of those that it does
 */
export function codeTable(
  { encoder, of }: KnownCodes,
  keys: readonly string[],
  { column, members }: Pick<CodeTable, 'column'> & { readonly members: readonly number[] },
): CodeTable & CodeTeller {
  const codes = new Map(members.map((m) => [m, of(keys[m]!)] as const));
  const standardiser = standardiserOf([...codes.values()].filter((code) => code !== undefined));
  const { width } = standardiser;
  const values = new Float64Array(keys.length * width);
  const masked = new Uint8Array(keys.length);
  const scale = 1 / Math.sqrt(Math.max(1, width));
  const standardise = (code: ArrayLike<number>) => standardiser.standardise(code).map((entry) => entry * scale);
  for (const [m, code] of codes)
    if (code === undefined) masked[m] = 1;
    else values.set(standardise(code), m * width);
  return { encoder, column, replaces: noColumns, count: keys.length, width, values, masked, standardise };
}

const noColumns: CodeTable['replaces'] = { categories: [], vectors: [] };
