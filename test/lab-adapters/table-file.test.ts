import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTableFile } from '../../lab-adapters/table-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-table-file-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a file that is no table', () => {
  it.each([
    ['a folder', '.', 'a folder'],
    ['a device', '/dev/zero', 'a pipe or a device'],
    ['a file that is not there', 'absent.csv', 'there is no such file'],
  ])('%s is refused in words', async (_, file, words) => {
    const found = await readTableFile(file.startsWith('/') ? file : join(folder, file));
    expect(found).toMatchObject([{ message: expect.stringContaining(words) }]);
  });

  it('a pipe is not waited for', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await readTableFile(pipe)).toMatchObject([{ message: 'a pipe or a device' }]);
  });

  it('one that is too large is not read', async () => {
    const large = join(folder, 'large.csv');
    await writeFile(large, 'a,b\n');
    await truncate(large, 600_000_000);
    expect(await readTableFile(large)).toMatchObject([{ message: '600000000 bytes long' }]);
  });

  it('one of many rows is read with its lines', async () => {
    const file = join(folder, 'rows.csv');
    await writeFile(file, `a;b\n${Array.from({ length: 50_000 }, (_, i) => `${i};x, y`).join('\n')}`);
    const table = await readTableFile(file);
    if (!('columns' in table)) throw new Error(JSON.stringify(table));
    expect([table.length, table.cell(49_999, 'a'), table.cell(123, 'b'), table.lineOf(49_999)]).toEqual([
      50_000,
      '49999',
      'x, y',
      50_001,
    ]);
  });
});
