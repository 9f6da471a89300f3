import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { Fault } from '../models/domain/fault.js';
import { type ReadTableOptions, readTable } from '../models/table/read-table.js';
import type { Table } from '../models/table/table.js';

/** Bytes of a table's file at most: what a text may hold in this language. */
const mostBytes = 500_000_000;

/**
 * Reads a table from a file, CSV or .xlsx, by the rules that hold for all tables (`models/table`).
 *
 * @returns the table, or everything that is wrong, by line and column
 */
export async function readTableFile(
  file: string,
  options: Omit<ReadTableOptions, 'turn'> = {},
): Promise<Table | readonly Fault[]> {
  const bytes = await readRegularFile(file, mostBytes);
  return bytes instanceof Uint8Array ? readTable(bytes, { ...options, turn: () => turn() }) : [bytes];
}

/** The bytes of a regular file of bounded size, or why there are none; a pipe or a device is not waited for. */
export async function readRegularFile(file: string, most: number): Promise<Uint8Array | Fault> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    return unread(cause as NodeJS.ErrnoException);
  }
  try {
    const kind = await handle.stat();
    if (!kind.isFile()) return no(kind.isDirectory() ? 'a folder' : 'a pipe or a device', 'give a file');
    if (kind.size > most) return no(`${kind.size} bytes long`, `at most ${most} bytes`);
    return await handle.readFile();
  } catch (cause) {
    return unread(cause as NodeJS.ErrnoException);
  } finally {
    await handle.close();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'a folder',
  ENXIO: 'a pipe or a device',
};

function unread({ code, message }: NodeJS.ErrnoException): Fault {
  return no(`cannot be read: ${reasons[code ?? ''] ?? message}`, 'give a file with a table');
}

function no(message: string, remedy: string): Fault {
  return { path: '', message, remedy };
}
