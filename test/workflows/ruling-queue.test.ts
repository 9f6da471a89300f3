import { describe, expect, it, vi } from 'vitest';
import { initialState, type LoopEvent, type LoopState, type RulingEffect } from '../../workflows/loop.js';
import { RulingQueue } from '../../workflows/ruling-queue.js';

// Not a replay of what an earlier version did.
vi.mock('@temporalio/workflow', () => ({ patched: () => true }));

const settings = {
  parallel: 2,
  synchronous: false,
  maxConsecutiveFailures: 5,
  budget: { cost: null, trials: null },
  stop: [],
  goals: { objectives: [{ name: 'y', direction: 'minimise' as const }], bounds: [] },
};
const effect = (deviceFailures: number): RulingEffect => {
  const counted = { outcome: 'failed' as const, cost: 1 };
  return { was: counted, is: counted, front: [], consecutiveFailures: 0, deviceFailures };
};
const ruling = {
  trialId: 'c/r1/p1',
  generation: 1,
  verdict: 'discard' as const,
  values: {},
  cause: null,
  who: 'ann',
  why: 'she looked',
  requestId: 'a',
  at: 0,
};

/** A campaign whose ruling is asked for with these answers, each with what happens meanwhile. */
async function ruled(answers: readonly ((state: LoopState) => [LoopState, RulingEffect | Error])[]) {
  let state: LoopState = { ...initialState(settings), round: 1 };
  const asked: (readonly string[])[] = [];
  const heard: LoopEvent[] = [];
  let insisted = 0;
  const queue = new RulingQueue({
    campaignId: () => 'c',
    state: () => state,
    dispatch: (event) => heard.push(event),
    hasHeard: async () => undefined,
    call: {
      average: unasked,
      rule: async ({ pending }) => {
        const [next, answer] = answers[asked.length]!(state);
        asked.push(pending);
        state = next;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    insist: (work) => {
      insisted += 1;
      return work();
    },
  });
  const result = await queue.rule(ruling).catch((error: Error) => error.message);
  return { asked, insisted, result, last: heard.at(-1) };
}

async function unasked(): Promise<never> {
  throw new Error('nothing else is asked');
}

const begin = (state: LoopState): LoopState => ({ ...state, inFlight: [{ id: 'c/r1/p2', cost: 1 }] });
const end = (state: LoopState): LoopState => ({ ...state, inFlight: [], ended: { ...state.ended, failed: 2 } });

describe('what a ruling comes to', () => {
  it('is asked again where a trial began meanwhile, of whose end the store may know first', async () => {
    const { asked, last } = await ruled([(state) => [begin(state), effect(2)], (state) => [state, effect(1)]]);
    expect(asked).toEqual([[], ['c/r1/p2']]);
    expect(last).toMatchObject({ type: 'ruled', effect: { deviceFailures: 1 } });
  });

  it('is what counts in the end, also where it cannot be told at first', async () => {
    const { asked, last, insisted, result } = await ruled([
      (state) => [end(begin(state)), effect(1)],
      (state) => [state, new Error('the store is ill')],
      (state) => [state, effect(2)],
    ]);
    expect([asked.length, insisted, result]).toEqual([3, 1, undefined]);
    expect(last).toMatchObject({ type: 'ruled', effect: { deviceFailures: 2 } });
  });

  it('is nothing where the ruling is refused', async () => {
    const { last, insisted, result } = await ruled([(state) => [state, new Error('it was begun again')]]);
    expect([insisted, result]).toEqual([0, 'it was begun again']);
    expect(last).toMatchObject({ type: 'ruled', effect: null });
  });
});

it('averages a design by what is known at one moment: again where a trial ended meanwhile, and not beside a ruling', async () => {
  let state: LoopState = { ...initialState(settings), round: 1, inFlight: [{ id: 'c/r1/p2', cost: 1 }] };
  const heard: LoopEvent[] = [];
  const asked: unknown[] = [];
  const queue = new RulingQueue({
    campaignId: () => 'c',
    state: () => state,
    dispatch: (event) => heard.push(event),
    // Its end is being read as the first answer comes.
    hasHeard: async () => {
      if (asked.length === 1) state = end(state);
    },
    call: {
      rule: async () => {
        asked.push('ruling');
        return effect(1);
      },
      average: async ({ pending }) => {
        asked.push(pending);
        return [];
      },
    },
    insist: (work) => work(),
  });
  await Promise.all([queue.average('c/r1/p1'), queue.rule(ruling)]);
  expect(asked).toEqual([['c/r1/p2'], [], 'ruling']);
  expect(heard.map(({ type }) => type)).toEqual(['ruling', 'averaged', 'ruled']);
});
