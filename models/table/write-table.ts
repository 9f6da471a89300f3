import Papa from 'papaparse';
import type { ParameterValue } from '../domain/design.js';
import { type Delimiter, delimiters } from './delimiter.js';
import { escaped } from './formula-cell.js';
import type { Dialect } from './table.js';

/** How a table is written. */
export interface WriteTableOptions extends Pick<Dialect, 'decimal'> {
  readonly delimiter: Delimiter;
  /** Texts as they stand, also those that a spreadsheet would run as formulas. */
  readonly raw?: boolean;
  /** At the end of every row. */
  readonly newline?: Newline;
}

/** How rows end: as texts do here, or as RFC 4180 has it. */
export type Newline = '\n' | '\r\n';

/** What a cell may be made of. */
export type CellValue = ParameterValue | null | undefined;

/**
 * A table as CSV that `readTable` reads back cell for cell: numbers in their shortest form that has the same bits, cells in
 * quotes that hold any sign that might stand between cells, an apostrophe before what would be a formula.
 *
 * @param columns - names, not empty
 * @param rows - cells, null or undefined for empty ones
 */
export function writeTable(
  columns: readonly string[],
  rows: readonly (readonly CellValue[])[],
  options: WriteTableOptions,
): string {
  return writeRows([columns, ...rows], options);
}

/** Rows of such a table, whose columns were written before; the text of no rows is empty. */
export function writeRows(
  rows: readonly (readonly CellValue[])[],
  { delimiter, decimal, raw = false, newline = '\n' }: WriteTableOptions,
): string {
  if (rows.length === 0) return '';
  const cell = (value: CellValue) => {
    if (typeof value === 'number') return decimal === 'comma' ? withComma(value) : String(value);
    return raw ? (value ?? '') : escaped(value ?? '');
  };
  const data = rows.map((row) => row.map(cell));
  const quotes = (value: string) => /[,;\t|"\n\r]|^\s|\s$/.test(value) && mustQuote(value, delimiter);
  return `${Papa.unparse(data, { delimiter, newline, escapeFormulae: false, quotes })}${newline}`;
}

/** A number of a table with decimal commas does not need them where another sign stands between cells. */
function mustQuote(value: string, delimiter: Delimiter): boolean {
  return !/^-?\d+,\d+(?:e[+-]?\d+)?$/.test(value) || delimiter === ',' || !delimiters.includes(delimiter);
}

/** With a zero at the end where three digits after the comma might look like thousands. */
function withComma(value: number): string {
  const text = String(value).replace('.', ',');
  return /^-?[1-9]\d{0,2},\d{3}$/.test(text) ? `${text}0` : text;
}
