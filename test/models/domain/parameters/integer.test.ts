import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { integer } from '../../../../models/domain/parameters/integer.js';
import { parameterLaws } from './laws.js';

describe('integer', () => {
  parameterLaws(
    fc
      .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 60 }))
      .map(([low, width]) => ({ name: 'n', type: 'integer' as const, bounds: [low, low + width] as [number, number] })),
  );

  test('whole numbers only, both bounds included', () => {
    const parameter = { name: 'n', type: 'integer' as const, bounds: [1, 3] as [number, number] };
    expect(integer.values(parameter)).toEqual([1, 2, 3]);
    expect([1, 3, 0, 4, 1.5].map((value) => integer.refuses(parameter, value) === null)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(integer.schema.safeParse({ ...parameter, bounds: [1, 2.5] }).success).toBe(false);
    expect(integer.faults({ ...parameter, bounds: [3, 1] })).toHaveLength(1);
  });

  test('a range too long to list is not listed', () => {
    const parameter = { name: 'n', type: 'integer' as const, bounds: [0, 1e12] as [number, number] };
    expect(integer.values(parameter)).toBeNull();
    expect(integer.fromUnit(parameter, 0.5)).toBe(5e11);
    expect(integer.values({ ...parameter, bounds: [0, 99_999] })).toHaveLength(100_000);
  });

  test('a column of whole numbers, or what is not whole', () => {
    expect(integer.fromColumn({ name: 'n', unit: 'h', cells: ['3', '1', '3'] })).toEqual({
      parameter: { name: 'n', type: 'integer', bounds: [1, 3], unit: 'h' },
      values: [3, 1, 3],
    });
    expect(integer.fromColumn({ name: 'n', cells: ['3', '1.5', '2.5'] })).toEqual([
      {
        path: 'n',
        message: "2 cells not a whole number (row 2: '1.5'; row 3: '2.5')",
        remedy: "use type 'continuous'",
      },
    ]);
    expect(integer.fromColumn({ name: 'n', cells: ['x', '2'] })).toEqual([expect.objectContaining({ path: 'n' })]);
  });
});
