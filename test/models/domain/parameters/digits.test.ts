import { describe, expect, it } from 'vitest';
import { rounded, roundedIn } from '../../../../models/domain/parameters/digits.js';

describe('numbers with the digits that matter', () => {
  it.each([
    [63.48273, [20, 120], 63.5],
    [123456.789, [100000, 900000], 123457],
    [0.000123456, [1e-5, 2], 0.000123],
    [0.00012, [0, 1], 0],
    [0.33334, [0.33333, 1], 0.33333],
    [2450000100.123, [2450000000, 2450000500], 2450000100.1],
    [5, [5, 5], 5],
    [1.5e-9, [-1e-8, 1e-8], 1.5e-9],
  ] as const)('%f within %j is %f', (value, bounds, told) => expect(roundedIn(value, bounds)).toBe(told));

  it('are the number itself where no digits are left to cut', () => {
    expect(roundedIn(1 / 3, [0, 1], 17)).toBe(1 / 3);
    expect([rounded(-0.00001, 2), rounded(1234, -2), rounded(0, 3), rounded(1e300, 2)]).toEqual([0, 1200, 0, 1e300]);
  });
});
