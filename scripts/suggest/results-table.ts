import { readFile } from 'node:fs/promises';
import papaparse from 'papaparse';
import type { Campaign } from '../../models/domain/campaign.js';
import type { Design, ParameterValue } from '../../models/domain/design.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { numberIn } from '../../models/domain/parameters/numbers.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { rowsById } from '../../models/domain/space.js';
import { type Result, type ResultOutcome, resultChecker, resultOutcomes } from '../../models/strategy/result.js';
import { oneOf } from '../campaign-file/nearest.js';
import { type Column, columnRoles, readHeader } from './columns.js';

/** A person's table of results, as read from a CSV file. */
export interface ResultsTable {
  readonly columns: readonly Column[];
  /** Sign between the cells of a line. */
  readonly delimiter: string;
  /** One for each line that holds anything, in the order of the file. */
  readonly results: readonly Result[];
}

/**
 * Reads a table of results: CSV (comma, semicolon or tab) whose header names the row id of the pool or all parameters,
 * the objective, and if wanted `fidelity` (the target where there is no such column), `outcome` or `status` (measured,
 * failed or pending; an empty cell beside a value means measured) and `cost`. Lines without any content are passed over.
 * Nothing is guessed: any other column must be named in `ignored`.
 *
 * @throws {InvalidInputError} with every fault: its line, its column, what was given and what is allowed
 */
export async function readResults(
  campaign: Campaign,
  file: string,
  ignored: readonly string[] = [],
): Promise<ResultsTable> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new InvalidInputError(file, [
      { path: '', message: `cannot be read: ${cause.message}`, remedy: 'give a CSV file with the results so far' },
    ]);
  });
  return parseResults(campaign, { file, text, ignored });
}

/**
 * The table of results in a text; see `readResults`.
 *
 * @param source - `file` names the text in messages
 * @throws {InvalidInputError} with every fault
 */
export function parseResults(
  campaign: Campaign,
  source: { readonly file: string; readonly text: string; readonly ignored?: readonly string[] },
): ResultsTable {
  const { file, ignored = [] } = source;
  const text = source.text.replace(/^\uFEFF/, '');
  const delimiter = delimiterOf(campaign, text, ignored);
  const parsed = papaparse.parse<string[]>(text, { delimiter });
  const faults: Fault[] = parsed.errors.map(({ row, message }) => ({
    path: '',
    message: `no CSV${row === undefined ? '' : ` from row ${row + 1} on`}: ${message}`,
    remedy: 'close every quotation mark, and double one within a cell',
  }));
  const [head = [], ...body] = parsed.data;
  const header = head.map((cell) => cell.trim());
  if (header.every((cell) => cell === '')) {
    const remedy = `begin with a header of ${[...columnRoles(campaign).keys()].join(', ')}`;
    throw new InvalidInputError(file, [{ path: '', message: 'no header', remedy, line: 1 }]);
  }
  const { columns, faults: wrong } = readHeader(campaign, header, ignored);
  faults.push(...wrong);
  // Without knowing the columns, what is in them would be blamed for it.
  if (faults.length > 0) throw new InvalidInputError(file, faults);
  const read = rowReader(campaign, columns);
  const results: Result[] = [];
  let line = 1 + linesIn(head);
  for (const row of body) {
    const cells = row.map((cell) => cell.trim());
    const at = line;
    line += linesIn(row);
    if (cells.every((cell) => cell === '')) continue;
    const found = cells.length === columns.length ? read(cells) : wrongLength(cells, columns);
    if (Array.isArray(found)) faults.push(...(found as Fault[]).map((fault) => ({ ...fault, line: at })));
    else results.push(found as Result);
  }
  if (faults.length > 0) throw new InvalidInputError(file, faults);
  return { columns, delimiter, results };
}

/** The sign that makes most known names out of the first line; a comma where none does better. */
function delimiterOf(campaign: Campaign, text: string, ignored: readonly string[]): string {
  const known = new Set([...columnRoles(campaign).keys(), ...ignored]);
  const count = (delimiter: string) =>
    (papaparse.parse<string[]>(text, { delimiter, preview: 1 }).data[0] ?? []).filter((cell) => known.has(cell.trim()))
      .length;
  return [',', ';', '\t'].reduce((best, other) => (count(other) > count(best) ? other : best));
}

