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

/** Numbers in the cells of a column, or a fault naming the first rows that hold none. */
export function numbersOf(column: PoolColumn): number[] | readonly Fault[] {
  const values = column.cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  const bad = values.flatMap((value, row) => (Number.isFinite(value) ? [] : [row]));
  if (bad.length === 0) return values;
  const shown = bad.slice(0, 3).map((row) => `row ${row + 1}: '${column.cells[row]}'`);
  return [
    {
      path: column.name,
      message: `${bad.length} cell${bad.length === 1 ? '' : 's'} not a finite number (${shown.join(', ')})`,
      remedy: 'give a number in every row',
    },
  ];
}

/** Lowest and highest value; a constant column gets a range of one so that scaling stays defined. */
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
