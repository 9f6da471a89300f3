import { describe, expect, it } from 'vitest';
import { step } from '../../workflows/campaign-state.js';
import type { Standing } from '../../workflows/ended-trial.js';
import { initialState, type LoopCommand, type LoopSettings, type LoopState } from '../../workflows/loop.js';

const settings: LoopSettings = {
  parallel: 2,
  synchronous: false,
  maxConsecutiveFailures: 10,
  budget: { cost: null, trials: 12 },
  stop: [{ type: 'targetReached', value: 0 }],
  goals: { objectives: [{ name: 'y', direction: 'minimise' }], bounds: [] },
};

/** A campaign with two trials in flight. */
function begun(given: LoopSettings = settings) {
  let state: LoopState = initialState(given);
  const feed = (event: Parameters<typeof step>[2]): readonly LoopCommand[] => {
    const next = step(given, state, event);
    state = next.state;
    return next.commands;
  };
  const end = (id: string, loss: number, repeated?: true) =>
    feed({
      ...{ type: 'trialEnded', id, outcome: 'measured', cost: 1, judged: { losses: [loss], feasible: true } },
      ...(repeated === undefined ? {} : { repeated }),
    });
  feed({ type: 'started' });
  const proposals = ['c/r1/p1', 'c/r1/p2'].map((id) => ({ id, cost: 1 }));
  feed({ type: 'proposed', round: 1, proposals, shortfall: null });
  return { feed, end, state: () => state };
}

const standing = (trialId: string, loss: number, measurements?: number): Standing => ({
  ...{ trialId, round: 1, losses: [loss], feasible: true },
  ...(measurements === undefined ? {} : { measurements }),
});

describe('the loop, where a design was measured again', () => {
  it('begins no round before it knows what the design comes to, and does not stop for one lucky value', () => {
    const { feed, end, state } = begun();
    expect(end('c/r1/p1', 3)).toMatchObject([{ type: 'propose', round: 2 }]);
    feed({ type: 'proposed', round: 2, proposals: [], shortfall: 'space' });
    expect(end('c/r1/p2', -1, true)).toEqual([{ type: 'average', id: 'c/r1/p2' }]);
    expect(state()).toMatchObject({ phase: 'running', front: [standing('c/r1/p1', 3)] });
    const commands = feed({ type: 'averaged', id: 'c/r1/p2', front: [standing('c/r1/p1', 1, 2)] });
    expect(commands).toMatchObject([{ type: 'propose', round: 3 }]);
    expect(state()).toMatchObject({ phase: 'running', ruling: [], front: [standing('c/r1/p1', 1, 2)] });
  });

  it('stops for what the mean reaches, and says of how many it is', () => {
    const { feed, end, state } = begun();
    end('c/r1/p1', 3);
    feed({ type: 'proposed', round: 2, proposals: [], shortfall: 'space' });
    end('c/r1/p2', -7, true);
    feed({ type: 'averaged', id: 'c/r1/p2', front: [standing('c/r1/p1', -2, 2)] });
    expect(state().stop?.text).toBe('c/r1/p1 reached -2 (mean of 2), wanted was 0');
  });

  it('goes on where a lucky value was about to end it', () => {
    const { feed, end, state } = begun();
    end('c/r1/p1', -1);
    expect(state()).toMatchObject({ phase: 'draining', stop: { reason: 'targetReached' } });
    expect(end('c/r1/p2', 5, true)).toEqual([{ type: 'average', id: 'c/r1/p2' }]);
    expect(feed({ type: 'averaged', id: 'c/r1/p2', front: [standing('c/r1/p1', 2, 2)] })).toMatchObject([
      { type: 'propose', round: 2 },
    ]);
    expect(state()).toMatchObject({ phase: 'running', stop: null });
  });

  it('says of the best without improvement of how many it is the mean', () => {
    const { feed, end, state } = begun({ ...settings, stop: [{ type: 'noImprovement', rounds: 1 }] });
    end('c/r1/p1', 3);
    feed({ type: 'proposed', round: 2, proposals: [{ id: 'c/r2/p1', cost: 1 }], shortfall: null });
    end('c/r1/p2', 1, true);
    feed({ type: 'averaged', id: 'c/r1/p2', front: [standing('c/r1/p1', 2, 2)] });
    expect(state().stop?.text).toBe('no better value than the 2 (mean of 2) of c/r1/p1 for 1 rounds');
  });

  it('heeds no mean that it did not ask for', () => {
    const { feed, state } = begun();
    const before = state();
    feed({ type: 'averaged', id: 'c/r1/p1', front: [standing('c/r1/p1', 2, 2)] });
    expect(state()).toEqual(before);
  });
});
