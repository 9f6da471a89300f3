import type { Space } from '../domain/space.js';
import { codesKey, unpackedRows } from '../domain/space-codes.js';
import type { CodeTable } from './encoded-designs.js';
import { standardiserOf } from './standardise.js';

/** Codes that an encoder gave of molecules. */
export interface MoleculeCodes {
  /** By what the codes are known apart from those of any other encoder. */
  readonly encoder: string;
  /** Names of the substances that it encodes; all where absent. */
  readonly on?: readonly string[];
  /** The code of a molecule by its SMILES; undefined where the encoder could not take it. */
  of(smiles: string): ArrayLike<number> | undefined;
}

/** The codes that a space holds. */
export function codesOf({ codes = [] }: Pick<Space, 'codes'>): readonly MoleculeCodes[] {
  return codes.map((one) => {
    const rows = unpackedRows(one);
    return { encoder: codesKey(one), on: one.on, of: (smiles) => rows.get(smiles) };
  });
}

/** A substance column: which of all molecules it holds. */
export interface CodedColumn {
  readonly substance: number;
  readonly members: readonly number[];
}

/** How a table tells of molecules that are none of the space. */
export interface CodeTeller {
  /** By what the codes are known apart from those of any other encoder. */
  readonly encoder: string;
  /** Whether the last entry is that of molecules without a code. */
  readonly isMasked: boolean;
  /** A code as it stands in the table, without that entry. */
  standardise(code: ArrayLike<number>): Float64Array;
}

/**
 * The codes of the molecules of one column as a table: entries that vary, standardised over the molecules of the column that
 * have a code, clipped to ±4 and divided by √width. A molecule without a code lies at a right angle to all others, at 1 from
 * their mean, so that the block tells nothing of it.
 *
 * @param smiles - of every molecule of the space
 */
export function codeTable(
  { encoder, of }: MoleculeCodes,
  smiles: readonly string[],
  { substance, members }: CodedColumn,
): CodeTable & CodeTeller {
  const codes = new Map(members.map((m) => [m, of(smiles[m]!)] as const));
  const known = [...codes.values()].filter((code) => code !== undefined);
  const standardiser = standardiserOf(known);
  const isMasked = known.length < codes.size;
  const width = standardiser.width + (isMasked ? 1 : 0);
  const values = new Float64Array(smiles.length * width);
  const scale = 1 / Math.sqrt(Math.max(1, standardiser.width));
  const standardise = (code: ArrayLike<number>) => standardiser.standardise(code).map((entry) => entry * scale);
  for (const [m, code] of codes)
    if (code === undefined) values[(m + 1) * width - 1] = 1;
    else values.set(standardise(code), m * width);
  return { encoder, substance, width, values, isMasked, standardise };
}
