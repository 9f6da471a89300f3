import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { front, type Judged } from '../../models/domain/standing.js';
import type { Outcome } from '../../models/domain/trial.js';
import { step } from '../../workflows/campaign-state.js';
import {
  initialState,
  type LoopCommand,
  type LoopEvent,
  type LoopSettings,
  type LoopState,
  type RulingEffect,
} from '../../workflows/loop.js';

interface Counted {
  readonly outcome: Outcome;
  readonly cost: number;
  readonly judged: Judged | null;
}

const settings = (changes: Partial<LoopSettings> = {}): LoopSettings => ({
  parallel: 2,
  synchronous: false,
  maxConsecutiveFailures: 1000,
  budget: { cost: null, trials: 12 },
  stop: [],
  goals: { objectives: [{ name: 'y', direction: 'minimise' }], bounds: [] },
  ...changes,
});

/** A campaign with its own book of what counts of every trial, as the store has it. */
class World {
  state: LoopState;
  /** Null where it counts as never run. */
  readonly book = new Map<string, Counted | null>();
  request: (LoopCommand & { type: 'propose' }) | null = null;
  finished = false;

  constructor(readonly given: LoopSettings) {
    this.state = initialState(given);
    this.feed({ type: 'started' });
  }

  feed(event: LoopEvent): readonly LoopCommand[] {
    const { state, commands } = step(this.given, this.state, event);
    this.state = state;
    for (const command of commands) {
      if (command.type === 'propose') this.request = command;
      if (command.type === 'finish') this.finished = true;
      // What is decided or ended knows what people hold of the trials.
      if (command.type === 'propose' || command.type === 'finish') expect(state.ruling).toEqual([]);
    }
    return commands;
  }

  answer(): void {
    const { round, count } = this.request!;
    this.request = null;
    const proposals = Array.from({ length: count }, (_, i) => ({ id: `c/r${round}/p${i + 1}`, cost: 1 }));
    this.feed({ type: 'proposed', round, proposals, shortfall: null });
  }

  end(id: string, counted: Counted): void {
    this.book.set(id, counted);
    this.feed({ type: 'trialEnded', id, ...counted });
  }

  /** What a ruling comes to, from the book. */
  rule(id: string, is: Counted | null): RulingEffect {
    const was = this.book.get(id)!;
    this.book.set(id, is);
    const { consecutiveFailures, deviceFailures } = this.state;
    return { was, is, front: this.front(), consecutiveFailures, deviceFailures };
  }

  front() {
    const trials = [...this.book].flatMap(([trialId, counted]) =>
      counted?.judged ? [{ trialId, round: 1, ...counted.judged }] : [],
    );
    return front(trials);
  }
}

const counted = fc
  .record({ outcome: fc.constantFrom<Outcome>('measured', 'failed', 'quarantined', 'cancelled'), loss: fc.integer() })
  .map(
    ({ outcome, loss }): Counted => ({
      outcome,
      cost: 1,
      judged: outcome === 'measured' ? { losses: [loss], feasible: true } : null,
    }),
  );
const action = fc.oneof(
  fc.record({ kind: fc.constant('answer' as const) }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(9), counted }),
  fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const, 'drain' as const) }),
  fc.record({ kind: fc.constant('ruling' as const), which: fc.nat(30) }),
  fc.record({ kind: fc.constant('ruled' as const), is: fc.option(counted, { nil: null }), refused: fc.boolean() }),
);

