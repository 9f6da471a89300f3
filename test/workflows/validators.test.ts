import { describe, expect, it } from 'vitest';
import { initialState, type LoopState } from '../../workflows/loop.js';
import type { CampaignStatus } from '../../workflows/messages.js';
import { validators } from '../../workflows/validators.js';

const settings = {
  parallel: 1,
  synchronous: false,
  maxConsecutiveFailures: 5,
  budget: { cost: null, trials: null },
  stop: [],
  goals: { objectives: [{ name: 'y', direction: 'minimise' as const }], bounds: [] },
};
const status = (changes: Partial<LoopState> = {}): CampaignStatus => ({
  ...initialState(settings),
  startedAt: 0,
  wallClockMs: null,
  problem: null,
  runs: 1,
  ...changes,
});

describe('the order to do a trial again', () => {
  const order = (was: unknown, generation = 2) =>
    ({ who: 'ann', slot: { id: 'c/r1/p1', cost: 1, again: { generation, was } } }) as Parameters<
      typeof validators.retry
    >[1];
  const given = (was: unknown, state: Partial<LoopState> = {}, generation = 2) => {
    validators.retry(status(state), order(was, generation), 'c');
  };

  it('is taken however it ended: also measured, where what decides is missing', () => {
    for (const was of ['failed', 'quarantined', 'cancelled', 'measured']) expect(() => given(was)).not.toThrow();
    for (const was of ['lost', null]) expect(() => given(was)).toThrow(/again with its generation/);
  });
});
