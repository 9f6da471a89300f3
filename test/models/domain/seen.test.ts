import { expect, it } from 'vitest';
import { isSeenStale, readSeen, seenMark, seenOf } from '../../../models/domain/seen.js';

it('what a person has seen of a trial is told by a mark, and is stale after a ruling or another run', () => {
  const ruling = {
    verdict: 'discard',
    values: {},
    cause: null,
    who: 'ann',
    why: 'w',
    seq: 1,
    sinceRound: 2,
    at: 1,
  } as const;
  const [first, ruled] = [seenOf({}), seenOf({ rulings: [{ ...ruling, generation: 1 }] })];
  const again = seenOf({
    earlier: [{ observation: null, throughRound: 3 }],
    rulings: [{ ...ruling, generation: 1 }],
  });
  expect([first, ruled, again].map(seenMark)).toEqual(['1.0', '1.1', '2.0']);
  expect(readSeen('2.0')).toEqual(again);
  for (const wrong of ['', '1', '0.1', '1.', '1.0.0', '-1.0', '1.x']) expect(readSeen(wrong)).toBeNull();
  expect(isSeenStale(first, first)).toBe(false);
  expect(isSeenStale(first, ruled)).toBe(true);
  expect(isSeenStale(ruled, again)).toBe(true);
});
