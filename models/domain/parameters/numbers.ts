import { z } from 'zod';
import type { Fault } from '../fault.js';
import type { PoolColumn } from './contract.js';
import { unremarked, whyNoText } from './remark.js';

/** The id of a campaign, or the name of a fidelity: it stands in addresses and names of files. */
export const idSchema = z
  .string()
  .regex(
    /^\p{L}[\p{L}\p{M}\p{N}_.-]{0,63}$/u,
    'a letter, then up to 63 letters of any script, digits, dots, dashes or underscores',
  );

/** A name of a parameter or objective, as people head their columns: `Temperatur (°C)`. */
export const nameSchema = z
  .string()
  .regex(
    /^\p{L}(?:[^\p{C}\p{Zl}\p{Zp}=,;"'`]{0,62}[^\p{C}\p{Z}=,;"'`])?$/u,
    'a letter, then up to 63 signs of any script, but no quotes, commas, semicolons or equals signs, and no space at the end',
  );

/** Column of a parameter in tables of results. */
export const columnSchema = z
  .string()
  .min(1)
  .optional()
  .describe('its column in tables of results, the name where absent');

/** Lowest and highest value. */
export const boundsSchema = z.tuple([z.number(), z.number()]);

/** Faults of a pair of bounds. */
export function boundsFaults(bounds: readonly [number, number]): readonly Fault[] {
  if (bounds[1] - bounds[0] === Number.POSITIVE_INFINITY)
    return [{ path: 'bounds', message: 'wider than a number can tell', remedy: 'at most 1.7e308 between the bounds' }];
  if (bounds[0] < bounds[1]) return [];
  return [
    {
      path: 'bounds',
      message: `[${bounds[0]}, ${bounds[1]}] is empty`,
      remedy: 'give the lower bound first, and make it less than the upper one',
    },
  ];
}

const decimal = /^([+-]?)(\d+\.?\d*|\.\d+)(?:e([+-]?\d+))?$/i;

/**
 * The number that a text holds, with a decimal point and perhaps an exponent; the text itself where it holds none, or one
 * that is larger, or nearer to zero, than a number can be. A negative zero is read as a plain one, as from JSON, and the
 * minus sign of typography as the hyphen of keyboards.
 */
export function numberIn(text: string): number | string {
  const plain = withHyphen(text);
  if (!decimal.test(plain)) return text;
  const read = Number(plain) + 0;
  if (read !== 0) return Number.isFinite(read) ? read : text;
  return /[1-9]/.test(decimal.exec(plain)![2]!) ? text : 0;
}

function withHyphen(text: string): string {
  return text.includes('\u2212') ? text.replace(/\u2212/g, '-') : text;
}

/** What a number in a text looks like, for messages. */
export const numberShape = 'a number with a decimal point, such as 0.5 or 1e-3';

/** Why a text is no number, in words that follow it; empty where there is nothing to say. */
export function whyNoNumber(text: string): string {
  if (decimal.test(withHyphen(text))) return 'larger, or nearer to zero, than a number can be';
  const noText = whyNoText(text);
  if (noText !== '') return noText;
  if (/^[<>\u2264\u2265~\u2248]/.test(text)) return 'a limit, not a value';
  if (/^[+-]?0[xob][\da-f]+$/i.test(text)) return 'not decimal';
  if (/^[+-]?[\d.,]+\s*[%\u2030]$/.test(text))
    return 'with a percent sign; give the number alone (in a spreadsheet, format the column as a number)';
  if (/^[+-]?\d[\d.]*,[\d,.]*$/.test(text)) return 'with a comma, which may stand for a decimal point or for thousands';
  if (/^[+-]?\d[\d' ]*\d(?:\.\d*)?$/.test(text)) return 'with digits in groups; give them without';
  if (/^(?:#\S*|n\.?\s*[ad]\.?|n\/[ad]|nan|null|none|nil|-+|\?+|inf(?:inity)?)$/i.test(text)) return 'no value';
  if (/^\d{4}-\d\d-\d\d(?:T|$)/.test(text)) return 'a date; format the column as a number, and type the number anew';
  if (/^-?\d+:\d\d(?::\d\d(?:\.\d+)?)?$/.test(text))
    return 'a time; give it as a number, in a column formatted as a number';
  if (/^[+-]?[\d.]+\s*\p{L}/u.test(text)) return 'with a unit; give the number alone';
  return '';
}

/** Digits of a text from which on it stands for a number that it is not: a spreadsheet writes ten and more, people two or three. */
export const tellingDigits = 6;

/**
 * Whether a number is the one that a text holds, to the digits written there: a spreadsheet writes ten of them, or those
 * that a cell shows, and leaves out zeros at the end.
 *
 * @param least - significant digits that a text needs to stand for a number that it is not: 1 where something else than the
 *   number says what is meant, such as a row's name, else `tellingDigits`
 */
export function agreesWith(text: string, value: number, least: number): boolean {
  const read = numberIn(text);
  if (typeof read === 'string') return false;
  if (read === value) return true;
  const [, , digits, power = '0'] = decimal.exec(withHyphen(text))!;
  if (digits!.replace('.', '').replace(/^0+(?=.)/, '').length < least) return false;
  const place = 10 ** (Number(power) - (digits!.split('.')[1]?.length ?? 0));
  return Math.abs(read - value) <= (place / 2) * (1 + 1e-9);
}

/** The one of several numbers that a text holds, exactly or to the many digits written; what the text says where not one is. */
export function oneOfNumbers(text: string, values: readonly number[]): number | string {
  const read = numberIn(text);
  if (typeof read === 'string' || values.includes(read)) return read;
  const near = values.filter((value) => agreesWith(text, value, tellingDigits));
  return near.length === 1 ? near[0]! : read;
}

/** The text itself, or the one of several that holds the same number: a spreadsheet makes 7 of 007, and 1.5 of 1.50. */
export function oneOfTexts(text: string, values: readonly string[]): string {
  if (values.includes(text)) return text;
  const read = numberIn(text);
  if (typeof read === 'string') return text;
  const same = values.filter((value) => numberIn(value) === read);
  return same.length === 1 ? same[0]! : text;
}

/** Numbers in the cells of a column, a negative zero as a plain one, or a fault naming the rows that hold none. */
export function numbersOf(column: PoolColumn): number[] | readonly Fault[] {
  const values = column.cells.map((cell) => numberIn(cell.trim()));
  const bad = values.flatMap((value, row) => (typeof value === 'string' ? [{ row, why: whyNoNumber(value) }] : []));
  if (bad.length === 0) return values as number[];
  return [cellFault(column, bad, { not: 'a finite number', remedy: 'give a number in every row' })];
}

/** Cells that one fault shows; the others are counted. */
const shownCells = 20;
/** Characters of a cell that are shown. */
const shownCharacters = 80;

/** A fault that counts the bad cells of a column and shows them, each with its reason where one is known; at most 20. */
export function cellFault(
  column: PoolColumn,
  bad: readonly { readonly row: number; readonly why?: string }[],
  { not, remedy }: { readonly not: string; readonly remedy: string },
): Fault {
  const shown = bad.slice(0, shownCells).map(({ row, why = '' }) => {
    const cell = unremarked(column.cells[row]!);
    const text = cell.length > shownCharacters ? `${cell.slice(0, shownCharacters)}...` : cell;
    return `${placeOf(column, row)}: '${text}'${why === '' ? '' : `, ${why}`}`;
  });
  if (bad.length > shown.length) shown.push(`and ${bad.length - shown.length} more`);
  const message = `${bad.length} cell${bad.length === 1 ? '' : 's'} not ${not} (${shown.join('; ')})`;
  return { path: column.name, message, remedy };
}

/** Where a row of a column stands, in words: its line in the file where that is known. */
export function placeOf({ lineOf }: PoolColumn, row: number): string {
  return lineOf === undefined ? `row ${row + 1}` : `line ${lineOf(row)}`;
}

/** Lowest and highest value; a constant column gets a range of one, unless it is too large for that to be seen. */
export function rangeOf(values: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low < high ? [low, high] : [low, low + 1];
}

/** Distinct members in ascending order. */
export function distinctNumbers(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** The entry of a list at the quantile u in [0, 1). */
export function atQuantile<T>(list: readonly T[], u: number): T {
  return list[Math.min(list.length - 1, Math.floor(u * list.length))]!;
}

/** How far outside a range a number that was measured is learned from, in widths of the range. */
const farOutside = 1;

/** Whether a number lies in a range or not far outside it, so that its coordinate tells where it is. */
export function isNear(value: unknown, [low, high]: readonly [number, number]): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  const at = scaled(value, [low, high]);
  return low === high ? value === low : at >= -farOutside && at <= 1 + farOutside;
}

/** The number as a coordinate in [0, 1] of its range; 0 in a range without width. */
export function scaled(value: number, [low, high]: readonly [number, number]): number {
  if (low === high) return 0;
  const width = high - low;
  // Of pools and lists a range may be wider than a number can tell.
  return Number.isFinite(width) ? (value - low) / width : (value / 2 - low / 2) / (high / 2 - low / 2);
}

/**
 * The number whose coordinate in a range is u: of all such numbers the roundest, in powers of ten.
 *
 * Many neighbouring numbers can share a coordinate, because a quotient has no more digits than its terms. A number that
 * was written with at most 14 digits after the first digit of the larger bound is the roundest of them, so that it comes
 * back exactly; any other comes back as a neighbour with the same coordinate.
 *
 * @returns a number within the range; undefined if u is the coordinate of none
 */
export function unscaled(u: number, [low, high]: readonly [number, number]): number | undefined {
  const near = low + u * (high - low);
  const size = Math.max(Math.abs(low), Math.abs(high), high - low);
  const fits = (value: number) => value >= low && value <= high && scaled(value, [low, high]) === u;
  const leading = Math.floor(Math.log10(size)) + 1;
  for (let power = leading; power >= leading - 16; power--) {
    const value = Number(`${(near / 10 ** power).toFixed(0)}e${power}`) + 0;
    if (fits(value)) return value;
  }
  // Rounding has moved `near` by a few last places of the bounds: look around it.
  for (let step = 0; step <= 32; step++)
    for (const sign of [1, -1]) {
      const value = near + sign * step * size * 2 ** -54;
      if (fits(value)) return value;
    }
  return undefined;
}
