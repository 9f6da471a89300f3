import { Find } from './find.js';
import { type OwnDialect, ownCells, ownNumber } from './own-reader.js';

/** What a reader of our own sees in a table. */
export interface Seen {
  readonly rows: readonly (readonly string[])[];
  readonly decimal: string;
  /** A cell of a row by the name of its column; empty where there is none. */
  cell(row: readonly string[], column: string | undefined): string;
}

/** What is seen in the bytes of a file; null where that cannot be told. */
export function seenIn(bytes: Uint8Array, dialect: OwnDialect): Seen | null {
  if (dialect.encoding === 'xlsx') return null;
  const [header, ...rows] = ownCells(bytes, dialect) ?? [];
  if (header === undefined) return null;
  return {
    rows,
    decimal: dialect.decimal,
    cell: (row, column) => (column === undefined ? '' : (row[header.indexOf(column)] ?? '')),
  };
}

/** @throws {Find} unless a number that was read, or its absence, is what its cell says */
export function numberOf(cell: string, { decimal }: Seen, found: number | undefined, what: string): void {
  const wanted = cell === '' ? undefined : ownNumber(cell, decimal);
  if (!Object.is(wanted, found)) throw new Find(`another ${what} than its cell has`, `'${cell}' read as ${found}`);
}

/** @throws {Find} unless a value of a design is what its cell says: numbers to the digits that are written */
export function designAgrees(cell: string, { decimal }: Seen, found: number | string | undefined, name: string): void {
  const seen = ownNumber(cell, decimal);
  const fail = () => {
    throw new Find(`another value of ${name} than its cell has`, `'${cell}' read as ${JSON.stringify(found)}`);
  };
  if (found === undefined || found === cell) return;
  if (seen === null) fail();
  const digits = /[.,](\d*)/.exec(cell)?.[1]?.length ?? 0;
  const power = Number(/e([+-]?\d+)$/i.exec(cell)?.[1] ?? 0);
  if (Math.abs(Number(found) - seen!) > 0.5 * 10 ** (power - digits) * (1 + 1e-9)) fail();
  if (typeof found === 'number' && digits === 0 && power === 0 && Number.isInteger(found) && found !== seen) fail();
}
