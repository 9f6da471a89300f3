import type { Generator } from '../../models/random/generator.js';
import { changedBytes, joined } from './bytes.js';
import { ownCells } from './own-reader.js';
import { chance, pick, size, weighted } from './random.js';
import { strangeText } from './values.js';

/** A table as rows of texts, the header first. */
export type Grid = string[][];

/** The grid of a plain CSV text. */
export function gridOf(csv: string): Grid {
  return ownCells(new TextEncoder().encode(csv), { encoding: 'UTF-8', delimiter: ',', decimal: 'point' })!;
}

/** Other ways to write a number, of the same value or not. */
const spellings: readonly ((text: string) => string)[] = [
  (text) => text.replace('.', ','),
  (text) => `+${text}`,
  (text) => `-${text}`,
  (text) => `\u2212${text}`,
  (text) => `0${text}`,
  (text) => `${text}0`,
  (text) => `${text}.`,
  (text) => `${text} %`,
  (text) => `<${text}`,
  (text) => `~${text}`,
  (text) => `${text}e0`,
  (text) => `${text}E-2`,
  (text) => `${text}e400`,
  (text) => `0x${text}`,
  (text) => `${text} mg`,
  (text) => `${text}\u00b10.1`,
  (text) => `1,${text}`,
  (text) => `1'${text}`,
  (text) => `1 ${text}`,
  (text) => `1\u00a0${text}`,
  (text) => `(${text})`,
  (text) => `"${text}"`,
  (text) => `'${text}`,
  (text) => `=${text}`,
  (text) => `${text}${'0'.repeat(300)}`,
  (text) => `0.${'0'.repeat(330)}${text}`,
  (text) => text.split('').join('\u200b'),
  (text) => text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
];

const words: readonly string[] = [
  'measured',
  'failed',
  'pending',
  'quarantined',
  'cancelled',
  'Measured',
  'withdrawn',
  ' failed',
  'done',
];

function changedGridOnce(draw: Generator, grid: Grid): Grid {
  const row = draw.below(grid.length);
  const column = draw.below(Math.max(1, grid[row]!.length));
  const width = grid[0]!.length;
  const to = (change: (cell: string) => string) =>
    grid.map((cells, r) => (r === row ? cells.map((cell, c) => (c === column ? change(cell) : cell)) : cells));
  const columnTo = (change: (cell: string) => string) =>
    grid.map((cells, r) => (r === 0 ? cells : cells.map((cell, c) => (c === column ? change(cell) : cell))));
  return weighted<Grid>(draw, [
    [6, () => to(pick(draw, spellings))],
    [2, () => columnTo(pick(draw, spellings))],
    [5, () => to(() => strangeText(draw))],
    [2, () => to((cell) => ` ${cell}\u00a0`)],
    [1, () => to(() => '')],
    [2, () => to(() => pick(draw, words))],
    [2, () => to(() => grid[draw.below(grid.length)]![column] ?? '')],
    [2, () => grid.toSpliced(row, 1)],
    [2, () => grid.toSpliced(row, 0, ...Array<string[]>(pick(draw, [1, 1, 2, 50])).fill(grid[row]!))],
    [1, () => grid.toSpliced(row, 0, Array<string>(pick(draw, [0, 1, width])).fill(''))],
    [1, () => grid.map((cells, r) => (r === row ? cells.toSpliced(column, 1) : cells))],
    [1, () => grid.map((cells, r) => (r === row ? cells.toSpliced(column, 0, strangeText(draw)) : cells))],
    [1, () => grid.map((cells) => cells.toSpliced(column, 1))],
    [1, () => grid.map((cells, r) => [...cells, r === 0 ? strangeText(draw) : (cells[column] ?? '')])],
    [1, () => grid.map((cells) => cells.toSorted())],
    [1, () => grid.map((cells) => [...cells, ...Array<string>(pick(draw, [1, 3, 200])).fill('')])],
    [1, () => grid.toSpliced(1, 0, ...Array.from({ length: pick(draw, [10, 600]) }, () => [...grid.at(-1)!]))],
  ]);
}

/** The grid with a few changes. */
export function changedGrid(draw: Generator, grid: Grid): Grid {
  let changed = grid;
  for (let n = size(draw, 6); n > 0; n--) {
    const next = changedGridOnce(draw, changed);
    if (next.length > 0) changed = next;
  }
  return changed;
}

/** How programs encode what they write; null for a code page of one byte a sign. */
type Encode = (text: string) => Uint8Array;
const utf8: Encode = (text) => new TextEncoder().encode(text);
const utf16 = (text: string, big: boolean): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !big);
  return bytes;
};
const encodings: readonly Encode[] = [
  (text) => utf8(`\uFEFF${text}`),
  (text) => utf16(`\uFEFF${text}`, false),
  (text) => utf16(`\uFEFF${text}`, true),
  (text) => utf16(text, false),
  (text) => utf16(text, true),
  (text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0) & 255),
  (text) => joined(utf8(text), Uint8Array.of(0x1a)),
];

/** The grid as a file: with one of the signs between cells, quotes, ends of lines and encodings that there are. */
export function gridBytes(draw: Generator, grid: Grid): Uint8Array {
  const delimiter = weighted(draw, [
    [5, () => ','],
    [2, () => ';'],
    [2, () => '\t'],
    [1, () => '|'],
  ]);
  const end = pick(draw, ['\n', '\n', '\r\n', '\r', '\n\n']);
  const quoting = pick(draw, ['needed', 'needed', 'needed', 'all', 'none', 'broken'] as const);
  const must = (cell: string) => cell.includes(delimiter) || /["\r\n]/.test(cell);
  const written = (cell: string) => {
    if (quoting === 'none' || (quoting === 'needed' && !must(cell))) return cell;
    if (quoting === 'broken' && chance(draw, 0.9)) return cell;
    return `"${cell.replaceAll('"', quoting === 'broken' ? '"' : '""')}"`;
  };
  const head = chance(draw, 0.1) ? `sep=${delimiter}${end}` : chance(draw, 0.05) ? `# a title${end}` : '';
  const text = `${head}${grid.map((row) => row.map(written).join(delimiter)).join(end)}${chance(draw, 0.8) ? end : ''}`;
  return chance(draw, 0.75) ? utf8(text) : pick(draw, encodings)(text);
}

/** A table's file, changed in its cells, in how it is written, or in its bytes. */
export function tableBytes(draw: Generator, csv: string): Uint8Array {
  const grid = gridOf(csv);
  return weighted(draw, [
    [8, () => gridBytes(draw, changedGrid(draw, grid))],
    [2, () => gridBytes(draw, grid)],
    [3, () => changedBytes(draw, utf8(csv))],
    [1, () => changedBytes(draw, gridBytes(draw, changedGrid(draw, grid)))],
  ]);
}
