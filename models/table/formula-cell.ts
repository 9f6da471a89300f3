import { numberIn } from '../domain/parameters/numbers.js';

/** What a spreadsheet takes for the beginning of a formula; an apostrophe before it makes it a text. */
const beginsFormula = /^'*[=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/;

/**
 * A text as a cell that no spreadsheet runs as a formula: with an apostrophe before it where it begins one. Numbers begin
 * none.
 */
export function escaped(text: string): string {
  return beginsFormula.test(text) && typeof numberIn(text) === 'string' ? `'${text}` : text;
}

/** The text of a cell that `escaped` wrote; any other as it stands. */
export function unescaped(cell: string): string {
  return cell.startsWith("'") && beginsFormula.test(cell) ? cell.slice(1) : cell;
}
