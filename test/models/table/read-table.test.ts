import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../models/domain/fault.js';
import { readTable } from '../../../models/table/read-table.js';
import type { Table } from '../../../models/table/table.js';

const read = (text: string | Uint8Array) => readTable(typeof text === 'string' ? new TextEncoder().encode(text) : text);
const tableOf = async (text: string) => {
  const table = await read(text);
  if (!('columns' in table)) throw new Error(JSON.stringify(table));
  return table;
};
const faultsOf = async (text: string | Uint8Array) => {
  const found = await read(text);
  return 'columns' in found
    ? []
    : (found as readonly Fault[]).map(({ line, path, message }) => `${line ?? '-'} ${path}: ${message}`);
};
const rowsOf = (table: Table) => [
  table.columns,
  ...Array.from({ length: table.length }, (_, row) => table.columns.map((_, place) => table.cellsAt(place)[row])),
];

describe('readTable', () => {
  it('trims header and cells, and leaves aside empty rows and margins', async () => {
    const text = '\n id , x\u00A0,,\n a ,DMF ,,\n\n,,,\n\u200Bb, "DMF",,\n';
    const table = await tableOf(text.replace(', "DMF"', ',"DMF "'));
    expect(rowsOf(table)).toEqual([
      ['id', 'x'],
      ['a', 'DMF'],
      ['b', 'DMF'],
    ]);
    expect([0, 1].map((row) => table.lineOf(row))).toEqual([3, 6]);
  });

  it.each(['\n', '\r\n', '\r'])('takes line ends %j, also mixed with others, and lines within cells', async (end) => {
    const table = await tableOf(['a,b', '1,"two\r\nlines"', '2,x'].join(end));
    expect(rowsOf(table)).toEqual([
      ['a', 'b'],
      ['1', 'two\nlines'],
      ['2', 'x'],
    ]);
    expect(table.lineOf(1)).toBe(4);
    expect(rowsOf(await tableOf('a,b\r\n1,2\n3,4\r5,6'))).toHaveLength(4);
  });

  it('decides one sign between cells, whatever single rows look like', async () => {
    const table = await tableOf('id;name;y\n1;ethanol;41\n2;1,1,1-x;91\n3;2,2,2-y,z;7\n');
    expect(table.cells('y')).toEqual(['41', '91', '7']);
    expect(table.cell(1, 'name')).toBe('1,1,1-x');
    expect(table.dialect.delimiter).toBe(';');
  });

  it('reads decimal commas where they are beyond doubt, and says so', async () => {
    const sure = await tableOf('a;b;n\n1,5;1.234,5;2,6-x\n2,125;3;y\n');
    expect(sure.dialect.decimal).toBe('comma');
    expect(sure.numericCells('a')).toEqual(['1.5', '2.125']);
    expect(sure.numericCells('b')[0]).toBe('1.234,5');
    expect(sure.cells('a')).toEqual(['1,5', '2,125']);
    expect(sure.plainNumber('Fe:0,2 Ni:0,8')).toBe('Fe:0.2 Ni:0.8');
    expect(sure.notes).toEqual(['decimal commas are read as decimal points, as in line 2: 1,5']);
    for (const doubtful of ['a;b\n1,234;5\n', 'a;b\n1,5;2.5\n', 'a,b\n"1,5",2\n'])
      expect((await tableOf(doubtful)).dialect.decimal).toBe('point');
  });

  it('says what is wrong, where, all at once', async () => {
    expect(await faultsOf('a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n')).toEqual([
      '2 : 2 cells, but the header has 3',
      '3 : 4 cells, but the header has 3',
    ]);
    expect(await faultsOf('a, x,x \n1,2,3\n')).toEqual(["1 x: columns 2 and 3 are both named 'x'"]);
    expect(await faultsOf('a,b\n1,2\n"3,4\n5,6\n')).toEqual([
      '3 : a quotation mark is opened and never closed',
      '3 : 1 cell, but the header has 2',
    ]);
    expect(await faultsOf('a,b\n1,"x"y"\n')).toContain('2 : a quotation mark stands within a quoted cell');
  });

  it('bounds columns, cells and rows, by line, without taking long', async () => {
    expect(await faultsOf(`${'a,'.repeat(300_000)}a\n`)).toEqual(['1 : 300001 cells']);
    expect(await faultsOf(`a,b\n1,${'x'.repeat(5_000_000)}\n`)).toEqual([
      `2 b: 5000000 characters in one cell (${'x'.repeat(20)}...)`,
    ]);
    expect((await faultsOf(`a,b\n1,"${'x\n'.repeat(20_000_000)}`))[0]).toMatch(
      /^2 : a row of more than \d+ characters/,
    );
    expect(await faultsOf(`a,b\n${'1\n'.repeat(100_000)}`)).toHaveLength(20);
  });

  it.each([
    ['%PDF-1.7', 'a PDF document'],
    ['\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1', 'old Excel workbook'],
    ['PK\u0003\u0004 mimetypeapplication/vnd.oasis.opendocument.spreadsheet', 'OpenDocument'],
    ['PK\u0003\u0004 Index/Document.iwa', 'Numbers'],
    ['PK\u0003\u0004 other', 'zip archive'],
    ['<html><table><tr><td>a', 'HTML'],
    ['PK\u0003\u0004 xl/workbook.xml', 'not readable as an Excel workbook'],
  ])('knows %j by its bytes', async (start, what) => {
    const [message, ...more] = await faultsOf(Uint8Array.from(start, (sign) => sign.charCodeAt(0)));
    expect(message).toContain(what);
    expect(more).toEqual([]);
  });

  it('reads the same in parts as at once, whatever is in the cells', async () => {
    const cell = fc.constantFrom('', 'a', 'a, b', 'two\nlines', 'say "so"', 'é'.repeat(40), '-1.5');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }), async (some) => {
        const rows = Array.from({ length: 100 }, () => some).flat();
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = rows.map((row, i) => [`r${i}`, ...row].map(quoted).join());
        const table = await tableOf(`id,x,y\n${lines.join('\n')}\n${'pad,,\n'.repeat(15_000)}`);
        expect(table.cells('x').slice(0, rows.length)).toEqual(rows.map(([x]) => x));
        expect(table.cells('y').slice(0, rows.length)).toEqual(rows.map(([, y]) => y));
        expect(table.cell(rows.length - 1, 'id')).toBe(`r${rows.length - 1}`);
      }),
      { seed: 3, numRuns: 20 },
    );
  });
});
