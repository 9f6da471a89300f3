import { zipSync } from 'fflate';
import readWorkbook from 'read-excel-file/universal';
import type { Fault } from '../domain/fault.js';
import { ArchiveFault, filesIn } from './archive.js';
import { TableBuilder } from './builder.js';
import { composed, unreadableSign } from './decode.js';
import type { Table } from './table.js';

/** Bytes of a workbook's files at most, unpacked: some hundred thousand cells, which take a second or two. */
const most = { bytes: 1 << 24, files: 2000, cells: 4_000_000 };
/** Characters between two tags at most; the reader of sheets takes time squared of them. Cells have fewer. */
const mostBetween = 1 << 18;

/**
 * The first sheet with anything in it of an Excel workbook (.xlsx), as a table; numbers as exact as they are kept,
 * whatever the sheet shows, and dates as 2026-03-01. A note says which other sheets were passed over.
 *
 * @param bytes - of the whole file
 */
export async function workbookTable(bytes: Uint8Array, rowFaults?: Fault[]): Promise<Table | readonly Fault[]> {
  const no = (message: string, remedy = "save it again, or as CSV ('Save As')"): readonly Fault[] => [
    { path: '', message, remedy },
  ];
  try {
    const own = plainArchive(bytes);
    const sheets = (await readWorkbook(own)) as readonly { sheet: string; data: readonly (readonly unknown[])[] }[];
    const filled = sheets.filter(({ data }) => data.some((row) => row.some((cell) => textOf(cell) !== '')));
    const [first, ...others] = filled;
    const builder = new TableBuilder(rowFaults);
    for (const [row, cells] of (first?.data ?? []).entries()) {
      const texts = Array.from(cells, textOf);
      for (const [place, text] of texts.entries()) {
        const wrong = unreadableSign(text);
        if (wrong !== null) builder.faults.push({ ...wrong, line: row + 1, path: `column ${place + 1}` });
      }
      builder.add(texts, row + 1);
      if (row % 1000 === 999) builder.close();
    }
    const note = `of its sheets only '${first?.sheet}' is read, not ${others.map(({ sheet }) => `'${sheet}'`).join(', ')}`;
    return builder.end({ encoding: 'xlsx', delimiter: ',' }, others.length === 0 ? [] : [note]);
  } catch (cause) {
    // What the reader of sheets says of its own trouble is for those who wrote it.
    const why = cause instanceof ArchiveFault ? cause.message : 'its parts are not as Excel writes them';
    return no(`not readable as an Excel workbook: ${why}`);
  }
}

/**
 * The archive with nothing in it but what its reader needs, each file checked: the reader itself looks at no sums.
 * @throws {ArchiveFault} in words
 */
function plainArchive(bytes: Uint8Array): ArrayBuffer {
  const files = filesIn(bytes, (name) => /\.(?:xml|rels)$/i.test(name), most);
  for (const [name, data] of Object.entries(files)) {
    if (longestBetween(data) > mostBetween)
      throw new ArchiveFault(`more than ${mostBetween} characters without a tag in '${name}'`);
    checkPlaces(data);
  }
  return zipSync(files, { level: 0 }).buffer as ArrayBuffer;
}

/**
 * The reader fills up what lies between cells, to the last column of all and the last row: they have to be near.
 * @throws {ArchiveFault} in words
 */
function checkPlaces(data: Uint8Array): void {
  let [rows, columns] = [0, 0];
  for (const [, place = ''] of new TextDecoder('latin1').decode(data).matchAll(/\sr\s*=\s*["']([^"']*)["']/g)) {
    const [, letters = '', digits] = /^([A-Z]{0,3})(\d{1,7})$/.exec(place) ?? [];
    if (digits === undefined) throw new ArchiveFault(`a cell or row at '${place.slice(0, 20)}'`);
    rows = Math.max(rows, Number(digits));
    columns = Math.max(
      columns,
      [...letters].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0),
    );
  }
  if (rows * Math.max(1, columns) > most.cells)
    throw new ArchiveFault(`cells as far away as row ${rows}, column ${columns}; clear what lies far from the table`);
}

/** Most bytes from one `<` to the next. */
function longestBetween(data: Uint8Array): number {
  let longest = 0;
  for (let from = 0; from < data.length; ) {
    const next = data.indexOf(60, from + 1);
    const to = next < 0 ? data.length : next;
    longest = Math.max(longest, to - from);
    from = to;
  }
  return longest;
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00\.000Z$/, '');
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  return composed(String(cell));
}
