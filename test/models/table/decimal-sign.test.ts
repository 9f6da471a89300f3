import { describe, expect, it } from 'vitest';
import { numberIn } from '../../../models/domain/parameters/numbers.js';
import { readTable } from '../../../models/table/read-table.js';

const read = async (text: string) => {
  const table = await readTable(new TextEncoder().encode(text));
  if (!('columns' in table)) throw new Error(JSON.stringify(table));
  return table;
};
const numbers = async (text: string, column: string) => (await read(text)).numericCells(column).map(numberIn);

describe('the decimal sign of a file', () => {
  it('is the comma where commas prevail in a column that has both, and what has a point is then no number', async () => {
    const text = 'a;b\n53,7;1,5\n40,1;12.5\n1,25;3,5\n';
    expect((await read(text)).dialect.decimal).toBe('comma');
    expect(await numbers(text, 'a')).toEqual([53.7, 40.1, 1.25]);
    expect(await numbers(text, 'b')).toEqual([1.5, expect.stringContaining('12.5'), 3.5]);
  });

  it('is the point where points prevail, or as many have either, and what has a comma is no number', async () => {
    const text = 'a;b\n5.5;1.5\n4.5;1,5\n';
    expect((await read(text)).dialect.decimal).toBe('point');
    expect(await numbers(text, 'b')).toEqual([1.5, expect.stringContaining('1,5')]);
    expect((await read('a\n1,5\n1.5\n')).dialect.decimal).toBe('point');
  });

  it('is known by columns that have one of them, if clearly more have it', async () => {
    const rows = Array.from({ length: 6 }, (_, row) => `${row},5;${row === 3 ? '2.5' : row}`).join('\n');
    expect(await numbers(`a;b\n${rows}\n`, 'b')).toEqual([0, 1, 2, expect.stringContaining('2.5'), 4, 5]);
    // Locants and the like are no numbers.
    const locants = 'at;b\n2,6;1.5\n2,4;2.5\n';
    expect(await numbers(locants, 'b')).toEqual([1.5, 2.5]);
    expect((await read(locants)).cells('at')).toEqual(['2,6', '2,4']);
  });
});
