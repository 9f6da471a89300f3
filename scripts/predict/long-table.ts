import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { readTableFile } from '../../lab-adapters/table-file.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { readTable } from '../../models/table/read-table.js';
import type { Dialect, Table } from '../../models/table/table.js';

/** Bytes of a piece; a table of less than two is read as a whole. */
const usualPiece = 4 * 2 ** 20;

/** Pieces without an end of a row after which they are given up. */
const mostPieces = 8;

/** A table of any length, read part by part. */
export interface LongTable {
  readonly columns: readonly string[];
  readonly dialect: Dialect;
  readonly notes: readonly string[];
  /** Rows below the header. */
  readonly length: number;
  /** The rows in order, so many at a time or a few more. */
  parts(rows: number): AsyncIterable<Table>;
}

/** By what a table is read. */
export interface LongTableOptions {
  readonly known: Iterable<string>;
  readonly texts: Iterable<string>;
  /** Bytes of a piece; 4 MiB where absent. */
  readonly pieceBytes?: number;
}

/**
 * Opens a table by the rules for all tables (`models/table`), with every fault of its rows looked for before any is given out.
 * A long text in UTF-8 with decimal points is then read in pieces, so that memory does not grow with it; any other table is held as
 * a whole, as what it holds further down may decide how its beginning is to be read.
 *
 * @throws {InvalidInputError} with every fault
 */
export async function openLongTable(file: string, options: LongTableOptions): Promise<LongTable> {
  return (await inPieces(file, options)) ?? asWhole(file, options);
}

async function asWhole(file: string, { known, texts }: LongTableOptions): Promise<LongTable> {
  const rowFaults: Fault[] = [];
  const table = await readTableFile(file, { known, texts, rowFaults });
  if (!('columns' in table)) throw new InvalidInputError(file, [...table, ...rowFaults]);
  if (rowFaults.length > 0) throw new InvalidInputError(file, rowFaults);
  const { columns, dialect, notes, length } = table;
  return {
    ...{ columns, dialect, notes, length },
    async *parts(rows) {
      yield* table.parts(rows);
    },
  };
}

/** Bytes of a file that are whole rows, with the line of the first. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly line: number;
}

/** The table in pieces; null where it is short, or is to be read as a whole, be it to say what is wrong. */
async function inPieces(file: string, options: LongTableOptions): Promise<LongTable | null> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return null;
  const { known, texts, pieceBytes = usualPiece } = options;
  const names = { known: [...known], texts: [...texts] };
  let first: Table | null = null;
  let header: Buffer = Buffer.alloc(0);
  const pieces: Piece[] = [];
  let length = 0;
  const found = await handle.stat();
  try {
    if (!found.isFile() || found.size < 2 * pieceBytes) return null;
    for await (const { bytes, ...piece } of rowsOf(handle, pieceBytes)) {
      if (bytes === null || !isPlainText(bytes)) return null;
      const rowFaults: Fault[] = [];
      const table = await readTable(pieces.length === 0 ? bytes : Buffer.concat([header, bytes]), {
        ...names,
        rowFaults,
      });
      if (!('columns' in table) || rowFaults.length > 0 || table.hasCommas || table.dialect.encoding !== 'UTF-8')
        return null;
      if (first === null) {
        if (table.length === 0) return null;
        header = bytes.subarray(0, startOfLine(bytes, table.lineOf(0)));
        const below = { from: header.length, to: piece.to, line: table.lineOf(0) };
        pieces.push(below);
        first = table;
      } else if (!isAlike(first, table)) return null;
      else pieces.push(piece);
      length += table.length;
      await turn();
    }
  } finally {
    await handle.close();
  }
  if (first === null) return null;
  const { columns, dialect, notes } = first;
  const headerLines = pieces[0]!.line - 1;
  const own = { columns, dialect };
  return {
    ...{ columns, dialect, notes, length },
    async *parts(rows) {
      const reading = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const now = await reading.stat();
        if (now.size !== found.size || now.mtimeMs !== found.mtimeMs) throw changed(file);
        for (const { from, to, line } of pieces) {
          const bytes = Buffer.alloc(to - from);
          await reading.read(bytes, 0, bytes.length, from);
          const table = await readTable(Buffer.concat([header, bytes]), names);
          if (!('columns' in table) || !isAlike(own, table)) throw changed(file);
          yield* table.below(line - 1 - headerLines).parts(rows);
        }
      } finally {
        await reading.close();
      }
    },
  };
}

/** The file as pieces that end with a row, as far as quotation marks tell; without bytes where there is no end of one. */
async function* rowsOf(
  handle: FileHandle,
  pieceBytes: number,
): AsyncIterable<Piece & { readonly bytes: Buffer | null }> {
  let rest: Buffer = Buffer.alloc(0);
  let [from, line] = [0, 1];
  for (;;) {
    const next = Buffer.alloc(pieceBytes);
    const { bytesRead } = await handle.read(next, 0, pieceBytes, from + rest.length);
    const bytes = Buffer.concat([rest, next.subarray(0, bytesRead)]);
    const end = bytesRead === 0 ? bytes.length : endOfRows(bytes);
    if (end === 0 && bytes.length > mostPieces * pieceBytes) yield { from, to: from, line, bytes: null };
    if (end > 0) {
      const whole = bytes.subarray(0, end);
      yield { from, to: from + end, line, bytes: whole };
      line += count(whole, newline);
      from += end;
    }
    if (bytesRead === 0) return;
    rest = Buffer.from(bytes.subarray(end));
  }
}

const [newline, quote] = [10, 34];

/** Where the last row ends after which no quotation mark is open; 0 where none does. */
function endOfRows(bytes: Buffer): number {
  let isOpen = count(bytes, quote) % 2 === 1;
  for (let at = bytes.length - 1; at >= 0; at--) {
    if (bytes[at] === quote) isOpen = !isOpen;
    else if (bytes[at] === newline && !isOpen) return at + 1;
  }
  return 0;
}

function count(bytes: Buffer, byte: number): number {
  let found = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found += 1;
  return found;
}

function startOfLine(bytes: Buffer, line: number): number {
  let at = 0;
  for (let passed = 1; passed < line; passed++) at = bytes.indexOf(newline, at) + 1;
  return at;
}

/** Whether bytes can be nothing but text in UTF-8. */
function isPlainText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function isAlike(one: Pick<Table, 'columns' | 'dialect'>, other: Table): boolean {
  return (
    other.dialect.delimiter === one.dialect.delimiter &&
    other.columns.length === one.columns.length &&
    other.columns.every((name, place) => name === one.columns[place])
  );
}

function changed(file: string): InvalidInputError {
  const remedy = 'leave it as it is while it is read';
  return new InvalidInputError(file, [{ path: '', message: 'the file has changed while it was read', remedy }]);
}
