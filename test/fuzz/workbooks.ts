import { strToU8, type Zippable, zipSync } from 'fflate';
import type { Generator } from '../../models/random/generator.js';
import { changedBytes } from './bytes.js';
import { chance, pick, size, weighted } from './random.js';
import { changedGrid, type Grid } from './tables.js';
import { strangeText } from './values.js';

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaged = 'http://schemas.openxmlformats.org/package/2006';

function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them
  return text.replace(/[<>&"]/g, (sign) => signs[sign]!).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?');
}

function nameOf(column: number): string {
  return column < 26 ? String.fromCharCode(65 + column) : nameOf(Math.floor(column / 26) - 1) + nameOf(column % 26);
}

/** The files of a workbook with one sheet: numbers as numbers, texts in the sheet or in the table of shared texts. */
export function workbookFiles(grid: Grid, shared: boolean): Record<string, string> {
  const texts: string[] = [];
  const cell = (text: string, place: string) => {
    if (text === '') return '';
    if (/^-?\d+(\.\d+)?$/.test(text)) return `<c r="${place}"><v>${text}</v></c>`;
    if (!shared) return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
    texts.push(text);
    return `<c r="${place}" t="s"><v>${texts.length - 1}</v></c>`;
  };
  const rows = grid.map(
    (row, r) => `<row r="${r + 1}">${row.map((text, c) => cell(text, nameOf(c) + (r + 1))).join('')}</row>`,
  );
  const relation = (id: number, type: string, target: string) =>
    `<Relationship Id="rId${id}" Type="${office}/${type}" Target="${target}"/>`;
  const types = ['workbook.xml', 'worksheets/sheet1.xml', 'styles.xml', 'sharedStrings.xml'].map(
    (name) => `<Override PartName="/xl/${name}" ContentType="application/xml"/>`,
  );
  return {
    '[Content_Types].xml': `${head}<Types xmlns="${packaged}/content-types">${types.join('')}</Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${packaged}/relationships">${relation(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packaged}/relationships">${relation(1, 'worksheet', 'worksheets/sheet1.xml')}${relation(2, 'styles', 'styles.xml')}${relation(3, 'sharedStrings', 'sharedStrings.xml')}</Relationships>`,
    'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${head}<sst xmlns="${main}">${texts.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><sheetData>${rows.join('')}</sheetData></worksheet>`,
  };
}

/** The files as a workbook. */
export function zipped(files: Readonly<Record<string, string>>, level: 0 | 6 = 6): Uint8Array {
  const entries: Zippable = {};
  for (const [name, text] of Object.entries(files))
    entries[name] = [strToU8(text), { level, mtime: new Date(2020, 0, 1) }];
  return zipSync(entries);
}

const pieces: readonly string[] = [
  ...[
    '<c r="ZZZ99999999"><v>1</v></c>',
    '<c r="A0"><v>1</v></c>',
    '<c r=""><v>1</v></c>',
    '<c><v>1</v></c>',
    '<c r="A1" t="s"><v>99999</v></c>',
  ],
  ...[
    '<c r="B2" t="e"><v>#DIV/0!</v></c>',
    '<c r="B2" t="b"><v>1</v></c>',
    '<c r="B2" t="d"><v>2020-13-45</v></c>',
    '<c r="B2" s="1"><v>1e99</v></c>',
  ],
  ...[
    '<c r="B2"><f>1+1</f></c>',
    '<c r="B2" t="str"><v>x</v></c>',
    '<c r="B2"><v>1e400</v></c>',
    '<c r="B2"><v>0x10</v></c>',
    '<row r="9999999999">',
    '<row>',
  ],
  ...[
    '<dimension ref="A1:XFD1048576"/>',
    '<dimension ref="A1:ZZZZ999999999"/>',
    '</sheetData>',
    '<!-- ',
    ']]>',
    '<![CDATA[',
    '&#0;',
    '&#xD800;',
    '&lol;',
    '<?x ?>',
  ],
  ...['<mergeCell ref="A1:XFD1048576"/>', '<is/>', '<t/>', '<v/>', '<si><r><t>a</t></r></si>'],
];

function changedXml(draw: Generator, xml: string): string {
  const at = draw.below(xml.length + 1);
  const tag = xml.indexOf('<', at);
  const inner = new TextDecoder().decode(changedBytes(draw, strToU8(xml)));
  return weighted(draw, [
    [3, () => (tag < 0 ? xml : xml.slice(0, tag) + pick(draw, pieces) + xml.slice(tag))],
    [
      1,
      () =>
        tag < 0
          ? xml
          : xml.slice(0, tag) + pick(draw, ['<a>', '<c>', '<row>', '<si>']).repeat(size(draw, 30_000)) + xml.slice(tag),
    ],
    [1, () => xml.replace('?>', '?><!DOCTYPE x [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]>')],
    [
      2,
      () =>
        xml.replace(/"[^"]*"/g, (value) => (chance(draw, 0.02) ? `"${strangeText(draw).replaceAll('"', '')}"` : value)),
    ],
    [2, () => inner],
  ]);
}

/** What an archive says of a file's size or sum, made untrue; or a file that unpacks to a hundred times more. */
function lying(draw: Generator, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const heads: number[] = [];
  for (let i = 0; i + 46 < copy.length; i++)
    if (view.getUint32(i, true) === 0x02014b50 || view.getUint32(i, true) === 0x04034b50) heads.push(i);
  if (heads.length === 0) return copy;
  const at = pick(draw, heads);
  const field = pick(draw, [8, 10, 14, 16, 18, 20, 22, 24, 26, 28, 30, 42]);
  view.setUint32(at + field, pick(draw, [0, 1, 7, 255, 65_535, 2 ** 20, 2 ** 31, 2 ** 32 - 1]), true);
  return copy;
}

/** A workbook changed in its cells, its XML, its files, or its bytes. */
export function workbookBytes(draw: Generator, grid: Grid): Uint8Array {
  const files = workbookFiles(chance(draw, 0.6) ? changedGrid(draw, grid) : grid, chance(draw, 0.5));
  const name = pick(draw, Object.keys(files));
  const level = chance(draw, 0.5) ? 0 : 6;
  return weighted(draw, [
    [5, () => zipped(files, level)],
    [5, () => zipped({ ...files, [name]: changedXml(draw, files[name]!) }, level)],
    [1, () => zipped(Object.fromEntries(Object.entries(files).filter(([key]) => key !== name)), level)],
    [1, () => zipped({ ...files, [name]: files[pick(draw, Object.keys(files))]! }, level)],
    [1, () => zipped({ ...files, [strangeText(draw).slice(0, 200)]: 'x' }, level)],
    [1, () => zipped({ ...files, [name]: `${files[name]}${' '.repeat(pick(draw, [1e6, 5e7]))}` })],
    [
      1,
      () =>
        zipped({
          ...files,
          ...Object.fromEntries(Array.from({ length: pick(draw, [100, 3000]) }, (_, i) => [`xl/${i}.xml`, ''])),
        }),
    ],
    [2, () => lying(draw, zipped(files, level))],
    [2, () => changedBytes(draw, zipped(files, level))],
  ]);
}
