import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escaped, unescaped } from '../../../models/table/formula-cell.js';
import { readTable } from '../../../models/table/read-table.js';
import { writeTable } from '../../../models/table/write-table.js';

describe('writeTable', () => {
  it('escapes what a spreadsheet would run, and no number', () => {
    const cells = ['=1+1', '+cmd', '-OMe', '@x', "'=x", '-1.5', -2, "'quoted'"];
    const written = writeTable(
      cells.map((_, i) => `c${i}`),
      [cells],
      { delimiter: ',', decimal: 'point' },
    );
    expect(written.split('\n')[1]).toBe("'=1+1,'+cmd,'-OMe,'@x,''=x,-1.5,-2,'quoted'");
    const raw = writeTable(
      cells.map((_, i) => `c${i}`),
      [cells],
      { delimiter: ',', decimal: 'point', raw: true },
    );
    expect(raw.split('\n')[1]).toBe("=1+1,+cmd,-OMe,@x,'=x,-1.5,-2,'quoted'");
  });

  it('is undone by reading', () => {
    const sign = fc.constantFrom("'", '=', '+', '-', '@', 'a', '1', ' ', ',', ';');
    fc.assert(
      fc.property(fc.string({ unit: sign, maxLength: 8 }), (text) => {
        expect(unescaped(escaped(text))).toBe(text);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('writes what readTable reads, cell for cell, in every dialect', async () => {
    const sign = fc.constantFrom(...`'=+-@a1,;\t|"\n ßñ`.split(''));
    const text = fc.string({ unit: sign, minLength: 1, maxLength: 6 }).map((cell) => `x${cell}x`);
    const cell = fc.oneof(
      text,
      text.map((one) => `=${one}`),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(1.234),
    );
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
    const dialect = fc.constantFrom(
      ...([',', ';', '\t', '|'] as const).map((delimiter) => ({ delimiter, decimal: 'point' as const })),
      { delimiter: ';' as const, decimal: 'comma' as const },
    );
    await fc.assert(
      fc.asyncProperty(rows, dialect, async (data, how) => {
        const columns = ['id', 'Größe; in m', 'y'];
        const table = await readTable(new TextEncoder().encode(writeTable(columns, data, how)), { known: columns });
        if (!('columns' in table)) throw new Error(JSON.stringify(table));
        expect(table.columns).toEqual(columns);
        for (const [place, column] of columns.entries()) {
          const cells = table.cells(column);
          data.forEach((row, i) => {
            const own = row[place]!;
            if (typeof own === 'string') expect(cells[i]).toBe(own);
            else if (table.dialect.decimal === how.decimal)
              expect(Number(table.plainNumber(cells[i]!)) + 0).toBe(own + 0);
          });
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });
});
