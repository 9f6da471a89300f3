import type { PoolSpec } from '../../models/domain/campaign.js';
import { type DesignColumn, DesignColumns, designColumn } from '../../models/domain/design-list.js';
import { listed } from '../../models/domain/parameters/categorical.js';
import { cellFault } from '../../models/domain/parameters/numbers.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { typeNamed, typeOf } from '../../models/domain/parameters/parameter.js';
import { whyNoText } from '../../models/domain/parameters/remark.js';
import type { Space } from '../../models/domain/space.js';
import type { Table } from '../../models/table/table.js';
import { constrained } from './constraints.js';
import { oneOf } from './nearest.js';
import type { CampaignParts } from './parts.js';
import { resolveProperties } from './properties.js';
import { checkedSubstance, readColumn } from './read-column.js';
import { type ReadColumn, respelledRows } from './respelled-rows.js';
import type { PlacedFault } from './schema-faults.js';
import { placed, segments } from './schema-faults.js';
import { rememberRespelled } from './spellings.js';
import type { Tables } from './tables.js';

/** The search space with its files read; null where a fault keeps it from being whole. */
export interface ResolvedSpace {
  readonly space: Space | null;
  readonly faults: readonly PlacedFault[];
}

/**
 * Reads every file that the space names and checks all that the schema cannot see.
 *
 * @param isMeasured - whether each row of the pool is a measurement of its own, to be kept also where another row means the
 *   same in another spelling
 */
export async function resolveSpace(parts: CampaignParts, tables: Tables, isMeasured = false): Promise<ResolvedSpace> {
  const read = await unconstrained(parts, tables, isMeasured);
  const faults = [...read.faults];
  const properties = await resolveProperties(parts.space.properties, tables, faults);
  if (read.space === null || properties === null) return { space: null, faults };
  const own = Object.keys(properties).length === 0 ? read.space : { ...read.space, properties };
  const whole = await constrained(own, parts);
  faults.push(...whole.faults);
  return { space: faults.length === 0 ? whole.space : null, faults };
}

async function unconstrained(parts: CampaignParts, tables: Tables, isMeasured: boolean): Promise<ResolvedSpace> {
  const faults: PlacedFault[] = [];
  const { parameters } = parts.space;
  if (parts.pool !== undefined) {
    if (parameters !== undefined)
      faults.push(
        placed(['space'], "both 'parameters' and 'pool'", 'give one: the columns of a pool are its parameters'),
      );
    const space = await poolSpace(parts.pool, tables, faults, isMeasured);
    return { space: faults.length === 0 ? space : null, faults };
  }
  if (parameters === undefined) return { space: null, faults };
  const resolved = await Promise.all(parameters.map((parameter, i) => resolveParameter(parameter, i, tables, faults)));
  faults.push(...repeatedNames(parameters, (i) => ['space', 'parameters', i, 'name']));
  const whole = faults.length === 0 && resolved.every((parameter) => parameter !== null);
  return { space: whole ? { parameters: resolved as Parameter[], pool: null } : null, faults };
}

/** Faults for names that stand more than once; the later one is to blame. */
export function repeatedNames(
  entries: readonly ({ readonly name?: string | undefined } | undefined)[],
  at: (i: number) => PropertyKey[],
): PlacedFault[] {
  return entries.flatMap((entry, i) => {
    const first = entries.findIndex((other) => other?.name === entry?.name);
    if (entry?.name === undefined || first === i) return [];
    return [placed(at(i), `the name '${entry.name}' is given twice`, 'give every entry a name of its own')];
  });
}

async function resolveParameter(
  given: NonNullable<CampaignParts['space']['parameters']>[number],
  i: number,
  tables: Tables,
  faults: PlacedFault[],
): Promise<Parameter | null> {
  if (given === undefined) return null;
  const at = ['space', 'parameters', i];
  const wrong = typeOf(given).faults(given);
  for (const fault of wrong) faults.push(placed([...at, ...segments(fault.path)], fault.message, fault.remedy));
  if (wrong.length > 0) return null;
  if (given.type !== 'substance') return given;
  const { file, column, ...rest } = given;
  if (file === undefined) return checkedSubstance(given, [...at, 'smiles'], faults);
  const table = await tables.read(file, { at: [...at, 'file'], known: [column!], faults });
  if (table === null) return null;
  if (!table.has(column!)) {
    faults.push(placed([...at, 'column'], `no column '${column}' in ${file}`, oneOf(column, table.columns)));
    return null;
  }
  if (table.length === 0) {
    faults.push(placed([...at, 'file'], `${file} holds no row`, 'list at least one molecule'));
    return null;
  }
  const cells = { name: rest.name, cells: table.cells(column!), lineOf: (row: number) => table.lineOf(row) };
  const read = await readColumn('substance', cells, { at: [...at, 'column'], where: file, faults });
  return read?.parameter ?? null;
}

