import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { numberIn, whyNoNumber } from '../../../models/domain/parameters/numbers.js';
import { unremarked } from '../../../models/domain/parameters/remark.js';
import { readTable } from '../../../models/table/read-table.js';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

interface Sheet {
  readonly name: string;
  readonly state?: string;
  /** Cells of each row, in XML; a row that begins with `!` is hidden. */
  readonly rows: readonly string[];
  readonly columns?: string;
}

/** A workbook of sheets; style n + 1 has the nth of the formats: its code, or its number where it has one of its own. */
function workbook(sheets: readonly Sheet[], formats: readonly (string | number)[] = [], more = ''): Uint8Array {
  const escaped = (code: string) => code.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const ids = formats.map((format, i) => (typeof format === 'number' ? format : 164 + i));
  const codes = formats.flatMap((format, i) =>
    typeof format === 'number' ? [] : [`<numFmt numFmtId="${164 + i}" formatCode="${escaped(format)}"/>`],
  );
  const styles = [0, ...ids].map((id) => `<xf numFmtId="${id}" xfId="0"/>`).join('');
  const list = sheets.map(
    ({ name, state }, i) =>
      `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"${state === undefined ? '' : ` state="${state}"`}/>`,
  );
  const relations = sheets.map(
    (_, i) => `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  );
  const files: Record<string, string> = {
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${list.join('')}</sheets>${more}</workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relations.join('')}<Relationship Id="s" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs>${styles}</cellXfs></styleSheet>`,
  };
  for (const [i, { rows, columns = '' }] of sheets.entries()) {
    const xml = rows.map((cells, r) =>
      cells.startsWith('!')
        ? `<row r="${r + 1}" hidden="1">${cells.slice(1)}</row>`
        : `<row r="${r + 1}">${cells}</row>`,
    );
    files[`xl/worksheets/sheet${i + 1}.xml`] =
      `<worksheet xmlns="${main}">${columns}<sheetData>${xml.join('')}</sheetData></worksheet>`;
  }
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, xml]) => [name, strToU8(xml)])));
}

const text = (place: string, value: string) => `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
const cell = (place: string, value: number | string, style = 0) => `<c r="${place}" s="${style}"><v>${value}</v></c>`;
const header = text('A1', 'id') + text('B1', 'y');

const tableOf = async (bytes: Uint8Array, known: readonly string[] = []) => {
  const table = await readTable(bytes, { known });
  if (!('columns' in table)) throw new Error(JSON.stringify(table));
  return table;
};
const faultsOf = async (bytes: Uint8Array, known: readonly string[] = []) => {
  const found = await readTable(bytes, { known });
  return 'columns' in found ? [] : found.map(({ line, message, remedy }) => `${line}: ${message} (${remedy})`);
};

describe('a cell of a workbook', () => {
  it('is a number only where that is what it shows', async () => {
    const formats = ['0.0%', '0.0,"k"', '0.0" mg"', '"$"#,##0.00', '[h]:mm', 9, 'yyyy-mm-dd', '0.00E+00'];
    const values = [0.985, 12_345, 4.5, 7.25, 0.5, 0.5, 46_082, 1e-7];
    const rows = [header, ...values.map((value, i) => text(`A${i + 2}`, `r${i}`) + cell(`B${i + 2}`, value, i + 1))];
    const cells = (await tableOf(workbook([{ name: 'a', rows }], formats))).cells('y');
    expect(cells.map((one) => unremarked(one))).toEqual([
      '98.5%',
      '12.3k',
      '4.5',
      '7.25',
      '12:00:00',
      '50%',
      '2026-03-01',
      '1e-7',
    ]);
    const refused = cells.filter((one) => typeof numberIn(one) === 'string');
    expect(refused).toHaveLength(5);
    for (const one of refused) expect(whyNoNumber(one)).toMatch(/a number/);
    expect(whyNoNumber(cells[1]!)).toContain('holds 12345; format the column as a number');
  });

  it('without a value says why: errors, and formulas that nothing was computed of', async () => {
    const rows = [
      header,
      `${text('A2', 'a')}<c r="B2"><f>C2*2</f></c>`,
      `${text('A3', 'b')}<c r="B3"><f>C3&lt;2</f><v></v></c>`,
      `${text('A4', 'c')}<c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c>`,
      `${text('A5', 'd')}<c r="B5"><f>1+1</f><v>2</v></c>`,
      `${text('A6', 'e')}<c r="B6" t="str"><f>""</f><v></v></c>`,
      `${text('A7', 'f')}<c r="B7" t="e"><v>#N/A</v></c>`,
    ];
    const cells = (await tableOf(workbook([{ name: 'a', rows }]))).cells('y');
    expect(cells.map((one) => unremarked(one))).toEqual(['=C2*2', '=C3<2', '#DIV/0!', '2', '', '#N/A']);
    expect(whyNoNumber(cells[0]!)).toMatch(
      /^a formula without a stored result: open the file in the spreadsheet program/,
    );
    expect(whyNoNumber(cells[2]!)).toContain('an error of a formula');
  });

  it('holds no result where a program wrote zeros for formulas, to be computed later', async () => {
    const rows = [header, `${text('A2', 'a')}<c r="B2"><f>C2*2</f><v>0</v></c>`, text('A3', 'b') + cell('B3', 0)];
    const written = workbook([{ name: 'a', rows }], [], '<calcPr calcId="124519" fullCalcOnLoad="1"/>');
    expect((await tableOf(written)).cells('y').map((one) => unremarked(one))).toEqual(['=C2*2', '0']);
    expect((await tableOf(workbook([{ name: 'a', rows }]))).cells('y')).toEqual(['0', '0']);
  });

  it('right of the columns with names is told by its name', async () => {
    const rows = [header, text('A2', 'a') + cell('B2', 1), text('A3', 'b') + cell('B3', 2) + text('J3', 'mind this')];
    const [fault, ...more] = await faultsOf(workbook([{ name: 'a', rows }]));
    expect(fault).toMatch(/^3: J3 holds 'mind this', right of the last column with a name \(B\) \(empty the cell/);
    expect(more).toEqual([]);
    const twice = [text('A1', 'x') + text('C1', 'x')];
    expect(await faultsOf(workbook([{ name: 'a', rows: twice }]))).toEqual([
      expect.stringContaining("columns A and C are both named 'x'"),
    ]);
  });
});

