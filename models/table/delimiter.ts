import Papa from 'papaparse';
import type { Fault } from '../domain/fault.js';

/** Signs that may stand between the cells of a line. */
export const delimiters = [',', ';', '\t', '|'] as const;
/** One of the signs above. */
export type Delimiter = (typeof delimiters)[number];

/** Characters and rows from the start of a file that the sign between cells is known by. */
const looked = { characters: 1 << 18, rows: 200 } as const;

const names: Readonly<Record<Delimiter, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' };

/**
 * The sign between the cells of a file, decided once for all of its rows: the one that a first line `sep=;` names; else
 * the one that makes several cells of the header, of these the one that makes names of it that are known, of these the
 * one by which most rows have as many cells as the header. Where none makes several cells, there is one column.
 *
 * @param text - of the whole file
 * @param known - names of columns that may be expected
 * @returns the sign and where the header begins, or a fault where two signs do equally well
 */
export function delimiterOf(
  text: string,
  known: ReadonlySet<string> = new Set(),
): { readonly delimiter: Delimiter; readonly start: number } | Fault {
  const told = /^\s*"?sep=([,;\t|])"?[ ]*(?:\n|$)/i.exec(text);
  if (told !== null) return { delimiter: told[1] as Delimiter, start: told[0].length };
  const sample = text.slice(0, looked.characters);
  const found = delimiters.map((delimiter) => ({ delimiter, ...shapeOf(sample, delimiter, known) }));
  const several = found.filter(({ width }) => width > 1);
  if (several.length === 0) return { delimiter: best(found, 'share')[0]!.delimiter, start: 0 };
  const [first, second] = best(best(several, 'names'), 'share');
  if (second === undefined) return { delimiter: first!.delimiter, start: 0 };
  const message = `cells may be separated by a ${names[first!.delimiter]} or by a ${names[second.delimiter]}`;
  const remedy = `write sep=${first!.delimiter} or sep=${second.delimiter} as the first line, or quote the cells that hold the other sign`;
  return { path: '', message, remedy, line: 1 };
}

interface Shape {
  /** Cells of the header. */
  readonly width: number;
  /** Cells of the header that are known. */
  readonly names: number;
  /** Share of the rows below with as many cells. */
  readonly share: number;
}

function shapeOf(sample: string, delimiter: Delimiter, known: ReadonlySet<string>): Shape {
  const { data } = Papa.parse<string[]>(sample, { delimiter, newline: '\n', preview: looked.rows });
  const rows = data.filter((row) => row.some((cell) => cell.trim() !== ''));
  const [header = [''], ...body] = rows;
  // The last may be cut off.
  const whole = body.length > 1 && data.length < looked.rows ? body.slice(0, -1) : body;
  const same = whole.filter((row) => row.length === header.length).length;
  return {
    width: header.length,
    names: header.filter((cell) => known.has(cell.trim())).length,
    share: whole.length === 0 ? 1 : same / whole.length,
  };
}

/** Those with the most of something. */
function best<T extends Shape>(shapes: readonly T[], by: 'names' | 'share'): T[] {
  const most = Math.max(...shapes.map((shape) => shape[by]));
  return shapes.filter((shape) => shape[by] === most);
}
