import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTable, type Table } from '../../scripts/campaign-file/csv.js';

const rowsOf = (table: Table | string) => {
  if (typeof table === 'string') return table;
  return table.columns.map((column) => [column, ...table.cells(column)]);
};

describe('parseTable', () => {
  it('reads cells as they stand, by column', () => {
    const text = 'id,x, note\na,1.50,"with, comma"\n\nb, 2 ,"two\nlines"\n';
    const table = parseTable(text, 'pool.csv') as Table;
    expect(table.length).toBe(2);
    expect(rowsOf(table)).toEqual([
      ['id', 'a', 'b'],
      ['x', '1.50', ' 2 '],
      [' note', 'with, comma', 'two\nlines'],
    ]);
  });

  it('reads the same whatever it reads at a time', () => {
    const cell = fc.constantFrom('', 'a', 'longer text', '"quoted, text"', '"two\nlines"', '"a ""word"""', 'a\u0000b');
    const line = fc.tuple(cell, cell, cell).map((cells) => ['row', ...cells].join(','));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 30, max: 90 }), (lines, chunk) => {
        const text = ['id,x,y,z', ...lines].join('\n');
        expect(rowsOf(parseTable(text, 'f', chunk))).toEqual(rowsOf(parseTable(text, 'f')));
      }),
      { seed: 3 },
    );
  });

  it('says what is wrong, and where, in whatever part of the file', () => {
    const good = Array.from({ length: 40 }, (_, i) => `${i},1`).join('\n');
    for (const chunk of [20, 64, 1000]) {
      expect(parseTable(`a,b\n${good}\n7\n`, 'f.csv', chunk)).toMatch(/^f\.csv, row 41: Too few fields/);
      expect(parseTable(`a,b\n${good}\n1,2,3\n`, 'f.csv', chunk)).toMatch(/^f\.csv, row 41: Too many fields/);
      expect(parseTable(`a,b\n${good}\n"1,2\n`, 'f.csv', chunk)).toMatch(/^f\.csv, row \d+: Quoted field/);
    }
    expect(parseTable('a,b,a\n1,2,3\n', 'f.csv')).toBe("f.csv has the column 'a' twice");
  });

  it('has columns but no rows where there is a header only', () => {
    const table = parseTable('a,b\n', 'f.csv') as Table;
    expect([table.columns, table.length, table.cells('b')]).toEqual([['a', 'b'], 0, []]);
  });
});
