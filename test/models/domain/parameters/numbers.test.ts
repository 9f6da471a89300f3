import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  boundsFaults,
  boundsSchema,
  distinctNumbers,
  nameSchema,
  numbersOf,
  rangeOf,
} from '../../../../models/domain/parameters/numbers.js';

test('a name starts with a letter and is fit for ids and file names', () => {
  for (const good of ['x', 'X1', 'gfn-ff', 'a.b_c']) expect(nameSchema.safeParse(good).success).toBe(true);
  for (const bad of ['', '1x', 'a b', 'a/b', 'é', '-a']) expect(nameSchema.safeParse(bad).success).toBe(false);
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

test('distinct numbers ascend', () => {
  expect(distinctNumbers([3, 1, 3, 2, 10])).toEqual([1, 2, 3, 10]);
});
