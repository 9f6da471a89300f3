import type { PoolSpec } from '../../../models/domain/campaign.js';
import type { CurveSpec } from '../../../models/domain/curve-spec.js';
import { numberIn } from '../../../models/domain/parameters/numbers.js';
import type { Curve } from '../../../models/encode/curves/resample.js';
import { decimalComma, type Table } from '../../../models/table/table.js';
import { oneOf } from '../nearest.js';
import { type PlacedFault, placed } from '../schema-faults.js';
import type { Tables } from '../tables.js';

/** Faults of one kind that are listed; the others are counted. */
const mostListed = 5;

/** Where curves stand. */
export interface CurveSource {
  readonly spec: CurveSpec;
  readonly pool: PoolSpec;
  readonly tables: Tables;
  /** Columns that hold what trials are to find out. */
  readonly answers: ReadonlySet<string>;
  /** What of the campaign file names them. */
  readonly at: readonly PropertyKey[];
  readonly faults: PlacedFault[];
}

/** A curve a row of the pool's file, null where a row has none; or null, with every fault. */
export async function readCurves(source: CurveSource): Promise<readonly (Curve | null)[] | null> {
  const { spec, pool, tables, answers, at, faults } = source;
  const before = faults.length;
  const table = await tables.read(pool.file, { at: ['space', 'pool', 'file'], known: namedIn(spec), faults });
  if (table === null) return null;
  const missing = namedIn(spec).filter((name) => !table.has(name));
  for (const name of missing)
    faults.push(placed([...at], `no column '${name}' in ${pool.file}`, oneOf(name, table.columns)));
  if (missing.length > 0) return null;
  const read = spec.columns === undefined ? namedIn(spec) : columnsOf(spec.columns, table, []);
  for (const name of read.filter((one) => answers.has(one)))
    faults.push(placed([...at], `column '${name}' is what trials are to find out`, 'columns of the curve alone'));
  const told: string[] = [];
  const curves =
    spec.files === undefined ? rowCurves(spec, table, told) : await fileCurves(spec.files, table, source, told);
  if (told.length > 0) {
    const more = told.length > mostListed ? `; and ${told.length - mostListed} more` : '';
    const remedy = 'a number in every place of a curve, or none in the row, for one that was not measured';
    faults.push(placed([...at], `${pool.file}: ${told.slice(0, mostListed).join('; ')}${more}`, remedy));
  }
  return faults.length > before ? null : curves;
}

function namedIn({ columns, column, files }: CurveSpec): readonly string[] {
  if (columns === undefined) return [column ?? files!];
  return Array.isArray(columns) ? columns : [columns.from, columns.to];
}

/** Curves that stand in a row: a number a column, or all in one. */
function rowCurves({ columns, column }: CurveSpec, table: Table, told: string[]): readonly (Curve | null)[] {
  const rows = columns === undefined ? splitCells(table, column!) : columnCells(table, columnsOf(columns, table, told));
  const places = columns === undefined ? null : placesOf(columnsOf(columns, table, []), told);
  let first: { readonly count: number; readonly line: number } | null = null;
  return rows.map((cells, row) => {
    if (cells.every((cell) => cell === '')) return null;
    const line = table.lineOf(row);
    const y = cells.map((cell) => numberIn(cell));
    const bad = y.find((value) => typeof value === 'string');
    if (bad !== undefined)
      told.push(`line ${line}: ${bad === '' ? 'a place of the curve is empty' : `'${bad}' is no number`}`);
    first ??= { count: y.length, line };
    if (y.length !== first.count)
      told.push(`line ${line} has ${y.length} numbers, where line ${first.line} has ${first.count}`);
    if (y.length < 2) told.push(`line ${line} has 1 number, which is no curve`);
    return ordered(places ?? y.map((_, t) => t), y as number[]);
  });
}

function splitCells(table: Table, column: string): string[][] {
  const isComma = table.dialect.decimal === 'comma';
  const plain = (part: string) => (isComma && decimalComma.test(part) ? part.replace(',', '.') : part);
  return table.cells(column).map((cell) =>
    cell
      .split(/[;\s]+/)
      .filter((part, _, all) => part !== '' || all.length === 1)
      .map(plain),
  );
}

function columnCells(table: Table, names: readonly string[]): string[][] {
  const columns = names.map((name) => table.numericCells(name));
  return Array.from({ length: table.length }, (_, row) => columns.map((cells) => cells[row]!.trim()));
}

/** Names of the columns; of a stretch, all between its ends. */
function columnsOf(columns: NonNullable<CurveSpec['columns']>, table: Table, told: string[]): readonly string[] {
  if (Array.isArray(columns)) return columns;
  const [from, to] = [table.columns.indexOf(columns.from), table.columns.indexOf(columns.to)];
  if (from >= to) told.push(`column '${columns.to}' does not stand after '${columns.from}'`);
  return table.columns.slice(from, to + 1);
}

/** Places that names of columns tell, where all are numbers; else 0, 1, … */
function placesOf(names: readonly string[], told: string[]): readonly number[] {
  const read = names.map((name) => numberIn(name));
  if (read.some((one) => typeof one === 'string')) return names.map((_, t) => t);
  const places = read as number[];
  const rising = ordered(places, places).x;
  const twice = rising.find((place, t) => t > 0 && !(place > rising[t - 1]!));
  if (twice !== undefined) told.push(`columns are named ${twice}, and do not increase or decrease all through`);
  return places;
}

/** A curve in a file for each row: its first two columns are places and numbers. */
async function fileCurves(
  column: string,
  table: Table,
  { tables, at, faults }: CurveSource,
  told: string[],
): Promise<readonly (Curve | null)[]> {
  const curves: (Curve | null)[] = [];
  for (const [row, file] of table.cells(column).entries()) {
    if (file === '') {
      curves.push(null);
      continue;
    }
    const own = await tables.read(file, { at, known: [], faults });
    const [x, y] = (own?.columns.slice(0, 2) ?? []).map((name) =>
      own!.numericCells(name).map((cell) => numberIn(cell)),
    );
    if (own === null) continue;
    if (x === undefined || y === undefined || y.length < 2)
      told.push(`line ${table.lineOf(row)}: ${file} has not two columns, places and numbers, of two rows or more`);
    else {
      const bad = [...x, ...y].find((value) => typeof value === 'string');
      const curve = ordered(x as number[], y as number[]);
      const back = curve.x.find((place, t) => t > 0 && !(place > curve.x[t - 1]!));
      if (bad !== undefined) told.push(`${file}: '${bad}' is no number`);
      else if (back !== undefined) told.push(`${file}: places do not increase or decrease all through, at ${back}`);
      curves.push(curve);
    }
  }
  return curves;
}

/** With places that increase. */
function ordered(
  x: readonly number[],
  y: readonly number[],
): { readonly x: readonly number[]; readonly y: readonly number[] } {
  return x[0]! > x[x.length - 1]! ? { x: [...x].reverse(), y: [...y].reverse() } : { x, y };
}
