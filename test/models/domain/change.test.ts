import { describe, expect, it } from 'vitest';
import { changeSchema, changesOf } from '../../../models/domain/change.js';

describe('a change of a campaign', () => {
  it('is said in the words and within the limits of the campaign file', () => {
    const whole = {
      parallel: 3,
      budget: { cost: 60, trials: null, wallClock: '12h' },
      stop: { targetReached: { value: -0.5 }, noImprovement: null, regretBound: { epsilon: 0.1, probability: 0.95 } },
    };
    expect(changeSchema.parse(whole)).toEqual(whole);
    expect(changeSchema.parse({})).toEqual({});
    for (const wrong of [
      { parallel: 501 },
      { parallel: null },
      { budget: { cost: 0 } },
      { budget: { wallClock: 12 } },
      { stop: { noImprovement: { rounds: 0 } } },
      { stop: { regretBound: { epsilon: 0.1 } } },
      { stop: { targetReached: { value: 1, tolerance: 2 } } },
      { seed: 3 },
    ])
      expect(changeSchema.safeParse(wrong).success).toBe(false);
  });

  it('is numbered among all that people decided, and tells what was and is in force where that is known', () => {
    const was = { parallel: 1, budget: { cost: null, trials: 9, wallClockMs: null }, stop: [], lifted: [] };
    const is = { ...was, parallel: 2 };
    const entry = (action: string, details = {}) => ({ at: 0, who: 'ann', action, details });
    const told = { sinceRound: 3, was, is };
    const audit = [
      entry('pause'),
      entry('budget', { trials: 9 }),
      entry('rule', told),
      entry('change', { ...told, note: 'so' }),
    ];
    expect(changesOf(audit)).toEqual([
      { ...audit[1], n: 1, told: null },
      { ...audit[3], n: 2, told },
    ]);
  });
});