describe('a sheet of a workbook', () => {
  const own = { name: 'own', rows: [header, text('A2', 'a') + cell('B2', 1)] };
  const old = { name: 'old', rows: [text('A1', 'other'), text('A2', 'z')] };

  it('is the first that is shown', async () => {
    for (const state of ['hidden', 'veryHidden']) {
      const table = await tableOf(
        workbook([{ ...old, state }, { name: 'blank', rows: [] }, own, { ...old, name: 'c' }]),
      );
      expect(table.cells('id')).toEqual(['a']);
      expect(table.notes).toEqual(["of its sheets only 'own' is read, not 'old' (hidden), 'c'"]);
    }
    expect(await faultsOf(workbook([{ ...old, state: 'hidden' }]))).toEqual([
      expect.stringContaining("nothing in the sheets that are shown, but in 'old' (hidden)"),
    ]);
  });

  it('tells how many hidden rows and columns are read', async () => {
    const rows = [
      header + text('C1', 'z'),
      `!${text('A2', 'a')}${cell('B2', 1)}`,
      text('A3', 'b') + cell('B3', 2),
      `!${text('A4', 'c')}${cell('B4', 3)}`,
      '!',
    ];
    const columns = '<cols><col min="2" max="3" hidden="1"/><col min="5" max="9" hidden="1"/></cols>';
    const table = await tableOf(workbook([{ name: 'a', rows, columns }]));
    expect(table.cells('y')).toEqual(['1', '2', '3']);
    expect(table.notes).toEqual([
      '2 hidden rows are read like the others (lines 2, 4)',
      '2 hidden columns are read like the others (at B, C)',
    ]);
  });

  it('whose header stands below a title is told so, once', async () => {
    const rows = [text('A1', 'Run of March'), '', text('A3', 'id') + text('B3', 'y'), text('A4', 'a') + cell('B4', 1)];
    const faults = await faultsOf(workbook([{ name: 'a', rows }]), ['id', 'y', 'cost']);
    expect(faults).toEqual([expect.stringContaining("the header seems to be in line 3 (id, y), below 'Run of March'")]);
  });
});
