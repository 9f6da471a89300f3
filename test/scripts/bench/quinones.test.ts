import { describe, expect, it } from 'vitest';
import { funnel } from '../../../scripts/bench/quinones.js';

describe('the funnel', () => {
  it('pays for all rows below, then for the best of these until the best of all is found', () => {
    const values = [
      [3, 9, 5, 7],
      [0, 0, 0, 0],
      [1, 2, 8, 4],
    ];
    const costs = [
      [1, 1, 1, 1],
      [50, 50, 50, 50],
      [100, 20, 30, 40],
    ];
    // In the order of the first level: the second, the fourth, then the third, which is best.
    expect(funnel({ values, costs })).toEqual({ cost: 4 + 20 + 40 + 30, trials: 3 });
  });
});
