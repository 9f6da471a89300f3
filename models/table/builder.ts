import type { Fault } from '../domain/fault.js';
import { unescaped } from './formula-cell.js';
import { between, type Chunk, type Dialect, decimalComma, Table } from './table.js';

/** Columns of a table at most, as spreadsheets have them. */
export const mostColumns = 16_384;
/** Characters of a cell at most, as spreadsheets have them. */
export const mostCharacters = 32_767;
/** Faults that are told of one file. */
const mostFaults = 20;

/** Makes a table of rows as they come: the first with anything in it is the header. */
export class TableBuilder {
  readonly faults: Fault[] = [];
  private header: string[] | null = null;
  /** Columns up to the last with a name: a row has a cell for each. */
  private least = 0;
  private rows = 0;
  private from = 0;
  private pending: string[][] = [];
  private pendingLines: number[] = [];
  private readonly chunks: Chunk[] = [];

  /** @param rowFaults - takes the faults of single rows, which are left out; without it they are faults of the whole */
  constructor(private readonly rowFaults: Fault[] = this.faults) {}

  /** Whether there are so many faults that more need not be looked for. */
  get full(): boolean {
    return Math.max(this.faults.length, this.rowFaults.length) >= mostFaults;
  }

  /** Takes one row, with its line in the file. */
  add(raw: readonly string[], line: number): void {
    if (raw.length > mostColumns) {
      // Sheets end in thousands of empty cells at times.
      const used = raw.findLastIndex((cell) => cell.trim() !== '') + 1;
      if (used > mostColumns) {
        this.fail(`${used} cells`, `at most ${mostColumns} columns`, line);
        return;
      }
    }
    const row: string[] = [];
    for (const cell of raw) row.push(unescaped(cell.trim()));
    while (row.length > 0 && row[row.length - 1] === '') row.pop();
    if (row.length === 0) return;
    const long = row.findIndex((cell) => cell.length > mostCharacters);
    if (long >= 0) {
      const column = this.header?.[long] ?? `column ${long + 1}`;
      const message = `${row[long]!.length} characters in one cell (${row[long]!.slice(0, 20)}...)`;
      this.fail(message, `at most ${mostCharacters}; close every quotation mark`, line, column);
      return;
    }
    if (this.header === null) this.begin(row, line);
    else this.take(row, raw.length, line);
  }

  /** Closes the rows that were added as one chunk of the table. */
  close(): void {
    if (this.pending.length === 0 || this.header === null) return;
    const cells = this.header.map((_, place) => this.pending.map((row) => row[place] ?? '').join(between));
    this.chunks.push({ from: this.from, cells, lines: Uint32Array.from(this.pendingLines) });
    this.from = this.rows;
    this.pending = [];
    this.pendingLines = [];
  }

  /** The table of all rows, or everything that is wrong with them. */
  end(dialect: Omit<Dialect, 'decimal'>, notes: readonly string[]): Table | readonly Fault[] {
    this.close();
    if (this.faults.length > 0) return this.faults;
    // Columns without a name and without anything in them are the margin of a sheet.
    const header = this.header ?? [];
    const kept = [...header.keys()].filter(
      (place) => header[place] !== '' || this.chunks.some(({ cells }) => /[^\0]/.test(cells[place]!)),
    );
    const chunks = kept.length === header.length ? this.chunks : this.chunks.map((chunk) => picked(chunk, kept));
    const columns = kept.map((place) => header[place]!);
    const point = new Table(columns, this.rows, chunks, { ...dialect, decimal: 'point' }, notes);
    const comma = dialect.encoding === 'xlsx' || dialect.delimiter === ',' ? null : decimalCommaIn(point);
    if (comma === null) return point;
    const note = `decimal commas are read as decimal points, as in line ${comma.line}: ${comma.text}`;
    return new Table(columns, this.rows, chunks, { ...dialect, decimal: 'comma' }, [...notes, note]);
  }

  private begin(row: string[], line: number): void {
    this.header = row;
    this.least = row.length;
    const seen = new Map<string, number>();
    for (const [place, name] of row.entries()) {
      const before = seen.get(name);
      if (name !== '' && before !== undefined)
        this.fail(`columns ${before + 1} and ${place + 1} are both named '${name}'`, 'rename one of them', line, name);
      else seen.set(name, place);
    }
  }

  private take(row: string[], width: number, line: number): void {
    const header = this.header!;
    if (width < this.least) {
      const message = `${width} cell${width === 1 ? '' : 's'}, but the header has ${this.least}`;
      this.fail(message, oneEach, line, '', this.rowFaults);
      return;
    }
    // What lies beyond the named columns has to be empty, or no one could tell what it is.
    if (row.length > this.least) {
      this.fail(`${row.length} cells, but the header has ${header.length}`, oneEach, line, '', this.rowFaults);
      return;
    }
    this.pending.push(row);
    this.pendingLines.push(line);
    this.rows += 1;
  }

  private fail(message: string, remedy: string, line: number, path = '', to = this.faults): void {
    if (!this.full) to.push({ path, message, remedy, line });
  }
}

const oneEach = 'one cell for each column; quote a cell that holds the sign between cells';

function picked({ from, cells, lines }: Chunk, places: readonly number[]): Chunk {
  return { from, cells: places.map((place) => cells[place]!), lines };
}

/** A number that could not be one with thousands apart: 0,5 and 1,25 and 12345,678, but not 1,234. */
const surely = /^[+\-\u2212]?(?:\d*,(?:\d{1,2}|\d{4,})|0?,\d+|\d{4,},\d+)(?:e[+-]?\d+)?$/i;
const decimalPoint = /^[+\-\u2212]?\d*\.\d+(?:e[+-]?\d+)?$/i;

/**
 * The first cell that shows that numbers have decimal commas; null where none does beyond doubt, or one has a decimal
 * point.
 */
function decimalCommaIn(table: Table): { readonly text: string; readonly line: number } | null {
  let found: { text: string; line: number } | null = null;
  for (const place of table.columns.keys()) {
    const cells = table.cellsAt(place);
    for (let row = 0; row < cells.length; row++) {
      const cell = cells[row]!;
      if (decimalPoint.test(cell)) return null;
      if (found === null && decimalComma.test(cell) && surely.test(cell))
        found = { text: cell, line: table.lineOf(row) };
    }
  }
  return found;
}
