import { expect, it } from 'vitest';
import { nothing, plus, times } from '../../../../models/acquisition/goals/logged.js';

it('adds and scales numbers that are known by their logarithms, with their slopes', () => {
  const of = (value: number, slope: number) => ({
    log: Math.log(value),
    byMean: slope / value,
    byVariance: -slope / value,
  });
  const sum = times(plus(of(3, 2), of(5, -1)), Math.log(4));
  expect(sum.log).toBeCloseTo(Math.log(32), 12);
  expect(sum.byMean).toBeCloseTo(1 / 8, 12);
  expect(sum.byVariance).toBeCloseTo(-1 / 8, 12);
  // Far below what a number can be.
  const far = { log: -2000, byMean: 3, byVariance: 1 };
  expect(plus(far, far)).toEqual({ log: -2000 + Math.log(2), byMean: 3, byVariance: 1 });
});

it('takes nothing for 0', () => {
  const one = { log: -700, byMean: 2, byVariance: -4 };
  expect(plus(nothing, one)).toEqual(one);
  expect(plus(one, nothing)).toEqual(one);
  expect(plus(nothing, nothing)).toEqual(nothing);
  expect(times(nothing, 3)).toEqual(nothing);
});