/** Lines that a row takes: one, and one for each line break within its cells. */
function linesIn(row: readonly string[]): number {
  return row.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1);
}

function wrongLength(cells: readonly string[], columns: readonly Column[]): Fault[] {
  const remedy = 'one cell for each column; quote a cell that holds the sign between cells';
  return [{ path: '', message: `${cells.length} cells, but the header has ${columns.length}`, remedy }];
}

/** Reads the cells of one line into a checked result, or into all that is wrong with them. */
function rowReader(
  campaign: Campaign,
  columns: readonly Column[],
): (cells: readonly string[]) => Result | readonly Fault[] {
  const check = resultChecker(campaign);
  const { pool, parameters } = campaign.space;
  const rowOf = pool === null ? new Map<string, number>() : rowsById(pool);
  const place = (kind: string) => columns.findIndex(({ role }) => role.kind === kind);
  const [row, fidelity, outcome, value, cost] = ['row', 'fidelity', 'outcome', 'value', 'cost'].map(place) as number[];
  const parameterAt = parameters.map(({ name }) =>
    columns.findIndex(({ role }) => role.kind === 'parameter' && role.name === name),
  );
  const headerAt = (at: number | undefined) => columns[at ?? -1]?.header ?? '';
  const columnOf = (path: string) => {
    if (path.startsWith('design.'))
      return headerAt(parameterAt[parameters.findIndex(({ name }) => `design.${name}` === path)]);
    return headerAt({ rowId: row, fidelity, outcome, value, cost }[path]);
  };
  return (cells) => {
    const faults: Fault[] = [];
    const text = (at: number | undefined) => cells[at ?? -1] ?? '';
    const number = (at: number | undefined) => {
      if (text(at) === '') return undefined;
      const read = numberIn(text(at));
      if (typeof read === 'number') return read;
      const state = at === value ? `, or ${resultOutcomes.slice(1).join(' or ')} in a column 'outcome'` : '';
      faults.push({ path: headerAt(at), message: `'${read}' is not a number`, remedy: `${numberShape}${state}` });
      return undefined;
    };
    const values = parameters.map(
      (parameter, p): ParameterValue => typeOf(parameter).fromText(parameter, text(parameterAt[p])),
    );
    const id = text(row);
    const inPool = rowOf.get(id);
    const design: Design = Object.fromEntries(parameters.map(({ name }, p) => [name, values[p]!]));
    if (id !== '' && inPool !== undefined)
      for (const [p, { name }] of parameters.entries()) {
        const own = pool!.designs.at(inPool)![name]!;
        if (text(parameterAt[p]) !== '' && values[p] !== own) {
          const remedy = `${own}, as in the pool, or leave the cell empty`;
          faults.push({ path: headerAt(parameterAt[p]), message: `'${values[p]}' given for row ${id}`, remedy });
        }
      }
    if (fidelity !== -1 && text(fidelity) === '') {
      const remedy = oneOf(
        '',
        campaign.spec.fidelities.map(({ name }) => name),
      );
      faults.push({ path: headerAt(fidelity), message: 'no fidelity given', remedy });
    }
    const before = faults.length;
    const result = {
      ...(id !== '' ? { rowId: id } : parameterAt.includes(-1) ? {} : { design }),
      ...(text(fidelity) === '' ? {} : { fidelity: text(fidelity) }),
      ...(text(outcome) === '' ? {} : { outcome: text(outcome) as ResultOutcome }),
      ...optional('value', number(value)),
      ...optional('cost', number(cost)),
    };
    const unread = faults.slice(before).map(({ path }) => path);
    const checked = check(result);
    if (Array.isArray(checked))
      for (const { path, ...fault } of checked as Fault[]) {
        const column = columnOf(path);
        if (!unread.includes(column) || column === '') faults.push({ ...fault, path: column });
      }
    return faults.length > 0 ? faults : result;
  };
}

const numberShape = 'a number with a decimal point, such as 0.5 or 1e-3';

function optional<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, number>>;
}
