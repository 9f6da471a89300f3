import { describe, expect, it } from 'vitest';
import { step } from '../../workflows/campaign-state.js';
import { initialState, type LoopEvent, type LoopState } from '../../workflows/loop.js';
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

  it('is refused where another had the trial done again meanwhile', () => {
    const ended = { measured: 0, failed: 1, quarantined: 0, cancelled: 0 };
    let state: CampaignStatus = { ...status(), budget: { cost: null, trials: 1 }, started: 1, spent: 1, ended };
    const hear = (event: LoopEvent) => {
      state = { ...state, ...step(settings, state, event).state };
    };
    hear({ type: 'retry', slot: order('failed').slot });
    expect(state.inFlight).toHaveLength(1);
    hear({ type: 'trialEnded', id: 'c/r1/p1', outcome: 'failed', cost: 1, judged: null, generation: 2 });
    state = { ...state, phase: 'running' };
    expect(() => given('failed', state)).toThrow(/'c\/r1\/p1' was done again meanwhile/);
    expect(() => given('failed', state, 3)).not.toThrow();
  });
});
