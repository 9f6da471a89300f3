/**
 * A reader of tables that shares nothing with the product's: what it sees in a cell is what the product has to see.
 * It is told the dialect, since to find that out is the product's own business, and takes no broken table.
 */
export interface OwnDialect {
  readonly encoding: string;
  readonly delimiter: string;
  readonly decimal: string;
}

/** Cells by row, the header first, and rows without anything left out; null where the text is no regular table. */
export function ownCells(bytes: Uint8Array, dialect: OwnDialect): string[][] | null {
  // DOS put a sign of its own at the end of a text.
  const whole = decoded(bytes, dialect.encoding);
  const text = whole.endsWith('\u001A') ? whole.slice(0, -1) : whole;
  const rows = quotedRows(sameLooking(text), dialect.delimiter);
  if (rows === null) return null;
  const trimmed = rows.map((row) => row.map((cell) => withoutApostrophe(cell.trim())));
  const filled = trimmed.filter((row) => row.some((cell) => cell !== ''));
  return /^"?sep=.?"?$/i.test(rows[0]?.join(dialect.delimiter).trim() ?? '') ? filled.slice(1) : filled;
}

function decoded(bytes: Uint8Array, encoding: string): string {
  if (encoding === 'Mac Roman') return new TextDecoder('macintosh').decode(bytes);
  if (encoding !== 'UTF-16') return new TextDecoder(encoding).decode(bytes);
  const big = (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes[0] === 0;
  return new TextDecoder(big ? 'utf-16be' : 'utf-16le').decode(bytes);
}

/** One way to write what looks the same. */
function sameLooking(text: string): string {
  const lines = text.split('\r\n').join('\n').split('\r').join('\n');
  const spaces = lines.replace(/\u00A0|[\u2000-\u200A]|\u202F|\u205F|\u3000/g, ' ');
  return spaces.replace(/\u00AD|\u200B|\u200E|\u200F|\u2060|\uFEFF/g, '').normalize('NFC');
}

/** RFC 4180, letter by letter; null where quotation marks are not as it wants them. */
function quotedRows(text: string, delimiter: string): string[][] | null {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  let closed = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else {
        quoted = false;
        closed = true;
      }
    } else if (sign === delimiter || sign === '\n') {
      row.push(cell);
      [cell, closed] = ['', false];
      if (sign === '\n') {
        rows.push(row);
        row = [];
      }
    } else if (sign === '"') {
      if (cell !== '' || closed) return null;
      quoted = true;
    } else if (closed) return null;
    else cell += sign;
  }
  if (quoted) return null;
  return [...rows, [...row, cell]];
}

/** A cell as a spreadsheet shows it: an apostrophe before a formula is not part of it. */
function withoutApostrophe(cell: string): string {
  return /^'+[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]/.test(cell) ? cell.slice(1) : cell;
}

/** The number that a person sees in a cell; null where it is none, or could be another. */
export function ownNumber(cell: string, decimal: string): number | null {
  const point = decimal === 'comma' ? cell.replace(',', '.') : cell;
  const plain = point.replace('\u2212', '-');
  if (!/^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(plain)) return null;
  return Number.parseFloat(plain) + 0;
}
