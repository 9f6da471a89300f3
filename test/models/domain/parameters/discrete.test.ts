import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discrete } from '../../../../models/domain/parameters/discrete.js';
import { parameterLaws } from './laws.js';

describe('discrete', () => {
  parameterLaws(
    fc
      .uniqueArray(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 12 })
      .map((values) => ({ name: 'd', type: 'discrete' as const, values: values.map((value) => value / 8) })),
  );

  test('values come in ascending order, whatever the order of the file', () => {
    const parameter = { name: 'd', type: 'discrete' as const, values: [3, 1, 2] };
    expect(discrete.values(parameter)).toEqual([1, 2, 3]);
    expect(discrete.fromUnit(parameter, 0)).toBe(1);
    expect(discrete.feature(parameter, 2)).toEqual({ kind: 'numeric', value: 0.5 });
    expect(discrete.refuses(parameter, 1.5)).toBe('one of 3, 1, 2');
    expect(discrete.faults({ ...parameter, values: [1, 1] })).toHaveLength(1);
    expect(discrete.feature({ ...parameter, values: [7] }, 7)).toEqual({ kind: 'numeric', value: 0 });
  });

  test('a column gives its distinct numbers', () => {
    expect(discrete.fromColumn({ name: 'd', unit: 'M', cells: ['1.50', '1', '1.5'] })).toEqual({
      parameter: { name: 'd', type: 'discrete', values: [1, 1.5], unit: 'M' },
      values: [1.5, 1, 1.5],
    });
    expect(discrete.fromColumn({ name: 'd', cells: ['a'] })).toEqual([expect.objectContaining({ path: 'd' })]);
  });
});