async function poolSpace(
  pool: PoolSpec,
  tables: Tables,
  faults: PlacedFault[],
  isMeasured: boolean,
): Promise<Space | null> {
  const at = ['space', 'pool'];
  const columnAt = (i: number, key: string) => [...at, 'designColumns', i, key];
  faults.push(...repeatedNames(pool.designColumns, (i) => columnAt(i, 'name')));
  const known = pool.designColumns.flatMap(({ name, column = name, columns = [column] }) => columns);
  if (pool.id !== undefined) known.push(pool.id);
  const table = await tables.read(pool.file, { at: [...at, 'file'], known, faults });
  if (table === null) return null;
  const missing = (column: string, place: PropertyKey[]) => {
    if (table.has(column)) return false;
    faults.push(placed(place, `no column '${column}' in ${pool.file}`, oneOf(column, table.columns)));
    return true;
  };
  const idMissing = pool.id !== undefined && missing(pool.id, [...at, 'id']);
  if (table.length === 0) {
    faults.push(placed([...at, 'file'], `the pool ${pool.file} is empty`, 'list at least one design below the header'));
    return null;
  }
  const parameters: Parameter[] = [];
  const columns: DesignColumn[] = [];
  const given: ReadColumn[] = [];
  for (const [i, spec] of pool.designColumns.entries()) {
    const { name, type, column = name, columns: several, unit, total, smiles } = spec;
    const misplaced = misplacedKeys(spec, (key) => columnAt(i, key));
    faults.push(...misplaced);
    const absent = several?.map((one, at) => missing(one, [...columnAt(i, 'columns'), at])) ?? [
      missing(column, columnAt(i, spec.column === undefined ? 'name' : 'column')),
    ];
    if (misplaced.length > 0 || absent.includes(true)) continue;
    const cells = several === undefined ? cellsFor(type, table, column) : componentCells(table, several);
    const lineOf = (row: number) => table.lineOf(row);
    const where = `${pool.file}, ${inColumns(spec)}`;
    const source = { at: columnAt(i, 'type'), where, faults };
    const read = await readColumn(type, { name, unit, total, cells, smiles, lineOf }, source);
    if (read === null) continue;
    parameters.push(read.parameter);
    columns.push(designColumn(read.values));
    const shown = several === undefined ? cells : read.values.map(String);
    const of = (kept: readonly number[]) => {
      const few = kept.map((row) => cells[row]!);
      return typeNamed(type).fromColumn({ name, unit, total, cells: few, smiles }) as typeof read;
    };
    given.push({ ...read, cells: shown, of });
  }
  if (idMissing) return null;
  const ids = pool.id === undefined ? Array.from({ length: table.length }, (_, i) => String(i)) : table.cells(pool.id);
  checkIds(ids, table, pool, faults);
  const names = parameters.map((parameter) => parameter.name);
  const again = faults.length > 0 ? new Map<number, number>() : await respelledRows(given, table.length);
  if (again.size > 0) tables.tell(`${pool.file}: ${againText(again, given, { table, isMeasured })}`);
  if (again.size === 0 || isMeasured)
    return { parameters, pool: { ids, designs: new DesignColumns(names, columns, table.length) } };
  const rows = ids.map((_, row) => row).filter((row) => !again.has(row));
  const kept = given.map((column) => column.of(rows));
  const values = kept.map((column) => designColumn(column.values));
  const own = { ids: rows.map((row) => ids[row]!), designs: new DesignColumns(names, values, rows.length) };
  rememberRespelled(own, new Map([...again].map(([row, first]) => [ids[row]!, ids[first]!])));
  return { parameters: kept.map(({ parameter }) => parameter), pool: own };
}

