import { readTableFile } from '../../lab-adapters/table-file.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Result } from '../../models/strategy/result.js';
import { readTable } from '../../models/table/read-table.js';
import type { Dialect, Table } from '../../models/table/table.js';
import { respelledMolecules } from '../campaign-file/spellings.js';
import { type Column, columnRoles, knownTexts, namedIn } from './columns.js';
import { readHeader } from './header.js';
import { moleculeFaults, type Outside, outsideNotes } from './outside-rows.js';
import { rowReader } from './result-row.js';
import { countsText, type SilentOutcome } from './told-outcome.js';

/** A person's table of results, as read from a file. */
export interface ResultsTable {
  readonly columns: readonly Column[];
  readonly dialect: Dialect;
  /** One for each row that is taken, in the order of the file. */
  readonly results: readonly Result[];
  /** Line of each of them in the file, from 1. */
  readonly lines: readonly number[];
  /** What people should know of how it was read. */
  readonly notes: readonly string[];
}

/**
 * Reads a table of results: CSV or .xlsx, of a person or written by `export`, whose header names the row id of the pool or
 * all parameters, the objective, and if wanted `fidelity` (the target where there is no such column), `outcome` or
 * `status` (measured, failed or pending; an empty cell beside a value means measured; without such a column, a row without
 * a value is pending, which a note says) and `cost`. Trials that are
 * quarantined or were cancelled are left out, and counted in the notes. A heading may differ in case, form of
 * Unicode or spaces. Nothing is guessed: any other column must be named in `ignored`, or in the campaign file.
 *
 * @throws {InvalidInputError} with every fault: its line, its column, what was given and what is allowed
 */
export async function readResults(
  campaign: Campaign,
  file: string,
  ignored: readonly string[] = [],
): Promise<ResultsTable> {
  const rowFaults: Fault[] = [];
  const known = knownNames(campaign, ignored);
  const table = await readTableFile(file, { known, texts: knownTexts(campaign), rowFaults });
  if (!('columns' in table)) throw new InvalidInputError(file, table);
  return resultsIn(campaign, { file, table, rowFaults, ignored });
}

/**
 * The table of results in a text; see `readResults`.
 *
 * @param source - `file` names the text in messages
 * @throws {InvalidInputError} with every fault
 */
export async function parseResults(
  campaign: Campaign,
  source: { readonly file: string; readonly text: string; readonly ignored?: readonly string[] },
): Promise<ResultsTable> {
  const { file, text, ignored = [] } = source;
  const rowFaults: Fault[] = [];
  const table = await readTable(new TextEncoder().encode(text), { known: knownNames(campaign, ignored), rowFaults });
  if (!('columns' in table)) throw new InvalidInputError(file, table);
  return resultsIn(campaign, { file, table, rowFaults, ignored });
}

/** Names of columns that a table of results of a campaign may be expected to have. */
export function knownNames(campaign: Campaign, ignored: readonly string[]): readonly string[] {
  const named = namedIn(campaign);
  return [
    ...columnRoles(named).keys(),
    ...ignored,
    ...(campaign.spec.ignore ?? []),
    ...named.parameters.map(({ name }) => `design.${name}`),
    ...named.contexts.map(({ name }) => `context.${name}`),
  ];
}

/** The results in a table; `file` names it in messages, `rowFaults` are those of rows that it lacks. */
async function resultsIn(
  campaign: Campaign,
  source: {
    readonly file: string;
    readonly table: Table;
    readonly rowFaults: readonly Fault[];
    readonly ignored: readonly string[];
  },
): Promise<ResultsTable> {
  const { file, rowFaults, ignored } = source;
  let { table } = source;
  if (table.columns.length === 0) {
    const remedy = `begin with a header of ${[...columnRoles(namedIn(campaign)).keys()].join(', ')}`;
    throw new InvalidInputError(file, [{ path: '', message: 'no header', remedy, line: 1 }]);
  }
  const { columns, faults: wrong, notes: taken } = readHeader(campaign, table.columns, ignored);
  // Without knowing the columns, what is in them would be blamed for it.
  if (wrong.length > 0) throw new InvalidInputError(file, [...rowFaults, ...wrong]);
  table = await respelledMolecules(table, columns, campaign.space.parameters);
  const faults: Fault[] = [];
  const outside: Outside[] = [];
  const open: number[] = [];
  const passed = new Map<string, number[]>();
  const read = rowReader(campaign, columns, table, {
    onOutside: (row, why, design) => outside.push({ line: table.lineOf(row), why, design }),
    onOpen: (row) => open.push(table.lineOf(row)),
    onPassed: (row, names) => {
      for (const name of names) passed.set(name, [...(passed.get(name) ?? []), table.lineOf(row)]);
    },
  });
  const results: Result[] = [];
  const lines: number[] = [];
  const leftOut: SilentOutcome[] = [];
  for (let row = 0; row < table.length && faults.length < mostFaults; row++) {
    const found = read(row);
    if (typeof found === 'string') leftOut.push(found);
    else if (Array.isArray(found))
      faults.push(...(found as Fault[]).map((fault) => ({ ...fault, line: table.lineOf(row) })));
    else {
      results.push(found as Result);
      lines.push(table.lineOf(row));
    }
  }
  faults.push(...(await moleculeFaults(campaign, columns, outside)), ...rowFaults);
  if (faults.length > 0) throw new InvalidInputError(file, faults);
  const counted = `${leftOut.length} row${leftOut.length === 1 ? '' : 's'} left out: ${countsText(leftOut)}`;
  const silent = leftOut.length === 0 ? [] : [counted];
  const notes = [
    ...taken,
    ...table.notes,
    ...silent,
    ...openNotes(open),
    ...passedNotes(passed),
    ...outsideNotes(outside),
  ];
  return { columns, dialect: table.dialect, results, lines, notes };
}

/** That rows without a value count as pending, and where they stand. */
function openNotes(lines: readonly number[]): string[] {
  if (lines.length === 0) return [];
  const rows = `${lines.length} row${lines.length === 1 ? '' : 's'} without a value`;
  return [
    `${rows} (line ${listedLines(lines)}) taken as pending; say 'failed' in a column 'outcome' where a trial gave none`,
  ];
}

/** That values of further outcomes stand beside trials without a value of the objective, and where. */
function passedNotes(passed: ReadonlyMap<string, readonly number[]>): string[] {
  return [...passed].map(
    ([name, lines]) =>
      `${lines.length} value${lines.length === 1 ? '' : 's'} of ${name} passed over (line ${listedLines(lines)}): the trial is failed or pending`,
  );
}

function listedLines(lines: readonly number[]): string {
  const more = lines.length > 5 ? ` and ${lines.length - 5} more` : '';
  return `${lines.slice(0, 5).join(', ')}${more}`;
}

/** Faults of cells after which more are not looked for. */
const mostFaults = 100;
