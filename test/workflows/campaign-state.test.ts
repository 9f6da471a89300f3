import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Goals } from '../../models/domain/standing.js';
import type { Outcome } from '../../models/domain/trial.js';
import { step } from '../../workflows/campaign-state.js';
import {
  committedCost,
  initialState,
  type LoopEvent,
  type LoopSettings,
  type LoopState,
} from '../../workflows/loop.js';

/** One objective. */
const goals = (direction: 'minimise' | 'maximise'): Goals => ({ objectives: [{ name: 'y', direction }], bounds: [] });

/** What a trial is worth that lost so much. */
const worth = (loss: number) => ({ losses: [loss], feasible: true });

const settings = (changes: Partial<LoopSettings> = {}): LoopSettings => ({
  parallel: 2,
  synchronous: false,
  maxConsecutiveFailures: 1000,
  budget: { cost: 10, trials: null },
  stop: [],
  goals: goals('minimise'),
  ...changes,
});

/** A host that plays the reducer against a random world, and notes what the loop did. */
class World {
  state: LoopState;
  readonly started: string[] = [];
  readonly proposed = new Set<string>();
  rounds = 0;
  finishes = 0;
  overspent = false;
  tooMany = false;
  request: { round: number; count: number; remainingCost: number | null } | null = null;

  constructor(readonly given: LoopSettings) {
    this.state = initialState(given);
    this.feed({ type: 'started' });
  }

  feed(event: LoopEvent): void {
    const { state, commands } = step(this.given, this.state, event);
    this.state = state;
    for (const command of commands) {
      if (command.type === 'propose') {
        expect(this.request).toBeNull();
        expect(command.round).toBe(++this.rounds);
        this.request = command;
      }
      if (command.type === 'startTrial') this.started.push(command.id);
      if (command.type === 'finish') this.finishes++;
    }
    if (state.inFlight.length > this.given.parallel) this.tooMany = true;
    const budget = state.budget.cost;
    if (
      commands.some((c) => c.type === 'startTrial') &&
      budget !== null &&
      state.spent + committedCost(state) > budget * (1 + 2e-9)
    )
      this.overspent = true;
  }

  /** Answers the open request with up to `count` proposals of the given cost that the budget pays. */
  answer(cost: number, spaceLeft: number): void {
    const request = this.request!;
    this.request = null;
    let left = request.remainingCost ?? Number.POSITIVE_INFINITY;
    const proposals: { id: string; cost: number }[] = [];
    let shortfall: 'space' | 'budget' | null = null;
    while (proposals.length < request.count && shortfall === null) {
      if (proposals.length >= spaceLeft) shortfall = 'space';
      else if (cost > left) shortfall = 'budget';
      else {
        left -= cost;
        proposals.push({ id: `c/r${request.round}/p${proposals.length + 1}`, cost });
      }
    }
    for (const { id } of proposals) this.proposed.add(id);
    this.feed({ type: 'proposed', round: request.round, proposals, shortfall });
  }
}

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      cost: fc.double({ min: 0.1, max: 3, noNaN: true }),
      space: fc.integer({ min: 0, max: 9 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(20),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      outcome: fc.constantFrom<Outcome>('measured', 'failed', 'quarantined', 'cancelled'),
      loss: fc.double({ min: -1, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause' as const, 'resume' as const, 'drain' as const, 'abort' as const, 'stale' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('budget' as const), cost: fc.double({ min: 1, max: 30, noNaN: true }) }),
  },
);

const loopSettings = fc.record({
  parallel: fc.integer({ min: 1, max: 5 }),
  synchronous: fc.boolean(),
  maxConsecutiveFailures: fc.integer({ min: 1, max: 8 }),
  budget: fc.record({
    cost: fc.option(fc.double({ min: 0.5, max: 20, noNaN: true }), { nil: null }),
    trials: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }),
  }),
  stop: fc.constantFrom<LoopSettings['stop']>(
    [],
    [{ type: 'targetReached', value: -0.9 }],
    [{ type: 'noImprovement', rounds: 4 }],
  ),
  goals: fc.constant(goals('minimise')),
});

