import { remarked } from '../domain/parameters/remark.js';
import type { Encoding } from './decode.js';
import type { Delimiter } from './delimiter.js';

/** How a table was written; what is written to go with it is written alike. */
export interface Dialect {
  readonly encoding: Encoding | 'xlsx';
  readonly delimiter: Delimiter;
  readonly decimal: 'point' | 'comma';
}

/** Cells of one column within a chunk of rows, joined: twenty million strings that stay would keep the collector busy. */
export interface Chunk {
  /** Row of its first cells. */
  readonly from: number;
  /** By column. */
  readonly cells: readonly string[];
  /** Line of each row, from 1. */
  readonly lines: Uint32Array;
}

/** What is put between the cells of a chunk; no text that was decoded holds it. */
export const between = '\u0000';

/** A number with one comma in it. */
export const decimalComma = /^[+\-\u2212]?\d*,\d+(?:e[+-]?\d+)?$/i;

/** A number with one point in it. */
export const decimalPoint = /^[+\-\u2212]?\d*\.\d+(?:e[+-]?\d+)?$/i;

/** A table with a header: cells trimmed, every row as wide as the header, one dialect for all of it. */
export class Table {
  private readonly places: ReadonlyMap<string, number>;
  private last: { chunk: Chunk; column: number; cells: readonly string[] } | null = null;

  /**
   * @param columns - names in the order of the file, each once; '' for those that have none
   * @param length - rows below the header
   * @param notes - what people should know of how it was read
   * @param example - where decimal signs differ, a cell with the one of the file: cells with the other are no numbers
   */
  constructor(
    readonly columns: readonly string[],
    readonly length: number,
    private readonly chunks: readonly Chunk[],
    readonly dialect: Dialect,
    readonly notes: readonly string[],
    private readonly example: { readonly text: string; readonly line: number } | null = null,
  ) {
    this.places = new Map(columns.map((name, place) => [name, place]));
  }

  /** Whether there is a column of this name. */
  has(column: string): boolean {
    return column !== '' && this.places.has(column);
  }

  /** Texts of a column, one a row; made anew at each call. */
  cells(column: string): string[] {
    return this.cellsAt(this.places.get(column)!);
  }

  /** Texts of the column at a place. */
  cellsAt(place: number): string[] {
    const cells: string[] = [];
    for (const chunk of this.chunks) for (const cell of chunk.cells[place]!.split(between)) cells.push(cell);
    return cells;
  }

  /** The table with the cells of one column changed, and a note of that. */
  withCells(place: number, change: (cell: string) => string, note: string): Table {
    const chunks = this.chunks.map((chunk) => {
      const cells = chunk.cells[place]!.split(between).map(change).join(between);
      return { ...chunk, cells: chunk.cells.map((column, at) => (at === place ? cells : column)) };
    });
    return new Table(this.columns, this.length, chunks, this.dialect, [...this.notes, note]);
  }

  /** The table in parts of so many rows or a few more, the last one of those that are left; nothing of a cell is copied but where a chunk is cut. */
  *parts(rows: number): Iterable<Table> {
    let some: Chunk[] = [];
    let count = 0;
    for (const chunk of this.chunks)
      for (const piece of pieces(chunk, rows)) {
        some.push({ ...piece, from: count });
        count += piece.lines.length;
        if (count < rows) continue;
        yield this.of(some, count);
        [some, count] = [[], 0];
      }
    if (count > 0) yield this.of(some, count);
  }

  /** The same rows as lines of a file in which they stand so much further below. */
  below(lines: number): Table {
    return this.of(
      this.chunks.map((chunk) => ({ ...chunk, lines: chunk.lines.map((line) => line + lines) })),
      this.length,
    );
  }

  /** Whether some of its cells have another decimal sign than the others, or all have a comma. */
  get hasCommas(): boolean {
    return this.dialect.decimal === 'comma' || this.example !== null;
  }

  private of(chunks: readonly Chunk[], length: number): Table {
    return new Table(this.columns, length, chunks, this.dialect, this.notes, this.example);
  }

  /** Texts of a column that holds numbers, with decimal points. */
  numericCells(column: string): string[] {
    const cells = this.cells(column);
    const isPlain = this.dialect.decimal === 'point' && this.example === null;
    return isPlain ? cells : cells.map((cell) => this.plainNumber(cell));
  }

  /** The text of one cell. */
  cell(row: number, column: string): string {
    const chunk = this.chunkOf(row);
    const place = this.places.get(column)!;
    if (this.last?.chunk !== chunk || this.last.column !== place)
      this.last = { chunk, column: place, cells: chunk.cells[place]!.split(between) };
    return this.last.cells[row - chunk.from]!;
  }

  /**
   * A number, or amounts such as `Fe:0,2`, with decimal points where the table has decimal commas; else the text. One that
   * has not the decimal sign of the table comes with a remark that says so.
   */
  plainNumber(text: string): string {
    if (this.example !== null && (this.dialect.decimal === 'comma' ? decimalPoint : decimalComma).test(text)) {
      const [odd, own] = this.dialect.decimal === 'comma' ? ['point', 'commas'] : ['comma', 'points'];
      const { line, text: like } = this.example;
      return remarked(text, `with a decimal ${odd}, but this file has decimal ${own}, as in line ${line}: ${like}`);
    }
    if (this.dialect.decimal === 'point' || !text.includes(',')) return text;
    if (decimalComma.test(text)) return text.replace(',', '.');
    return text.replace(/(:\d*),(\d+)(?=\s|$)/g, '$1.$2');
  }

  /** Line of a row in the file, from 1. */
  lineOf(row: number): number {
    const chunk = this.chunkOf(row);
    return chunk.lines[row - chunk.from]!;
  }

  private chunkOf(row: number): Chunk {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.chunks[middle]!.from <= row) low = middle;
      else high = middle - 1;
    }
    return this.chunks[low]!;
  }
}

/** A chunk as chunks of at most so many rows. */
function pieces(chunk: Chunk, rows: number): readonly Chunk[] {
  const { length } = chunk.lines;
  if (length <= rows) return [chunk];
  const cells = chunk.cells.map((column) => column.split(between));
  return Array.from({ length: Math.ceil(length / rows) }, (_, i) => ({
    from: chunk.from + i * rows,
    cells: cells.map((column) => column.slice(i * rows, (i + 1) * rows).join(between)),
    lines: chunk.lines.slice(i * rows, (i + 1) * rows),
  }));
}
