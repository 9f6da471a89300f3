import { describe, expect, it } from 'vitest';
import type { Goals } from '../../../../models/domain/standing.js';
import type { Visit } from '../../../../models/strategy/history.js';
import { believedOf, doubtedVisits, doubtWords } from '../../../../models/strategy/rules/doubts.js';

const goals: Goals = {
  objectives: [
    { name: 'f', direction: 'minimise' },
    { name: 'g', direction: 'minimise' },
  ],
  bounds: [{ name: 'h', max: 1 }],
};
const visit = (trialId: string, turned: readonly (number | null)[]): Visit => ({
  ...{ trialId, design: { x: 1 }, rowId: null, level: 0, turned, noises: [], pending: false },
});

describe('values that are doubted', () => {
  const [a, b, c] = [visit('a', [1, 2, 3]), visit('b', [4, 5, 6]), visit('c', [7, null, null])];
  const doubted = new Map([
    ['f', [a, c]],
    ['g', [a]],
    ['h', []],
  ]);

  it('are taken for not measured, each outcome by itself; where nothing else was the trial says nothing', () => {
    expect(believedOf(goals, [a, b, c], doubted)).toEqual([{ ...a, turned: [null, null, 3] }, b]);
    const all = [a, b];
    expect(believedOf(goals, all, new Map([['f', []]]))).toBe(all);
  });

  it('are told by outcome where there are several', () => {
    expect(doubtedVisits(doubted)).toEqual([a, c]);
    expect(doubtWords(doubted)).toEqual(['without the f of a, c and the g of a, which all others speak against']);
    expect(doubtWords(new Map([['f', [b]]]))).toEqual(['without the value of b, which all others speak against']);
    expect(doubtWords(new Map([['f', []]]))).toEqual([]);
  });
});
