import { z } from 'zod';
import type { Fault } from '../fault.js';
import type { PoolColumn } from './contract.js';

/** A name of a parameter, objective or fidelity. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z][\w.-]{0,63}$/, 'a letter, then up to 63 letters, digits, dots, dashes or underscores');

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

/**
 * The number that a text holds, with a decimal point and perhaps an exponent; the text itself where it holds none. A
 * negative zero is read as a plain one, as from JSON.
 */
export function numberIn(text: string): number | string {
  const read = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) + 0 : Number.NaN;
  return Number.isFinite(read) ? read : text;
}

/** Numbers in the cells of a column, a negative zero as a plain one, or a fault naming the first rows that hold none. */
export function numbersOf(column: PoolColumn): number[] | readonly Fault[] {
  const values = column.cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell) + 0));
  const bad: { row: number }[] = [];
  values.forEach((value, row) => {
    if (!Number.isFinite(value)) bad.push({ row });
  });
  if (bad.length === 0) return values;
  return [cellFault(column, bad, { not: 'a finite number', remedy: 'give a number in every row' })];
}

/** A fault that counts the bad cells of a column and shows the first three, each with its reason where one is known. */
export function cellFault(
  column: PoolColumn,
  bad: readonly { readonly row: number; readonly why?: string }[],
  { not, remedy }: { readonly not: string; readonly remedy: string },
): Fault {
  const shown = bad.slice(0, 3).map(({ row, why }) => {
    const reason = why === undefined ? '' : `, ${why}`;
    return `row ${row + 1}: '${column.cells[row]}'${reason}`;
  });
  const message = `${bad.length} cell${bad.length === 1 ? '' : 's'} not ${not} (${shown.join(bad[0]!.why === undefined ? ', ' : '; ')})`;
  return { path: column.name, message, remedy };
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
