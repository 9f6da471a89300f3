import type { Fault } from '../domain/fault.js';
import { cellName, columnLetters } from './cell-name.js';
import { decimalSignIn } from './decimal-sign.js';
import { unescaped } from './formula-cell.js';
import { between, type Chunk, type Dialect, Table } from './table.js';

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

  /**
   * @param rowFaults - takes the faults of single rows, which are left out; without it they are faults of the whole
   * @param isSheet - whether cells have names, such as J3, that people know
   */
  constructor(
    private readonly rowFaults: Fault[] = this.faults,
    private readonly isSheet = false,
  ) {}

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
      const column = this.header?.[long] ?? (this.isSheet ? cellName(long, line) : `column ${long + 1}`);
      const message = `${row[long]!.length} characters in one cell (${row[long]!.slice(0, 20)}...)`;
      const remedy = `at most ${mostCharacters}${this.isSheet ? '' : '; close every quotation mark'}`;
      this.fail(message, remedy, line, column);
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
    if (dialect.encoding === 'xlsx' || dialect.delimiter === ',') return point;
    const { decimal, example, isMixed } = decimalSignIn(point);
    const odd = isMixed ? example : null;
    if (decimal === 'point') return new Table(columns, this.rows, chunks, point.dialect, notes, odd);
    const note = `decimal commas are read as decimal points, as in line ${example!.line}: ${example!.text}`;
    return new Table(columns, this.rows, chunks, { ...dialect, decimal }, [...notes, note], odd);
  }

  private begin(row: string[], line: number): void {
    this.header = row;
    this.least = row.length;
    const seen = new Map<string, number>();
    for (const [place, name] of row.entries()) {
      const before = seen.get(name);
      if (name !== '' && before !== undefined)
        this.fail(this.twice(before, place, name), 'rename one of them', line, name);
      else seen.set(name, place);
    }
  }

  private twice(before: number, place: number, name: string): string {
    const [one, other] = [before, place].map((at) => (this.isSheet ? columnLetters(at) : String(at + 1)));
    return `columns ${one} and ${other} are both named '${name}'`;
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
      if (this.isSheet) this.failBeyond(row, line);
      else this.fail(`${row.length} cells, but the header has ${header.length}`, oneEach, line, '', this.rowFaults);
      return;
    }
    this.pending.push(row);
    this.pendingLines.push(line);
    this.rows += 1;
  }

  /** Says what stands right of the columns with names. */
  private failBeyond(row: readonly string[], line: number): void {
    const beyond = [...row.keys()].filter((place) => place >= this.least && row[place] !== '');
    const cells = beyond.slice(0, 3).map((place) => `${cellName(place, line)} holds '${shortened(row[place]!)}'`);
    const more = beyond.length > cells.length ? `, and ${beyond.length - cells.length} more cells hold something` : '';
    const message = `${cells.join(', ')}${more}, right of the last column with a name (${columnLetters(this.least - 1)})`;
    const remedy = `empty ${beyond.length === 1 ? 'the cell' : 'the cells'}, or give the column a name`;
    this.fail(message, remedy, line, '', this.rowFaults);
  }

  private fail(message: string, remedy: string, line: number, path = '', to = this.faults): void {
    if (!this.full) to.push({ path, message, remedy, line });
  }
}

const oneEach = 'one cell for each column; quote a cell that holds the sign between cells';

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

function picked({ from, cells, lines }: Chunk, places: readonly number[]): Chunk {
  return { from, cells: places.map((place) => cells[place]!), lines };
}
