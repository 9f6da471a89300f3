import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SealedTable } from '../../lab-adapters/dataset/table.js';
import { Generator } from '../../models/random/generator.js';
import { busyTurns, countsThreads } from '../support/busy-watch.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const columns = ['id', 'x', 'note', 'y'];

/** Rows whose notes hold everything that separates rows and cells elsewhere. */
function someRows(n: number): string[][] {
  const random = new Generator(1, 'rows');
  const notes = ['plain', 'a, b', 'say "so"', 'two\nlines', '', '\r\n'];
  return Array.from({ length: n }, (_, i) => {
    const note = notes[Math.floor(random.uniform() * notes.length)]!;
    return [`row-${i}`, String(random.uniform()), note, String(i / 7)];
  });
}

describe('a large table', () => {
  it.each(['\n', '\r\n'])('gives every row as it stands, however rows end (%j)', async (newline) => {
    const rows = someRows(4321);
    const file = join(folder, 'rows.csv');
    // A blank line in between and none at the end.
    const text = Papa.unparse([columns, ...rows.slice(0, 999), [''], ...rows.slice(999)], { newline });
    await writeFile(file, text);
    const table = await SealedTable.open({ file, id: 'id', design: { x: 'x' } });
    for (const [i, [id, x, note, y]] of rows.entries()) {
      expect(table.rowOf(id!)).toBe(i);
      expect(await table.rowsWith({ design: { x: Number(x) }, substances: {} })).toEqual([i]);
      expect(table.cells(i, ['note', 'y'])).toEqual([note!.trim(), y]);
    }
    expect(table.rowOf('row-4321')).toBeNull();
  });

  it('names the row that comes twice, wherever it stands', async () => {
    const rows = someRows(2500);
    const file = join(folder, 'twice.csv');
    await writeFile(file, Papa.unparse([columns, ...rows, rows[1]!]));
    await expect(SealedTable.open({ file, id: 'id', design: {} })).rejects.toThrow(/two rows are named 'row-1'/);
  });

  it.runIf(countsThreads)('does not hold the event loop up while it is opened', async () => {
    const file = join(folder, 'large.csv');
    await writeFile(file, Papa.unparse([columns, ...someRows(50_000)]));
    const { longestMs } = await busyTurns(() => SealedTable.open({ file, id: 'id', design: { x: 'x' } }));
    expect(longestMs).toBeLessThan(50);
  });
});
