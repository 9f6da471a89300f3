import fc from 'fast-check';
import { expect, it } from 'vitest';
import { front, joinedById, leader } from '../../../models/domain/standing.js';
import type { Standing } from '../../../workflows/ended-trial.js';

const trial = fc.record({
  losses: fc.oneof(fc.tuple(fc.constantFrom(0, 1, 2), fc.constantFrom(0, 1, null))),
  feasible: fc.constantFrom(true, true, true, false, null),
});

it('names the same trials, and the same leader, in whichever order they end', () => {
  fc.assert(
    fc.property(fc.array(trial, { maxLength: 15 }), fc.nat(1000), (trials, seed) => {
      const standing = trials.map(
        (one, i): Standing => ({ ...one, trialId: `c/r${1 + (i >> 2)}/p${1 + (i & 3)}`, round: i }),
      );
      // As they end: by some order that has nothing to do with their ids.
      const ended = [...standing].sort((a, b) => ((a.round * 7 + seed) % 17) - ((b.round * 7 + seed) % 17));
      const found = ended.reduce<readonly Standing[]>(joinedById, []);
      const byId = front(standing);
      expect(found.map(({ trialId }) => trialId)).toEqual(byId.map(({ trialId }) => trialId));
      expect(leader(found)?.trialId).toBe(leader(byId)?.trialId);
    }),
    { seed: 2, numRuns: 500 },
  );
});

it('counts one that is as good from the first of them that ended, so that it is no improvement', () => {
  const at = (trialId: string, round: number): Standing => ({ losses: [1], feasible: true, trialId, round });
  const found = [at('c/r2/p10', 3), at('c/r2/p9', 8)].reduce<readonly Standing[]>(joinedById, []);
  expect(found).toEqual([at('c/r2/p9', 3)]);
});
