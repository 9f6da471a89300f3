import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CellValue, writeTable } from '../../models/table/write-table.js';
import { codeOf } from '../internal/files.js';

/** Text of a request. */
export function requestText(content: unknown, format: 'json' | 'csv'): string {
  if (format === 'json') return `${JSON.stringify(content, null, 2)}\n`;
  const rows = (Array.isArray(content) ? content : [content]) as Readonly<Record<string, unknown>>[];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: unknown) => (typeof value === 'boolean' ? String(value) : (value as CellValue));
  const cells = rows.map((row) => columns.map((column) => cell(row[column])));
  return writeTable(columns, cells, { delimiter: ',', decimal: 'point', raw: true });
}

/** Whether a request can be a table, or what is wrong with it. */
export function tableFault(content: unknown): string | null {
  const rows = Array.isArray(content) ? (content as unknown[]) : [content];
  const isRow = (row: unknown) =>
    typeof row === 'object' &&
    row !== null &&
    !Array.isArray(row) &&
    Object.values(row).every((cell) => typeof cell !== 'object' || cell === null);
  return rows.length > 0 && rows.every(isRow)
    ? null
    : 'a row of a table is an object whose values are no lists or objects';
}

/**
 * Puts a file into a folder that somebody watches: complete from the moment that it has its name, readable for others, and never
 * in the place of another.
 * @returns `written`, `same` where this text stands there already, `other` where something else does
 */
export async function placeWhole(path: string, text: string): Promise<'written' | 'same' | 'other'> {
  const part = join(dirname(path), `.${process.pid}-${process.hrtime.bigint()}.part`);
  try {
    const file = await open(part, 'wx', 0o666);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(part, path).catch(async (error: unknown) => {
      // Shares of other systems know no links; nobody else writes this name.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
      if (
        await readFile(path).then(
          () => true,
          () => false,
        )
      )
        throw Object.assign(new Error('exists'), { code: 'EEXIST' });
      await rename(part, path);
    });
    return 'written';
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return (await readFile(path, 'utf8').catch(() => null)) === text ? 'same' : 'other';
  } finally {
    await rm(part, { force: true });
  }
}
