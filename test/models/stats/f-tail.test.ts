import { expect, it } from 'vitest';
import { fTail } from '../../../models/stats/f-tail.js';
import { relativeError } from '../../support/golden.js';

// scipy.stats.f.sf(x, a, b), SciPy 1.17.1.
it.each([
  [1, 1, 1, 0.5],
  [4.26, 1, 8, 0.07290820786148967],
  [161.4, 1, 1, 0.050007348139564305],
  [3.84, 1, 1000, 0.050320988122173615],
  [0.5, 3, 7, 0.6940363875688137],
  [20, 2, 4, 0.008264462809917356],
  [1000, 4, 30, 1.8981109053183615e-31],
])('P(F > %d) of %d and %d degrees of freedom', (x, a, b, value) => {
  expect(relativeError(fTail(x, a, b), value)).toBeLessThan(1e-10);
});

it('goes from 1 to 0', () => {
  expect(fTail(0, 2, 3)).toBe(1);
  expect(fTail(Number.POSITIVE_INFINITY, 2, 3)).toBe(0);
});
