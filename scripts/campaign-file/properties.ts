import type { Properties } from '../../models/domain/expression/check.js';
import { numbersOf } from '../../models/domain/parameters/numbers.js';
import { isOfFile, type PropertySpec } from '../../models/domain/properties.js';
import { oneOf } from './nearest.js';
import { type PlacedFault, placed } from './schema-faults.js';
import type { Tables } from './tables.js';

/** Numbers of substances and categories, with the tables read that the file names; null where one cannot be. */
export async function resolveProperties(
  given: Readonly<Record<string, PropertySpec | undefined>>,
  tables: Tables,
  faults: PlacedFault[],
): Promise<Properties | null> {
  const read: Record<string, Readonly<Record<string, number>>> = {};
  for (const [name, property] of Object.entries(given)) {
    // What does not fit is told by the schema.
    if (property === undefined) return null;
    const numbers = isOfFile(property)
      ? await fromTable({ ...property, column: property.column ?? name }, ['space', 'properties', name], tables, faults)
      : property;
    if (numbers !== null) read[name] = numbers;
  }
  return Object.keys(read).length === Object.keys(given).length ? read : null;
}

async function fromTable(
  { file, of, column }: { readonly file: string; readonly of: string; readonly column: string },
  at: readonly PropertyKey[],
  tables: Tables,
  faults: PlacedFault[],
): Promise<Readonly<Record<string, number>> | null> {
  const table = await tables.read(file, { at: [...at, 'file'], known: [of, column], faults });
  if (table === null) return null;
  const missing = Object.entries({ of, column }).filter(([, name]) => !table.has(name));
  for (const [key, name] of missing)
    faults.push(placed([...at, key], `no column '${name}' in ${file}`, oneOf(name, table.columns)));
  if (missing.length > 0) return null;
  const names = table.cells(of).map((cell) => cell.trim());
  const cells = table.numericCells(column);
  // What has no number there is refused only where a formula asks for it.
  const rows = names.flatMap((name, row) => (name === '' || cells[row]!.trim() === '' ? [] : [row]));
  const lineOf = (row: number) => table.lineOf(rows[row]!);
  const numbers = numbersOf({ name: column, cells: rows.map((row) => cells[row]!), lineOf });
  if (rows.length > 0 && typeof numbers[0] !== 'number') {
    for (const fault of numbers as Exclude<typeof numbers, number[]>)
      faults.push(placed([...at, 'column'], `${file}, column '${column}': ${fault.message}`, fault.remedy));
    return null;
  }
  const found = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    const number = numbers[i] as number;
    const name = names[row]!;
    const before = found.get(name);
    if (before !== undefined && before !== number) {
      const message = `${file}, line ${table.lineOf(row)}: '${name}' has ${number} here and ${before} before`;
      faults.push(placed([...at, 'of'], message, 'one number for each name'));
      return null;
    }
    found.set(name, number);
  }
  return Object.fromEntries(found);
}
