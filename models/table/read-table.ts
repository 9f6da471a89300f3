import Papa from 'papaparse';
import type { Fault } from '../domain/fault.js';
import { TableBuilder } from './builder.js';
import { type DecodedText, decodeText } from './decode.js';
import { delimiterOf, delimiters } from './delimiter.js';
import { headerBelow, headerRows, type LinedRow } from './header-line.js';
import { kindOf } from './kind.js';
import type { Table } from './table.js';
import { workbookTable } from './workbook.js';

/** How a table is read. */
export interface ReadTableOptions {
  /** Names of columns that may be expected, by which the sign between cells is told where it is in doubt. */
  readonly known?: Iterable<string>;
  /** Texts that its cells may be expected to hold, which with those names tell an encoding that is in doubt. */
  readonly texts?: Iterable<string>;
  /** Takes the faults of single rows, which the table then lacks; without it they are faults of the whole. */
  readonly rowFaults?: Fault[];
  /** Called between parts of a long text, for others to have their turn. */
  readonly turn?: () => Promise<void>;
}

/** Characters that are taken apart at once. */
const part = 1 << 16;
/** Characters of a row at most. */
const mostOfRow = 1 << 24;

/**
 * The table in the bytes of a file, CSV or a workbook (.xlsx), by one set of rules for all readers: one encoding, one sign
 * between cells and one decimal sign a file; header and cells trimmed; each row as wide as the header; empty rows, and
 * empty columns without a name, left aside; the apostrophe before what would be a formula taken off.
 *
 * @param bytes - of the whole file
 * @returns the table, or everything that is wrong, by line and column
 */
export async function readTable(bytes: Uint8Array, options: ReadTableOptions = {}): Promise<Table | readonly Fault[]> {
  const kind = kindOf(bytes);
  if (kind === 'xlsx') return workbookTable(bytes, options);
  if (kind !== 'text') return [kind];
  const decoded = decodeText(bytes, namesIn(options));
  return 'text' in decoded ? textTable(decoded, options) : [decoded];
}

function* namesIn({ known = [], texts = [] }: ReadTableOptions): Iterable<string> {
  yield* known;
  yield* texts;
}

async function textTable(
  { text, encoding, note }: DecodedText,
  { known, rowFaults, turn }: ReadTableOptions,
): Promise<Table | readonly Fault[]> {
  const wanted = new Set(known);
  const sign = delimiterOf(text, wanted);
  const below = headerFault(text, 'message' in sign ? 0 : sign.start, wanted);
  if (below !== null) return [below];
  if ('message' in sign) return [sign];
  const { delimiter, start } = sign;
  const builder = new TableBuilder(rowFaults);
  let line = 1 + linesIn(text.slice(0, start));
  let size = part;
  for (let base = start; base < text.length && !builder.full; ) {
    const isLast = base + size >= text.length;
    const parser = new Papa.Parser({ delimiter, newline: '\n' });
    const { data, errors, meta } = parser.parse(text.slice(base, base + size), 0, !isLast) as Papa.ParseResult<
      string[]
    >;
    if (data.length === 0 && !isLast) {
      size *= 4;
      if (size <= mostOfRow) continue;
      const remedy = 'close every quotation mark, and double one within a cell';
      return [{ path: '', message: `a row of more than ${size / 4} characters begins`, remedy, line }];
    }
    const multiline = text.slice(base, base + size).includes('"');
    for (const [row, cells] of data.entries()) {
      for (const error of errors) if (error.row === row) builder.faults.push(quotingFault(error, line));
      builder.add(cells, line);
      line += 1 + (multiline ? cells.reduce((sum, cell) => sum + linesIn(cell), 0) : 0);
    }
    builder.close();
    base = isLast ? text.length : base + meta.cursor;
    size = part;
    if (turn !== undefined) await turn();
  }
  return builder.end({ encoding, delimiter }, note === null ? [] : [note]);
}

/** A fault where the header stands below other rows, whichever sign stands between cells; null where it does not. */
function headerFault(text: string, start: number, known: ReadonlySet<string>): Fault | null {
  if (known.size === 0) return null;
  for (const delimiter of delimiters) {
    const sample = text.slice(start, start + part);
    const { data } = Papa.parse<string[]>(sample, { delimiter, newline: '\n', preview: headerRows });
    let line = 1 + linesIn(text.slice(0, start));
    const rows = data.map((cells): LinedRow => {
      const row = { cells, line };
      line += 1 + cells.reduce((sum, cell) => sum + linesIn(cell), 0);
      return row;
    });
    const fault = headerBelow(rows, known);
    if (fault !== null) return fault;
  }
  return null;
}

function quotingFault({ code }: Papa.ParseError, line: number): Fault {
  const open = code === 'MissingQuotes';
  const message = open ? 'a quotation mark is opened and never closed' : 'a quotation mark stands within a quoted cell';
  return { path: '', message, remedy: 'close every quotation mark, and double one within a cell', line };
}

/** Line breaks in a text. */
function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
