import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTableFile } from '../../../lab-adapters/table-file.js';
import { InvalidInputError } from '../../../models/domain/errors.js';
import type { Table } from '../../../models/table/table.js';
import { openLongTable } from '../../../scripts/predict/long-table.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-long-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = { known: ['x', 'note'], texts: [], pieceBytes: 200 };

async function written(name: string, text: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function rowsIn(file: string, rows: number): Promise<{ rows: string[][]; sizes: number[] }> {
  const table = await openLongTable(file, options);
  const [all, sizes]: [string[][], number[]] = [[], []];
  for await (const part of table.parts(rows)) {
    sizes.push(part.length);
    all.push(...rowsOf(part));
  }
  expect(all).toHaveLength(table.length);
  return { rows: all, sizes };
}

/** Line and cells of each row. */
function rowsOf(table: Table): string[][] {
  const columns = table.columns.map((_, place) => table.cellsAt(place));
  return Array.from({ length: table.length }, (_, row) => [
    String(table.lineOf(row)),
    ...columns.map((column) => column[row]!),
  ]);
}

const line = (i: number) => (i % 7 === 3 ? `${i / 8},"a, b\nc ""${i}"" d"` : i % 11 === 5 ? '' : `${i / 8},n ${i} µ`);
const lines = (count: number) => Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('a table in pieces', () => {
  it.each([
    ['plain', `x,note\n${lines(200)}\n`],
    ['with a mark, ends of lines of Windows and no last one', `\uFEFFx,note\r\n${lines(200).replaceAll('\n', '\r\n')}`],
    ['with empty lines first and a header of two lines', `\n\nx,"note"\n\n${lines(200)}\n`],
    ['with a quotation mark within a cell', `x,note\n${lines(60)}\n7,5" pipe\n${lines(60)}\n8,6" pipe\n${lines(60)}\n`],
    ['with decimal commas at its end alone', `x;note\n${'1;a\n'.repeat(200)}0,5;b\n`],
    ['in another encoding', new Uint8Array(Buffer.from(`\uFEFFx,note\n${lines(100)}\n`, 'utf16le'))],
    ['short', 'x,note\n1,a\n'],
    ['empty below its header', 'x,note\n'],
  ])('is the same as the whole, line by line: %s', async (name, text) => {
    const file = await written(`${name.slice(0, 12)}.csv`, text);
    const whole = await readTableFile(file, { known: options.known });
    if (!('columns' in whole)) throw new Error(JSON.stringify(whole));
    const expected = rowsOf(whole);
    for (const rows of [1, 7, 1000]) {
      const found = await rowsIn(file, rows);
      expect(found.rows).toEqual(expected);
      // A chunk of a table may end a part early where a piece does.
      expect(Math.max(0, ...found.sizes)).toBeLessThanOrEqual(Math.max(2 * rows, rows + 60));
    }
    expect((await openLongTable(file, options)).dialect).toEqual(whole.dialect);
  });

  it('is refused for faults anywhere, with their lines, before any row is given out', async () => {
    const faulty = await written('faulty.csv', `x,note\n${'1,a\n'.repeat(300)}1,2,3\n${'1,a\n'.repeat(300)}1\n`);
    const error = (await openLongTable(faulty, options).catch((one: unknown) => one)) as InvalidInputError;
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error.faults.map((fault) => fault.line)).toEqual([302, 603]);
    const open = await written('open.csv', `x,note\n${'1,a\n'.repeat(300)}1,"a\n${'1,a\n'.repeat(300)}`);
    await expect(openLongTable(open, options)).rejects.toThrow(/a quotation mark is opened and never closed/);
    const lost = await written('lost.csv', `x,note\n${'1,a\n'.repeat(300)}1,\uFFFD\n`);
    await expect(openLongTable(lost, options)).rejects.toThrow(/line 302: U\+FFFD/);
    await expect(openLongTable(join(folder, 'nowhere.csv'), options)).rejects.toThrow(/there is no such file/);
    await expect(openLongTable(folder, options)).rejects.toThrow(/a folder/);
  });

  it('is refused where it has changed meanwhile', async () => {
    const file = await written('changing.csv', `x,note\n${'1,a\n'.repeat(300)}`);
    const table = await openLongTable(file, options);
    await writeFile(file, `x,note\n${'1,a,\n'.repeat(300)}`);
    await expect(
      (async () => {
        for await (const _ of table.parts(50));
      })(),
    ).rejects.toThrow(/has changed while it was read/);
  });
});
