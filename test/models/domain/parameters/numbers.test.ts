import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  atQuantile,
  boundsFaults,
  boundsSchema,
  cellFault,
  distinctNumbers,
  idSchema,
  nameSchema,
  numberIn,
  numbersOf,
  rangeOf,
  scaled,
  unscaled,
  whyNoNumber,
} from '../../../../models/domain/parameters/numbers.js';
import { remarked } from '../../../../models/domain/parameters/remark.js';

test('an id starts with a letter and is fit for file names', () => {
  for (const good of ['x', 'X1', 'gfn-ff', 'a.b_c', 'Müller']) expect(idSchema.safeParse(good).success).toBe(true);
  for (const bad of ['', '1x', 'a b', 'a/b', '-a', 'a\\b']) expect(idSchema.safeParse(bad).success).toBe(false);
});

test('a name is a heading of any script', () => {
  for (const good of ['x', 'Temperatur (°C)', 'Lösungsmittel', '温度', 'c / g'])
    expect(nameSchema.safeParse(good).success).toBe(true);
  for (const bad of ['', '1x', 'a ', 'a\nb', 'a,b', "a'b", 'a=b', 'x'.repeat(65)])
    expect(nameSchema.safeParse(bad).success).toBe(false);
});

test('bounds are two numbers, the lower first', () => {
  expect(boundsSchema.safeParse([0, 1]).success).toBe(true);
  for (const bad of [[0], [0, 1, 2], [0, Number.POSITIVE_INFINITY], ['0', 1]])
    expect(boundsSchema.safeParse(bad).success).toBe(false);
  expect(boundsFaults([0, 1])).toEqual([]);
  expect(boundsFaults([1, 1])).toHaveLength(1);
  expect(boundsFaults([-1e308, 1e308])[0]!.message).toContain('wider');
});

test('numbers survive being written and read', () =>
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      expect(numbersOf({ name: 'x', cells: values.map(String) })).toEqual(
        values.map((value) => (value === 0 ? 0 : value)),
      );
    }),
    { seed: 4 },
  ));

test('the range holds every value and is never empty', () =>
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const [low, high] = rangeOf(values);
      expect(low).toBeLessThan(high);
      expect(values.every((value) => value >= low && value <= high)).toBe(true);
    }),
    { seed: 4 },
  ));

test('a coordinate is a number in a range without width, and in one wider than a number can tell', () => {
  expect(rangeOf([1e300, 1e300])).toEqual([1e300, 1e300]);
  expect(scaled(1e300, [1e300, 1e300])).toBe(0);
  const wide = [-Number.MAX_VALUE, Number.MAX_VALUE] as const;
  expect([wide[0], 0, wide[1]].map((value) => scaled(value, wide))).toEqual([0, 0.5, 1]);
});

test('a negative zero is read as a plain one', () => {
  expect([numberIn('-0'), numberIn('-0.0e5')]).toEqual([0, 0]);
  expect(numbersOf({ name: 'x', cells: ['-0', '0', '-1'] })).toEqual([0, 0, -1]);
});

test('each entry of a list has an equal share of the quantiles', () => {
  expect([0, 0.24, 0.25, 0.5, 0.99, 1].map((u) => atQuantile(['a', 'b', 'c', 'd'], u))).toEqual([...'aabcdd']);
});

test('a text holds a number only if all of it is one', () => {
  for (const [text, number] of [
    ['0.5', 0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['-1e-3', -1e-3],
    ['+2E2', 200],
  ] as const)
    expect(numberIn(text)).toBe(number);
  for (const text of ['', ' ', '0x10', '1,5', '1 2', 'Infinity', '1e999', 'e5', '.']) expect(numberIn(text)).toBe(text);
});

test('a coordinate gives the roundest of the numbers that have it', () => {
  const range: [number, number] = [-0.1, 0.2];
  for (const value of [0, 0.1, -0.1, 0.2, 0.05, 1e-9, 0.123456789012])
    expect(unscaled(scaled(value, range), range)).toBe(value);
  expect(unscaled(1.5, range)).toBeUndefined();
  expect(unscaled(-1e-9, range)).toBeUndefined();
  expect(Object.is(unscaled(0, [0, 3]), 0)).toBe(true);
});

test('a fault of cells shows every one, up to twenty, and counts the others', () => {
  const column = {
    name: 'x',
    cells: Array.from({ length: 30 }, (_, row) => (row === 3 ? 'd'.repeat(5000) : `c${row}`)),
  };
  const bad = column.cells.map((_, row) => ({ row, why: `reason ${row}` }));
  expect(cellFault(column, bad.slice(0, 1), { not: 'good', remedy: 'r' }).message).toBe(
    "1 cell not good (row 1: 'c0', reason 0)",
  );
  const { message } = cellFault(column, bad.slice(0, 7), { not: 'good', remedy: 'r' });
  expect(message).toMatch(/^7 cells not good \(row 1: 'c0', reason 0; row 2: .*; row 7: 'c6', reason 6\)$/);
  expect(message.length).toBeLessThan(300);
  expect(cellFault(column, bad, { not: 'good', remedy: 'r' }).message).toMatch(
    /^30 cells not good .*row 20: 'c19', reason 19; and 10 more\)$/,
  );
});

test('says what a text may have been meant for', () => {
  for (const [text, why] of [
    ['98.5%', 'format the column as a number'],
    ['2026-03-01', 'a date'],
    ['-1:30:00', 'a time'],
    ['53,7', 'a comma'],
    ['#DIV/0!', 'an error of a formula'],
    ['Err:502', 'an error of a formula'],
    [remarked('=B2', 'not computed'), 'not computed'],
  ] as const)
    expect(whyNoNumber(text)).toContain(why);
});

test('distinct numbers ascend', () => {
  expect(distinctNumbers([3, 1, 3, 2, 10])).toEqual([1, 2, 3, 10]);
});