describe('the loop, while people rule', () => {
  it('waits for each ruling, and amounts to what counts after it', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 100 }), (actions) => {
        const world = new World(settings());
        for (const act of actions) {
          const ended = [...world.book].filter(([, one]) => one !== null).map(([id]) => id);
          if (act.kind === 'answer' && world.request !== null) world.answer();
          if (act.kind === 'end') {
            const slot = world.state.inFlight[act.which];
            if (slot !== undefined) world.end(slot.id, act.counted);
          }
          if (act.kind === 'ruling' && ended.length > 0)
            world.feed({ type: 'ruling', id: ended[act.which % ended.length]! });
          if (act.kind === 'ruled') {
            const id = world.state.ruling[0];
            const known = id !== undefined && world.book.get(id) !== null;
            const effect = act.refused || !known || world.finished ? null : world.rule(id, act.is);
            world.feed({ type: 'ruled', id: id ?? 'c/r1/p1', effect });
          }
          if (act.kind === 'pause' || act.kind === 'resume') world.feed({ type: act.kind });
          if (act.kind === 'drain') world.feed({ type: 'drain', reason: 'drained' });
          const counts = [...world.book.values()].flatMap((one) => one ?? []);
          expect(world.state.spent).toBe(counts.length);
          expect(world.state.started).toBe(counts.length + world.state.inFlight.length);
          for (const outcome of ['measured', 'failed', 'quarantined', 'cancelled'] as const)
            expect(world.state.ended[outcome]).toBe(counts.filter((one) => one.outcome === outcome).length);
          expect(world.state.front.map(({ losses }) => losses)).toEqual(world.front().map(({ losses }) => losses));
        }
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  const measured = (loss: number): Counted => ({
    outcome: 'measured',
    cost: 1,
    judged: { losses: [loss], feasible: true },
  });

  it('gives the place of a trial that never ran to another', () => {
    const world = new World(settings({ parallel: 1, budget: { cost: 2, trials: 2 } }));
    world.answer();
    world.end('c/r1/p1', measured(1));
    world.answer();
    world.feed({ type: 'ruling', id: 'c/r1/p1' });
    world.end('c/r2/p1', measured(2));
    expect(world.finished).toBe(false);
    world.feed({ type: 'ruled', id: 'c/r1/p1', effect: world.rule('c/r1/p1', null) });
    expect(world.request).toMatchObject({ round: 3, count: 1, remainingCost: 1 });
  });

  it('stops where what counts now reaches the target', () => {
    const stop = [{ type: 'targetReached' as const, value: 0 }];
    const world = new World(settings({ parallel: 1, stop }));
    world.answer();
    world.end('c/r1/p1', measured(1));
    world.feed({ type: 'ruling', id: 'c/r1/p1' });
    world.feed({ type: 'ruled', id: 'c/r1/p1', effect: world.rule('c/r1/p1', measured(-1)) });
    expect(world.state.stop).toMatchObject({ reason: 'targetReached' });
  });

  /** A campaign of one trial that reached its target and one in flight, and what is held of the first while it waits. */
  const stoppedBy = (loss: number, before: Partial<LoopState> = {}) => {
    const stop = [{ type: 'targetReached' as const, value: 0 }];
    const world = new World(settings({ stop }));
    world.answer();
    world.state = { ...world.state, ...before };
    world.end('c/r1/p1', measured(-1));
    expect(world.state).toMatchObject({ phase: 'draining', stop: { reason: 'targetReached' } });
    world.feed({ type: 'ruling', id: 'c/r1/p1' });
    return (anew?: boolean) => {
      const effect = world.rule('c/r1/p1', measured(loss));
      world.feed({ type: 'ruled', id: 'c/r1/p1', effect, ...(anew === undefined ? {} : { anew }) });
      return world;
    };
  };

  it('goes on where a rule is met no more that was about to end it', () => {
    const world = stoppedBy(1)(true);
    expect(world.state).toMatchObject({ phase: 'running', stop: null });
    expect(world.request).toMatchObject({ round: 2, count: 1 });
    world.end('c/r1/p2', measured(-2));
    expect(world.state.stop?.text).toMatch(/^c\/r1\/p2 reached -2/);
  });

  it('is paused again where it was, and ends where the rule is still met, saying what meets it', () => {
    expect(stoppedBy(1, { phase: 'paused' })(true).state).toMatchObject({ phase: 'paused', stop: null });
    expect(stoppedBy(-3)(true).state.stop?.text).toMatch(/^c\/r1\/p1 reached -3/);
  });

  it('ends as it did in histories from before rules were looked at anew', () => {
    expect(stoppedBy(1)().state).toMatchObject({ phase: 'draining', stop: { reason: 'targetReached' } });
  });

  it('begins a trial again, once the stop is undone within which it waited, unless it was ruled on since', () => {
    const waiting = (id: string) => ({
      retries: [{ id, cost: 1, again: { generation: 2, was: 'failed' as const } }],
      ended: { measured: 0, failed: 1, quarantined: 0, cancelled: 0 },
    });
    const undone = (id: string, again: boolean) => {
      const world = stoppedBy(-1, waiting(id))();
      expect(world.state.retries).toHaveLength(id === 'c/r1/p1' ? 0 : 1);
      world.feed({ type: 'ruling', id: 'c/r1/p1' });
      const effect = world.rule('c/r1/p1', measured(1));
      return world.feed({ type: 'ruled', id: 'c/r1/p1', effect, anew: true, again });
    };
    const started = { type: 'startTrial', id: 'c/r0/p1', again: { generation: 2, throughRound: 1 } };
    expect(undone('c/r0/p1', true)).toEqual([started]);
    expect(undone('c/r0/p1', false)).toMatchObject([{ type: 'propose' }]);
    expect(undone('c/r1/p1', true)).toMatchObject([{ type: 'propose' }]);
  });

  it('ends all the same where a person has drained or aborted it', () => {
    const world = new World(settings());
    world.answer();
    world.end('c/r1/p1', measured(1));
    world.feed({ type: 'drain', reason: 'drained' });
    world.feed({ type: 'ruling', id: 'c/r1/p1' });
    world.feed({ type: 'ruled', id: 'c/r1/p1', effect: world.rule('c/r1/p1', measured(2)), anew: true });
    expect(world.state).toMatchObject({ phase: 'draining', stop: { reason: 'drained' } });
  });

  it('heeds no ruling that was not begun', () => {
    const world = new World(settings());
    const effect: RulingEffect = { was: null, is: null, front: [], consecutiveFailures: 7, deviceFailures: 7 };
    expect(step(world.given, world.state, { type: 'ruled', id: 'c/r1/p1', effect })).toEqual({
      state: world.state,
      commands: [],
    });
  });
});
