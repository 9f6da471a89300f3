import { decimalComma, decimalPoint, type Table } from './table.js';

/** A number that could not be one with thousands apart: 0,5 and 1,25 and 12345,678, but not 1,234. */
const surely = /^[+\-\u2212]?(?:\d*,(?:\d{1,2}|\d{4,})|0?,\d+|\d{4,},\d+)(?:e[+-]?\d+)?$/i;

/** How many times as often one sign has to stand than the other where no column has both, to be the one of the file. */
const clearly = 5;

/** A cell, with its line in the file. */
export interface DecimalExample {
  readonly text: string;
  readonly line: number;
}

/** The decimal sign of a table, and the first cell that shows it. */
export interface DecimalSign {
  readonly decimal: 'point' | 'comma';
  readonly example: DecimalExample | null;
  /** Whether there are cells with the other sign too, which are then no numbers. */
  readonly isMixed: boolean;
}

/**
 * The decimal sign of a table whose cells are not separated by commas. It is the comma where it stands beyond doubt in a
 * cell, and no cell has a decimal point; or where commas prevail over points in a column that has both, so that the points
 * are the odd ones; or clearly prevail where none has.
 */
export function decimalSignIn(table: Table): DecimalSign {
  const first: { comma: DecimalExample | null; point: DecimalExample | null } = { comma: null, point: null };
  let commas = 0;
  let points = 0;
  let hasBoth = false;
  for (const place of table.columns.keys()) {
    const before = { commas, points };
    for (const [row, text] of table.cellsAt(place).entries()) {
      if (decimalPoint.test(text)) {
        points += 1;
        first.point ??= { text, line: table.lineOf(row) };
      } else if (decimalComma.test(text) && surely.test(text)) {
        commas += 1;
        first.comma ??= { text, line: table.lineOf(row) };
      }
    }
    hasBoth ||= commas > before.commas && points > before.points;
  }
  const isComma = commas > 0 && (points === 0 || commas >= (hasBoth ? points + 1 : clearly * points));
  const isMixed = commas > 0 && points > 0;
  return isComma
    ? { decimal: 'comma', example: first.comma, isMixed }
    : { decimal: 'point', example: first.point, isMixed };
}
