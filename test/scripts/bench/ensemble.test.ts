import { describe, expect, it } from 'vitest';
import { comparison } from '../../../scripts/bench/ensemble.js';

describe('an ensemble beside its members', () => {
  it('is compared run by run, with the best member of each moment', () => {
    const scores = {
      both: [
        [1, 2, 3],
        [4, 4, 4],
      ],
      a: [
        [0, 1, 2],
        [5, 6, 7],
      ],
      b: [
        [1, 3, 3],
        [4, 4, 1],
      ],
    };
    const { toMembers, best } = comparison('task', scores, 'both');
    expect(toMembers.a![0]).toEqual({ mean: 1, error: 0 });
    expect(toMembers.a![1]!.mean).toBeCloseTo(-2, 12);
    expect(toMembers.b![0]!.mean).toBeCloseTo(-1 / 3, 12);
    // Worse by 1/3 with an error of 1/3 is not worse by more than it.
    expect(best).toEqual([
      { member: 'b', isWorse: false },
      { member: 'a', isWorse: true },
    ]);
  });
});
