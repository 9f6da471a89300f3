import { describe, expect, it } from 'vitest';
import { Beats } from '../../scripts/simulate/beats.js';
import { initialState } from '../../workflows/loop.js';
import { someRecord } from '../support/record.js';

const state = {
  ...initialState({
    parallel: 1,
    synchronous: false,
    maxConsecutiveFailures: 9,
    budget: { cost: null, trials: 9 },
    stop: [],
    goals: { objectives: [{ name: 'y', direction: 'minimise' }], bounds: [] },
  }),
  round: 7,
  spent: 5.5,
  ended: { measured: 4, failed: 1, quarantined: 0, cancelled: 0 },
};

describe('the lines of a simulation', () => {
  it('come with every seed that is done, and after ten seconds of silence', () => {
    const lines: string[] = [];
    const beats = new Beats(3, (line) => lines.push(line));
    beats.tell(1, state, 1_000);
    beats.tell(1, state, 10_900);
    beats.tell(2, state, 11_000);
    beats.tell(1, state, 20_000);
    const record = someRecord([{ value: 1 }, { value: 2, molecule: 'C' }]);
    beats.done(record, 20_500);
    beats.tell(2, state, 30_400);
    beats.tell(2, state, 30_500);
    expect(lines).toEqual([
      '[0/3] seed 2: round 7, 5 trials, cost 5.5 so far',
      expect.stringMatching(/^\[1\/3\] seed \d+: best \S+( eV)?, 2 trials, cost \d+, /),
      '[1/3] seed 2: round 7, 5 trials, cost 5.5 so far',
    ]);
  });
});
