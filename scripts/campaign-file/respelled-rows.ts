import type { ParameterValue } from '../../models/domain/design.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { canonicalOf, smilesOf } from './spellings.js';

/** A parameter of a pool, with its values and the cells that they were read from, one a row. */
export interface ReadColumn {
  readonly parameter: Parameter;
  readonly values: readonly ParameterValue[];
  readonly cells: readonly string[];
  /** The column of these rows alone. */
  of(rows: readonly number[]): Pick<ReadColumn, 'parameter' | 'values'>;
}

/** Types of which one value can be written in several ways. */
const spelled: ReadonlySet<Parameter['type']> = new Set(['substance', 'formula', 'composition']);

/**
 * Rows that are a row before them in another spelling, each with that row: the same molecule as another SMILES, the same
 * formula or composition in another order, and all else the same. Rows that repeat another to the letter are none of them:
 * a pool may hold replicates.
 */
export async function respelledRows(
  columns: readonly ReadColumn[],
  length: number,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  const keys = await Promise.all(
    columns.map(async ({ parameter, values, cells }) => {
      const canonical = await canonicalOf(parameter);
      const isSpelled = spelled.has(parameter.type);
      const written = (row: number) =>
        parameter.type === 'substance' ? smilesOf(parameter, values[row]) : isSpelled ? cells[row]!.trim() : '';
      return { meant: (row: number) => canonical(values[row]), written, isSpelled };
    }),
  );
  if (!keys.some(({ isSpelled }) => isSpelled)) return found;
  const first = new Map<string, { row: number; written: string }>();
  for (let row = 0; row < length; row++) {
    const meant = JSON.stringify(keys.map((key) => key.meant(row)));
    const written = JSON.stringify(keys.map((key) => key.written(row)));
    const before = first.get(meant);
    if (before === undefined) first.set(meant, { row, written });
    else if (before.written !== written) found.set(row, before.row);
  }
  return found;
}
