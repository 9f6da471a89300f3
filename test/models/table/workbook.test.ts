import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../models/table/read-table.js';
import { workbookTable } from '../../../models/table/workbook.js';

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const text = (place: string, value: string) =>
  `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${value}</t></is></c>`;
const number = (place: string, value: string) => `<c r="${place}"><v>${value}</v></c>`;

/** A workbook with the given rows of cells on its sheets. */
function workbook(...sheets: readonly (readonly string[])[]): Uint8Array {
  const names = sheets.map((_, i) => `sheet${i + 1}`);
  const relation = (i: number) =>
    `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`;
  const files: Record<string, string> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names.map((_, i) => relation(i)).join('')}</Relationships>`,
  };
  for (const [i, rows] of sheets.entries())
    files[`xl/worksheets/sheet${i + 1}.xml`] =
      `<worksheet xmlns="${main}"><sheetData>${rows.map((cells, r) => `<row r="${r + 1}">${cells}</row>`).join('')}</sheetData></worksheet>`;
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, xml]) => [name, strToU8(xml)])));
}

describe('workbookTable', () => {
  it('reads the first sheet with anything in it, and says which it leaves', async () => {
    const rows = [
      text('A1', ' id ') + text('B1', 'x'),
      text('A2', 'Kä\u00A0se ') + number('B2', '0.333333333333333'),
      '',
      text('A4', 'b') + number('B4', '1E3'),
    ];
    const table = await readTable(workbook([], rows, [text('A1', 'other')]));
    if (!('columns' in table)) throw new Error(JSON.stringify(table));
    expect(table.columns).toEqual(['id', 'x']);
    expect(table.cells('id')).toEqual(['Kä se', 'b']);
    expect(table.cells('x')).toEqual(['0.333333333333333', '1000']);
    expect(table.dialect.encoding).toBe('xlsx');
    expect(table.notes).toEqual(["of its sheets only 'sheet2' is read, not 'sheet3'"]);
  });

  it('refuses what cannot be read, and what would unpack to more than fits', async () => {
    const broken = workbook([text('A1', 'id')]).slice(0, 300);
    expect(await workbookTable(broken)).toMatchObject([{ message: expect.stringContaining('not readable') }]);
    const bomb = zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(200_000_000) }, { level: 1 });
    expect(await workbookTable(bomb)).toMatchObject([
      { message: expect.stringContaining('more than 16777216 bytes when unpacked') },
    ]);
    const blank = zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(4_000_000).fill(32) });
    expect(await workbookTable(blank)).toMatchObject([
      { message: expect.stringContaining('characters without a tag') },
    ]);
    const lost = await workbookTable(workbook([text('A1', 'id'), text('A2', 'K\uFFFDse')]));
    expect(lost).toMatchObject([{ line: 2, message: expect.stringContaining('U+FFFD') }]);
  });

  it('refuses one whose sheet was damaged, by its sum', async () => {
    const whole = workbook([text('A1', 'x') + text('B1', 'y'), number('A2', '1.5') + number('B2', '2.5')]);
    const stored = zipSync(unzipSync(whole), { level: 0 });
    expect(await workbookTable(stored)).toMatchObject({ length: 1 });
    const at = Buffer.from(stored).indexOf('<v>1.5');
    const flipped = stored.slice();
    flipped[at + 3] = '7'.charCodeAt(0);
    expect(await workbookTable(flipped)).toMatchObject([
      { message: expect.stringContaining("sheet1.xml' in it is damaged") },
    ]);
  });

  it.each([
    ['<row r="9999999999"><c r="A9"><v>1</v></c></row>', "at '9999999999'"],
    ['<row r="1e9"/>', "at '1e9'"],
    ['<row r="2"><c r="ZZZZ2"><v>1</v></c></row>', "at 'ZZZZ2'"],
    ['<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', 'row 1048576, column 16384'],
  ])('refuses cells so far away that filling up to them would take for ever: %s', async (row, words) => {
    const files = unzipSync(workbook([text('A1', 'x'), number('A2', '1.5')]));
    const sheet = strFromU8(files['xl/worksheets/sheet1.xml']!).replace('</sheetData>', `${row}</sheetData>`);
    const far = zipSync({ ...files, 'xl/worksheets/sheet1.xml': strToU8(sheet) });
    expect(await workbookTable(far)).toMatchObject([{ message: expect.stringContaining(words) }]);
  });

  it('says in words that its parts do not fit', async () => {
    const odd = zipSync({ 'xl/workbook.xml': strToU8('<workbook><sheets><sheet/></sheets></workbook>') });
    expect(await workbookTable(odd)).toMatchObject([{ message: expect.stringContaining('not as Excel writes them') }]);
  });
});