describe('the loop, under any order of events', () => {
  it('never runs too many, never overspends, never repeats, and stops exactly once', () => {
    fc.assert(
      fc.property(loopSettings, fc.array(action, { maxLength: 120 }), (given, actions) => {
        const world = new World(given);
        for (const act of actions) {
          if (act.kind === 'answer') {
            if (world.request !== null) world.answer(act.cost, act.space);
          } else if (act.kind === 'end') {
            const slot = world.state.inFlight[act.which % Math.max(1, world.state.inFlight.length)];
            if (slot === undefined) continue;
            const loss = act.outcome === 'measured' ? act.loss : null;
            world.feed({
              type: 'trialEnded',
              id: slot.id,
              outcome: act.outcome,
              cost: slot.cost * act.share,
              judged: loss === null ? null : worth(loss),
            });
          } else if (act.kind === 'budget')
            world.feed({ type: 'budget', budget: { ...world.state.budget, cost: act.cost } });
          else if (act.kind === 'stale') {
            world.feed({ type: 'trialEnded', id: 'c/r999/p1', outcome: 'measured', cost: 99, judged: worth(-99) });
            world.feed({ type: 'proposed', round: 999, proposals: [{ id: 'c/r999/p1', cost: 99 }], shortfall: null });
          } else world.feed(act.kind === 'drain' ? { type: 'drain', reason: 'drained' } : { type: act.kind });
        }
        // Let the world come to rest.
        world.feed({ type: 'resume' });
        for (let i = 0; i < 500 && world.state.phase !== 'stopped'; i++) {
          if (world.request !== null) world.answer(1, 0);
          const slot = world.state.inFlight[0];
          if (slot !== undefined)
            world.feed({ type: 'trialEnded', id: slot.id, outcome: 'measured', cost: slot.cost, judged: worth(0) });
        }
        expect(world.state.phase).toBe('stopped');
        expect(world.finishes).toBe(1);
        expect(world.tooMany).toBe(false);
        expect(world.overspent).toBe(false);
        expect(new Set(world.started).size).toBe(world.started.length);
        expect(world.started.every((id) => world.proposed.has(id))).toBe(true);
        const trials = world.given.budget.trials;
        if (trials !== null) expect(world.started.length).toBeLessThanOrEqual(trials);
        for (const event of [{ type: 'resume' }, { type: 'abort' }, { type: 'started' }] as LoopEvent[])
          expect(step(given, world.state, event)).toEqual({ state: world.state, commands: [] });
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe('the budget, where trials cost more or less than was expected', () => {
  const trial = fc.record({
    estimate: fc.double({ min: 0.1, max: 3, noNaN: true }),
    factor: fc.double({ min: 0, max: 3, noNaN: true }),
    which: fc.nat(20),
  });

  it('is overrun by no more than what the trials in flight at the last start cost beyond their estimates', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(trial, { maxLength: 60 }), (parallel, trials) => {
        const world = new World(settings({ parallel, budget: { cost: 12, trials: null } }));
        let begun = 0;
        let overrun = 0;
        for (const { estimate, factor, which } of trials) {
          if (world.request !== null) world.answer(estimate, 9);
          // What was in flight is counted anew whenever a trial begins: the budget had room for all estimates then.
          if (world.started.length > begun) overrun = 0;
          begun = world.started.length;
          const slot = world.state.inFlight[which % Math.max(1, world.state.inFlight.length)];
          if (slot === undefined) continue;
          const cost = slot.cost * factor;
          overrun += Math.max(0, cost - slot.cost);
          world.feed({ type: 'trialEnded', id: slot.id, outcome: 'measured', cost, judged: worth(0) });
          const { spent } = world.state;
          expect(spent + committedCost(world.state)).toBeLessThanOrEqual(12 * (1 + 1e-8) + overrun);
          const asked = world.request as { remainingCost: number | null } | null;
          if (asked !== null)
            expect(asked.remainingCost).toBeCloseTo(Math.max(0, 12 - spent - committedCost(world.state)), 9);
          if (world.state.phase === 'stopped') expect(world.state.stop!.text).toContain(`(12)`);
        }
        expect(world.overspent).toBe(false);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

describe('the loop, step by step', () => {
  const proposal = (round: number, ...costs: number[]): LoopEvent & { type: 'proposed' } => ({
    type: 'proposed',
    round,
    proposals: costs.map((cost, i) => ({ id: `c/r${round}/p${i + 1}`, cost })),
    shortfall: null,
  });
  const end = (id: string, loss: number | null = 0, cost = 1): LoopEvent => ({
    type: 'trialEnded',
    id,
    outcome: loss === null ? 'failed' : 'measured',
    cause: loss === null ? 'chemistry' : null,
    cost,
    judged: loss === null ? null : worth(loss),
  });

  it('refills a slot at once when asynchronous, and waits for the whole batch when synchronous', () => {
    for (const synchronous of [false, true]) {
      const world = new World(settings({ synchronous }));
      world.request = null;
      world.feed(proposal(1, 1, 1));
      world.feed(end('c/r1/p1'));
      expect(world.request === null).toBe(synchronous);
      if (synchronous) {
        world.feed(end('c/r1/p2'));
        expect(world.request).toMatchObject({ round: 2, count: 2 });
      } else expect(world.request).toMatchObject({ round: 2, count: 1, pending: ['c/r1/p2'], remainingCost: 8 });
    }
  });

  it('holds proposals that arrive while paused, and starts them on resume', () => {
    const world = new World(settings());
    world.request = null;
    world.feed({ type: 'pause' });
    world.feed(proposal(1, 1, 1));
    expect(world.started).toEqual([]);
    world.feed({ type: 'resume' });
    expect(world.started).toEqual(['c/r1/p1', 'c/r1/p2']);
  });

  it('withdraws what waits when it is drained, and ends when the last trial has', () => {
    const world = new World(settings());
    world.request = null;
    world.feed({ type: 'pause' });
    world.feed(proposal(1, 1, 1));
    const { commands } = step(world.given, world.state, { type: 'drain', reason: 'drained' });
    expect(commands.map((command) => command.type)).toEqual(['withdraw', 'finish']);
  });

  it('cancels what runs when it is aborted, and says so even if it was draining', () => {
    const world = new World(settings());
    world.request = null;
    world.feed(proposal(1, 1, 1));
    world.feed({ type: 'drain', reason: 'wallClock' });
    const { commands } = step(world.given, world.state, { type: 'abort' });
    expect(commands).toEqual([
      { type: 'cancelTrial', id: 'c/r1/p1', generation: 1 },
      { type: 'cancelTrial', id: 'c/r1/p2', generation: 1 },
    ]);
    world.feed({ type: 'abort' });
    world.feed({ type: 'trialEnded', id: 'c/r1/p1', outcome: 'cancelled', cost: 0, judged: null });
    world.feed({ type: 'trialEnded', id: 'c/r1/p2', outcome: 'cancelled', cost: 0, judged: null });
    expect(world.state).toMatchObject({ phase: 'stopped', stop: { reason: 'aborted' } });
  });

  const target = { parallel: 1, stop: [{ type: 'targetReached', value: 0.5 }] } as const;
  const stall = { parallel: 1, stop: [{ type: 'noImprovement', rounds: 2 }] } as const;
  it.each([
    [
      'targetReached',
      settings({ ...target, goals: goals('maximise') }),
      [0.9, -0.6],
      'c/r2/p1 reached 0.6, wanted was 0.5',
    ],
    ['noImprovement', settings(stall), [0.9, 1, 1], 'no better value than the 0.9 of c/r1/p1 for 2 rounds'],
    [
      'failures',
      settings({ parallel: 1, maxConsecutiveFailures: 2 }),
      [null, null],
      '2 designs in a row failed as chemistry',
    ],
    [
      'budgetTrials',
      settings({ parallel: 1, budget: { cost: null, trials: 2 } }),
      [1, 2],
      'all 2 trials of the budget are done',
    ],
    [
      'budgetCost',
      settings({ parallel: 1, budget: { cost: 2, trials: null } }),
      [1, 2],
      'the cost budget (2) is used up: 2 is spent',
    ],
  ] as const)('stops with the reason %s, and the numbers', (reason, given, losses, text) => {
    const world = new World(given);
    losses.forEach((loss, i) => {
      world.request = null;
      world.feed(proposal(i + 1, 1));
      world.feed(end(`c/r${i + 1}/p1`, loss));
    });
    expect(world.state.phase).toBe('stopped');
    expect(world.state.stop).toEqual({ reason, text });
    expect(world.finishes).toBe(1);
  });

  it('stops when what was computed reaches the bound on the regret, and withdraws what came with it', () => {
    const stop = [{ type: 'regretBound' as const, epsilon: 0.1, probability: 0.9 }];
    const world = new World(settings({ parallel: 1, stop }));
    const assured = (round: number, epsilon: number, probability: number) => {
      world.request = null;
      world.feed({ ...proposal(round, 1), assurances: [{ trialId: 'c/r1/p1', epsilon, probability }] });
    };
    assured(1, 0.1, 0.8999);
    world.feed(end('c/r1/p1', 0.4));
    assured(2, 0.2, 0.99);
    expect(world.state.phase).toBe('running');
    world.feed(end('c/r2/p1', 0.6));
    assured(3, 0.1, 0.9129);
    expect(world.started).toEqual(['c/r1/p1', 'c/r2/p1']);
    expect(world.state).toMatchObject({
      phase: 'stopped',
      stop: { reason: 'regretBound', text: 'c/r1/p1 is within 0.1 of the best possible with probability 0.912' },
    });
  });

  it('does not stop on a bound where none is asked for, nor for want of one', () => {
    const world = new World(settings({ parallel: 1 }));
    world.request = null;
    world.feed({ ...proposal(1, 1), assurances: [{ trialId: 'c/r1/p1', epsilon: 1, probability: 1 }] });
    expect(world.state.phase).toBe('running');
    const bound = new World(settings({ parallel: 1, stop: [{ type: 'regretBound', epsilon: 1, probability: 0.5 }] }));
    bound.request = null;
    bound.feed(proposal(1, 1));
    expect(bound.started).toEqual(['c/r1/p1']);
  });

  it('tells who decides the budget in force, where a person changed it', () => {
    const world = new World(settings({ parallel: 1 }));
    expect(world.request).not.toHaveProperty('budget');
    world.request = null;
    world.feed(proposal(1, 1));
    world.feed({ type: 'budget', budget: { cost: 20, trials: 8 } });
    world.feed(end('c/r1/p1', 0, 1));
    expect(world.request).toMatchObject({ round: 2, budget: { cost: 20, trials: 8 } });
  });

  it('lets a trial that a person did again wait for a place, unless it goes on with what it holds', () => {
    for (const goesOn of [undefined, true] as const) {
      const world = new World(settings({ parallel: 1 }));
      world.request = null;
      world.feed(proposal(1, 1));
      world.feed({ ...end('c/r1/p1', 0, 1), outcome: 'quarantined' } as LoopEvent);
      world.request = null;
      world.feed(proposal(2, 1));
      const again = { generation: 2, was: 'quarantined' as const, ...(goesOn === undefined ? {} : { goesOn }) };
      world.feed({ type: 'retry', slot: { id: 'c/r1/p1', cost: 1, again } });
      const both = ['c/r1/p1', 'c/r2/p1', 'c/r1/p1'];
      expect(world.started).toEqual(goesOn === true ? both : both.slice(0, 2));
      world.feed(end('c/r2/p1', 0, 1));
      expect(world.started).toEqual(both);
    }
  });

  it('goes on spending when a trial cost less than estimated, and stops when nothing can be paid', () => {
    const world = new World(settings({ parallel: 1, budget: { cost: 2, trials: null } }));
    world.request = null;
    world.feed(proposal(1, 1.5));
    world.feed(end('c/r1/p1', 0, 0.25));
    expect(world.request).toMatchObject({ remainingCost: 1.75 });
    world.request = null;
    world.feed({ type: 'proposed', round: 2, proposals: [], shortfall: 'budget' });
    expect(world.state.stop).toEqual({
      reason: 'budgetCost',
      text: 'the cost budget (2) pays no further trial with what is left: 0.25 is spent',
    });
  });

  it('keeps the front of several objectives, and stops once nothing joins it', () => {
    const objectives = [
      { name: 'yield', direction: 'maximise' as const },
      { name: 'cost', direction: 'minimise' as const },
    ];
    const world = new World(
      settings({
        parallel: 1,
        stop: [{ type: 'noImprovement', rounds: 2 }],
        goals: { objectives, bounds: [{ name: 'ash', max: 1 }] },
      }),
    );
    const run = (losses: readonly (number | null)[], feasible: boolean | null = true) => {
      const round = world.state.round;
      world.request = null;
      world.feed(proposal(round, 0.1));
      world.feed({ ...end(`c/r${round}/p1`, 0, 0.1), judged: { losses, feasible } } as LoopEvent);
      return world.state.front.map(({ trialId }) => trialId);
    };
    expect(run([-50, 5])).toEqual(['c/r1/p1']);
    expect(run([-60, 9])).toEqual(['c/r1/p1', 'c/r2/p1']);
    expect(run([-99, 1], false)).toEqual(['c/r1/p1', 'c/r2/p1']);
    expect(run([-60, 4])).toEqual(['c/r4/p1']);
    expect(run([-99, null])).toEqual(['c/r4/p1']);
    expect(world.state.phase).toBe('running');
    run([-1, 10]);
    expect(world.state.stop).toEqual({
      reason: 'noImprovement',
      text: 'nothing better than the 1 trials of the front for 2 rounds',
    });
  });
});
