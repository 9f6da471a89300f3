import type { Fault } from '../domain/fault.js';

const asCsv = "save it as CSV: 'Save As' in Excel and LibreOffice, 'Export To' in Numbers";

/** Kinds of file that people take for a table, by their first bytes. */
const others: readonly (readonly [signature: string, what: string])[] = [
  ['\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1', 'an old Excel workbook (.xls) or one with a password'],
  ['\u001F\u008B', 'compressed with gzip'],
  ['%PDF', 'a PDF document'],
  ['PAR1', 'a Parquet file'],
  ['SQLite format 3', 'an SQLite database'],
  ['{\\rtf', 'an RTF document'],
  ['\u0089HDF', 'an HDF5 file'],
  ['\u0089PNG', 'a picture'],
  ['7z\u00BC\u00AF', 'a 7z archive'],
];

/**
 * What the bytes of a file are, whatever its name: a workbook of Excel, text, or something that is no table, as a fault
 * that says what it is and how to make a table of it.
 */
export function kindOf(bytes: Uint8Array): 'text' | 'xlsx' | Fault {
  const start = latin1(bytes.subarray(0, 16));
  if (start.startsWith('PK\u0003\u0004')) return zipped(bytes);
  const known = others.find(([signature]) => start.startsWith(signature));
  if (known !== undefined) return no(known[1]);
  const words = latin1(bytes.subarray(0, 512))
    .replace(/^\u00EF\u00BB\u00BF/, '')
    .trimStart()
    .toLowerCase();
  if (/^<(?:!doctype|html|table|\?xml|meta)/.test(words)) return no('a page in HTML or XML, whatever its name');
  return 'text';
}

/** Names of files in an archive stand as they are in it. */
function zipped(bytes: Uint8Array): 'xlsx' | Fault {
  const start = latin1(bytes.subarray(0, 1 << 16));
  const all = `${start}${latin1(bytes.subarray(-(1 << 16)))}`;
  if (start.includes('opendocument.spreadsheet')) return no('an OpenDocument spreadsheet (.ods)');
  if (all.includes('.iwa')) return no('a Numbers document');
  if (all.includes('xl/workbook.bin')) return no('a binary Excel workbook (.xlsb)');
  if (all.includes('xl/workbook.xml') || all.includes('xl/worksheets/')) return 'xlsx';
  return no('a zip archive');
}

function no(what: string): Fault {
  return { path: '', message: `${what}, no table`, remedy: asCsv };
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}
