import type { PoolColumn } from '../../models/domain/parameters/contract.js';
import { cellFault } from '../../models/domain/parameters/numbers.js';
import { type Parameter, typeNamed } from '../../models/domain/parameters/parameter.js';
import { whyNoText } from '../../models/domain/parameters/remark.js';
import { respelled } from '../../models/domain/parameters/respelled.js';
import { encodeMolecules } from '../../models/encode/encodings.js';
import { moleculeKey } from '../../models/encode/molecule-key.js';
import { loadMolecules } from '../../models/encode/molecules.js';
import { type PlacedFault, placed, show } from './schema-faults.js';

/** Where the cells of a column come from, in words, and what of the campaign file names them. */
export interface ColumnSource {
  readonly at: PropertyKey[];
  readonly where: string;
  readonly faults: PlacedFault[];
}

/** The parameter and values of a column; null where a cell is wrong, with every such cell among the faults. */
export async function readColumn(type: Parameter['type'], column: PoolColumn, source: ColumnSource) {
  const read = typeNamed(type).fromColumn(column);
  const { at, where, faults } = source;
  if ('parameter' in read)
    return (await checkedSubstance(read.parameter, at, faults, { ...source, column })) === null ? null : read;
  for (const fault of read) faults.push(placed(at, `${where}: ${fault.message}`, fault.remedy));
  // The other cells may hold molecules that are none.
  const rows = [...column.cells.keys()].filter(
    (row) => whyNoText(column.cells[row]!) === '' && column.cells[row] !== '',
  );
  if (type !== 'substance' || rows.length === column.cells.length || rows.length === 0) return null;
  const others = {
    ...column,
    cells: rows.map((row) => column.cells[row]!),
    lineOf: (row: number) => column.lineOf!(rows[row]!),
  };
  const rest = typeNamed(type).fromColumn(others);
  if ('parameter' in rest) await checkedSubstance(rest.parameter, at, faults, { ...source, column: others });
  return null;
}

/** The parameter where it is no list of molecules, or each of them can be read, and is there once; else null, with all faults. */
export async function checkedSubstance(
  parameter: Parameter,
  at: PropertyKey[],
  faults: PlacedFault[],
  source?: ColumnSource & { readonly column: PoolColumn },
): Promise<Parameter | null> {
  if (parameter.type !== 'substance') return parameter;
  const entries = Object.entries(parameter.smiles ?? {}) as [string, string][];
  const listed = Array.isArray(parameter.smiles);
  const bad: [key: string, smiles: string, why: string][] = [];
  const encodings = await encodeMolecules(entries.map(([, smiles]) => smiles));
  for (const [key, smiles] of entries)
    if (encodings.get(smiles) === null)
      bad.push([key, smiles, (await (await loadMolecules()).refusal(smiles)) ?? 'is too much for RDKit']);
  if (source !== undefined && bad.length > 0) {
    const reasons = new Map(
      bad.map(([key, smiles, why]) => [listed ? smiles : key, `${listed ? '' : `${show(smiles)} `}${why}`]),
    );
    const { column, where } = source;
    const rows = column.cells.flatMap((cell, row) => (reasons.has(cell) ? [{ row, why: reasons.get(cell)! }] : []));
    const { message, remedy } = cellFault(column, rows, { not: 'a molecule', remedy: 'give a valid SMILES' });
    faults.push(placed(at, `${where}: ${message}`, remedy));
    return null;
  }
  const shown = bad.slice(0, 20);
  for (const [key, smiles, why] of shown) {
    const more = key === shown.at(-1)![0] && bad.length > shown.length ? `, and ${bad.length - shown.length} more` : '';
    faults.push(placed([...at, listed ? Number(key) : key], `${show(smiles)} ${why}${more}`, 'give a valid SMILES'));
  }
  if (bad.length > 0) return null;
  // The rows of a pool are compared as a whole: see `respelledRows`.
  if (at[1] === 'pool') return parameter;
  const keyOf = (smiles: string) => moleculeKey(smiles, encodings.get(smiles)!.canonical);
  const spelling = { path: '', what: 'molecule', keyOf };
  const twice = respelled(
    entries.map(([, smiles]) => smiles),
    spelling,
  );
  for (const { message, remedy } of twice) faults.push(placed(at, message, remedy));
  return twice.length === 0 ? parameter : null;
}
