import { unzipSync } from 'fflate';
import readWorkbook from 'read-excel-file/universal';
import type { Fault } from '../domain/fault.js';
import { TableBuilder } from './builder.js';
import { composed, unreadableSign } from './decode.js';
import type { Table } from './table.js';

/** Bytes of a workbook's sheets at most, unpacked. */
const mostBytes = 1 << 27;
/** Files in a workbook at most. */
const mostFiles = 2000;

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
    const size = unpackedSize(bytes);
    if (size.bytes > mostBytes || size.files > mostFiles)
      return no(`a workbook of ${size.bytes} bytes in ${size.files} files`, `at most ${mostBytes}: save it as CSV`);
    const own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
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
    return no(`not readable as an Excel workbook: ${(cause as Error).message}`);
  }
}

/** What the archive says of itself, before anything of it is unpacked. */
function unpackedSize(bytes: Uint8Array): { bytes: number; files: number } {
  const size = { bytes: 0, files: 0 };
  unzipSync(bytes, {
    filter: ({ originalSize }) => {
      size.bytes += originalSize;
      size.files += 1;
      return false;
    },
  });
  return size;
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00\.000Z$/, '');
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  return composed(String(cell));
}