/** Cells as a type of parameter reads them: texts as they stand, numbers with decimal points. */
export function cellsFor(type: Parameter['type'], table: Table, column: string): string[] {
  return isText(type) ? table.cells(column) : table.numericCells(column);
}

/** Whether the values of a type are texts without numbers to be read in them. */
export function isText(type: Parameter['type']): boolean {
  return textTypes.has(type);
}

const textTypes: ReadonlySet<Parameter['type']> = new Set(['categorical', 'substance', 'formula']);

/** Amounts that stand in columns of their own, as one text a row: `a:0.2 b:0.8`. */
export function componentCells(table: Table, names: readonly string[]): string[] {
  const columns = names.map((name) => table.numericCells(name));
  return Array.from({ length: table.length }, (_, row) =>
    names.map((name, c) => `${name}:${columns[c]![row]!}`).join(' '),
  );
}

/** Pairs of rows of which people are told; what more there are is counted. */
const toldRows = 5;

/** In words, which rows are another spelling of one before. */
function againText(
  again: ReadonlyMap<number, number>,
  given: readonly ReadColumn[],
  { table, isMeasured }: { readonly table: Table; readonly isMeasured: boolean },
): string {
  const spelledAt = (row: number) =>
    given
      .flatMap(({ parameter, cells }) =>
        isText(parameter.type) || parameter.type === 'composition' ? [cells[row]!] : [],
      )
      .join(', ');
  const pairs = [...again]
    .slice(0, toldRows)
    .map(
      ([row, first]) =>
        `line ${table.lineOf(row)} (${spelledAt(row)}) is line ${table.lineOf(first)} (${spelledAt(first)})`,
    );
  const more = again.size > toldRows ? `; and ${again.size - toldRows} more` : '';
  const count = `${again.size} row${again.size === 1 ? '' : 's'}`;
  const fate = isMeasured ? 'another spelling of one before' : 'left out, being another spelling of one before';
  return `${count} ${fate}: ${pairs.join('; ')}${more}`;
}

type PoolColumnSpec = PoolSpec['designColumns'][number];

/** Where the cells of a pool's parameter stand, in words. */
function inColumns({ name, column = name, columns }: PoolColumnSpec): string {
  return columns === undefined ? `column '${column}'` : `columns ${columns.map((one) => `'${one}'`).join(', ')}`;
}

/** Faults of the keys that only compositions, or only substances, have. */
function misplacedKeys(spec: PoolColumnSpec, at: (key: string) => PropertyKey[]): PlacedFault[] {
  const faults: PlacedFault[] = [];
  for (const key of ['columns', 'total'] as const)
    if (spec[key] !== undefined && spec.type !== 'composition')
      faults.push(placed(at(key), `'${key}' with type ${spec.type}`, 'only type composition has it'));
  if (spec.smiles !== undefined && spec.type !== 'substance')
    faults.push(placed(at('smiles'), `'smiles' with type ${spec.type}`, 'only type substance has it'));
  if (spec.column !== undefined && spec.columns !== undefined)
    faults.push(placed(at('columns'), "both 'column' and 'columns'", 'give one of them'));
  const unfit = spec.columns?.find((name) => /[\s:]/.test(name));
  if (unfit !== undefined)
    faults.push(placed(at('columns'), `'${unfit}' cannot be a component`, 'column names without spaces and colons'));
  return faults;
}

function checkIds(ids: readonly string[], table: Table, pool: PoolSpec, faults: PlacedFault[]): void {
  const at = ['space', 'pool', 'id'];
  const bad = ids.flatMap((id, row) => {
    const why = id === '' ? 'empty' : whyNoText(id);
    return why === '' ? [] : [{ row, why }];
  });
  if (bad.length > 0) {
    const column = { name: pool.id ?? '', cells: ids, lineOf: (row: number) => table.lineOf(row) };
    const { message, remedy } = cellFault(column, bad, { not: 'an id', remedy: 'give every row an id' });
    faults.push(placed(at, `${pool.file}: ${message}`, remedy));
  }
  const seen = new Set<string>();
  const twice = ids.flatMap((id, row) =>
    id !== '' && (seen.has(id) || !seen.add(id)) ? [`${id} (line ${table.lineOf(row)})`] : [],
  );
  if (twice.length > 0)
    faults.push(placed(at, `${pool.file}: id given twice: ${listed(twice)}`, 'give every row an id of its own'));
}
