import { strFromU8, zipSync } from 'fflate';
import readWorkbook from 'read-excel-file/universal';
import type { Fault } from '../domain/fault.js';
import { ArchiveFault, filesIn } from './archive.js';
import { TableBuilder } from './builder.js';
import { cellName, columnLetters } from './cell-name.js';
import { composed, unreadableSign } from './decode.js';
import { headerBelow, headerRows } from './header-line.js';
import { type SheetMarks, sheetMarks } from './sheet-marks.js';
import type { Table } from './table.js';
import { type SheetPart, workbookParts } from './workbook-parts.js';

/** Bytes of a workbook's files at most, unpacked: some hundred thousand cells, which take a second or two. */
const most = { bytes: 1 << 24, files: 2000, cells: 4_000_000 };
/** Characters between two tags at most; the reader of sheets takes time squared of them. Cells have fewer. */
const mostBetween = 1 << 18;

/** Rows of a sheet that a note names. */
const toldRows = 5;

type SheetData = readonly (readonly unknown[])[];

/** A sheet with anything in it. */
interface FilledSheet {
  readonly name: string;
  readonly data: SheetData;
  readonly part: SheetPart | undefined;
}

/**
 * The first sheet that is shown and has anything in it of an Excel workbook (.xlsx), as a table; numbers as exact as they
 * are kept, with the digits that the sheet shows or more, and dates as 2026-03-01. What shows another number than it holds,
 * or holds none, comes as a text that says so (`sheetMarks`). Notes say which sheets were passed over, and what of it is
 * hidden.
 *
 * @param bytes - of the whole file
 */
export async function workbookTable(
  bytes: Uint8Array,
  { known, rowFaults }: { readonly known?: Iterable<string>; readonly rowFaults?: Fault[] } = {},
): Promise<Table | readonly Fault[]> {
  const no = (message: string, remedy = "save it again, or as CSV ('Save As')"): readonly Fault[] => [
    { path: '', message, remedy },
  ];
  try {
    const files = checkedFiles(bytes);
    const parts = workbookParts(files);
    const read = await readWorkbook(zipSync(files, { level: 0 }).buffer as ArrayBuffer);
    // A sheet that is a chart has no rows.
    const filled = read
      .map(({ sheet, data }, i): FilledSheet => ({ name: sheet, data: data ?? [], part: parts.sheets[i] }))
      .filter(({ data }) => data.some((row) => row.some((cell) => textOf(cell) !== '')));
    const first = filled.find(({ part }) => part?.isHidden !== true);
    if (first === undefined && filled.length > 0)
      return no(`nothing in the sheets that are shown, but in ${sheetNames(filled)}`, 'show the sheet that is meant');
    const file = first?.part?.file ?? null;
    const xml = file === null ? undefined : files[file];
    const marks = xml === undefined ? noMarks : sheetMarks(strFromU8(xml), parts);
    const rows = rowsOf(first?.data ?? [], marks);
    const start = rows.slice(0, headerRows).map((cells, row) => ({ cells, line: row + 1 }));
    const below = headerBelow(start, new Set(known));
    if (below !== null) return [below];
    const builder = new TableBuilder(rowFaults, true);
    for (const [row, texts] of rows.entries()) {
      for (const [place, text] of texts.entries()) {
        const wrong = unreadableSign(text);
        if (wrong !== null) builder.faults.push({ ...wrong, line: row + 1, path: cellName(place, row + 1) });
      }
      builder.add(texts, row + 1);
      if (row % 1000 === 999) builder.close();
    }
    const others = filled.filter((sheet) => sheet !== first);
    const note = `of its sheets only '${first?.name}' is read, not ${sheetNames(others)}`;
    return builder.end({ encoding: 'xlsx', delimiter: ',' }, [
      ...(others.length === 0 ? [] : [note]),
      ...hiddenNotes(rows, marks),
    ]);
  } catch (cause) {
    // What the reader of sheets says of its own trouble is for those who wrote it.
    const why = cause instanceof ArchiveFault ? cause.message : 'its parts are not as Excel writes them';
    return no(`not readable as an Excel workbook: ${why}`);
  }
}

const noMarks: SheetMarks = { cells: new Map(), hiddenRows: [], hiddenColumns: [] };

function sheetNames(sheets: readonly FilledSheet[]): string {
  return sheets.map(({ name, part }) => `'${name}'${part?.isHidden === true ? ' (hidden)' : ''}`).join(', ');
}

/** The texts of a sheet, every row of one width, with what stands for single cells. */
function rowsOf(data: SheetData, { cells }: SheetMarks): string[][] {
  let [height, width] = [data.length, 0];
  for (const row of data) width = Math.max(width, row.length);
  for (const [row, marks] of cells) {
    height = Math.max(height, row);
    for (const place of marks.keys()) width = Math.max(width, place + 1);
  }
  return Array.from({ length: height }, (_, row) => {
    const marks = cells.get(row + 1);
    return Array.from({ length: width }, (_, place) => marks?.get(place) ?? textOf(data[row]?.[place]));
  });
}

/** What people should know of the rows and columns of a sheet that are read though they are not shown. */
function hiddenNotes(rows: readonly (readonly string[])[], { hiddenRows, hiddenColumns }: SheetMarks): string[] {
  const isFilled = (texts: readonly string[] | undefined) => texts?.some((text) => text !== '') === true;
  const header = rows.findIndex(isFilled);
  const lines = hiddenRows.filter((row) => row > header + 1 && isFilled(rows[row - 1]));
  const letters = [...(rows[0] ?? []).keys()]
    .filter((place) => hiddenColumns.some(([from, to]) => place >= from && place <= to))
    .filter((place) => rows.some((texts) => texts[place] !== ''))
    .map(columnLetters);
  const told = (what: string, all: readonly (string | number)[], names: string) => {
    if (all.length === 0) return [];
    const more = all.length > toldRows ? ', ...' : '';
    const shown = all.slice(0, toldRows).join(', ');
    const count = `${all.length} hidden ${what}${all.length === 1 ? ' is' : 's are'}`;
    return [`${count} read like the others (${names} ${shown}${more})`];
  };
  return [...told('row', lines, lines.length === 1 ? 'line' : 'lines'), ...told('column', letters, 'at')];
}

/**
 * The files of the archive that its reader needs, each checked: the reader itself looks at no sums.
 * @throws {ArchiveFault} in words
 */
function checkedFiles(bytes: Uint8Array): Record<string, Uint8Array> {
  const files = filesIn(bytes, (name) => /\.(?:xml|rels)$/i.test(name), most);
  for (const [name, data] of Object.entries(files)) {
    if (longestBetween(data) > mostBetween)
      throw new ArchiveFault(`more than ${mostBetween} characters without a tag in '${name}'`);
    checkPlaces(data);
  }
  return files;
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
