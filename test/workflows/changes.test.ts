import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StopRule } from '../../models/domain/campaign.js';
import type { Change, InForce } from '../../models/domain/change.js';
import { step } from '../../workflows/campaign-state.js';
import { afterChange, isAssured } from '../../workflows/changes.js';
import {
  initialState,
  type LoopCommand,
  type LoopEvent,
  type LoopSettings,
  type LoopState,
} from '../../workflows/loop.js';

const settings = (changes: Partial<LoopSettings> = {}): LoopSettings => ({
  parallel: 2,
  synchronous: false,
  maxConsecutiveFailures: 1000,
  budget: { cost: null, trials: 12 },
  stop: [],
  goals: { objectives: [{ name: 'y', direction: 'minimise' }], bounds: [] },
  ...changes,
});

/** A campaign that answers every round with trials that cost one. */
class World {
  state: LoopState;
  request: (LoopCommand & { type: 'propose' }) | null = null;
  readonly finishes: (LoopCommand & { type: 'finish' })[] = [];

  constructor(readonly given: LoopSettings) {
    this.state = initialState(given);
    this.feed({ type: 'started' });
  }

  feed(event: LoopEvent): readonly LoopCommand[] {
    const { state, commands } = step(this.given, this.state, event);
    this.state = state;
    for (const command of commands) {
      if (command.type === 'propose') this.request = command;
      if (command.type === 'finish') this.finishes.push(command);
    }
    return commands;
  }

  answer(assurances: readonly { trialId: string; epsilon: number; probability: number }[] = []): void {
    const { round, count } = this.request!;
    this.request = null;
    const proposals = Array.from({ length: count }, (_, i) => ({ id: `c/r${round}/p${i + 1}`, cost: 1 }));
    this.feed({ type: 'proposed', round, proposals, shortfall: null, assurances });
  }

  end(loss: number, which = 0): void {
    const slot = this.state.inFlight[which];
    if (slot === undefined) return;
    const judged = { losses: [loss], feasible: true };
    this.feed({ type: 'trialEnded', id: slot.id, outcome: 'measured', cost: 1, judged });
  }

  change(change: Change): void {
    this.feed({ type: 'changed', change });
  }
}

const rule = fc.oneof(
  fc.record({ type: fc.constant('targetReached' as const), value: fc.integer({ min: -20, max: 20 }) }),
  fc.record({ type: fc.constant('noImprovement' as const), rounds: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    type: fc.constant('regretBound' as const),
    epsilon: fc.integer({ min: 1, max: 9 }),
    probability: fc.constantFrom(0.5, 0.9, 0.99),
  }),
);
const nullable = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const stopChange = fc.record(
  {
    targetReached: nullable(fc.record({ value: fc.integer({ min: -20, max: 20 }) })),
    noImprovement: nullable(fc.record({ rounds: fc.integer({ min: 1, max: 9 }) })),
    regretBound: nullable(fc.record({ epsilon: fc.integer({ min: 1, max: 9 }), probability: fc.constant(0.9) })),
  },
  { requiredKeys: [] },
);
const change: fc.Arbitrary<Change> = fc.record(
  {
    parallel: fc.integer({ min: 1, max: 4 }),
    budget: fc.record({ cost: nullable(fc.integer({ min: 1, max: 30 })) }, { requiredKeys: [] }),
    stop: stopChange,
    fixed: fc.dictionary(
      fc.constantFrom('t', 'solvent', 'n'),
      nullable(fc.oneof(fc.nat(3), fc.constantFrom('a', 'b'))),
    ),
    contexts: fc.dictionary(fc.constantFrom('batch', 'humidity'), fc.constantFrom('B7', 'B8')),
  },
  { requiredKeys: [] },
);
const inForce: fc.Arbitrary<InForce> = fc.record({
  parallel: fc.integer({ min: 1, max: 4 }),
  budget: fc.record({ cost: nullable(fc.integer()), trials: nullable(fc.nat()), wallClockMs: nullable(fc.nat()) }),
  stop: fc.array(rule, { maxLength: 4 }),
  lifted: fc.subarray(['targetReached', 'noImprovement', 'failures'] as const),
});

describe('what is in force after a change', () => {
  it('is what it says, and everything else as it was, also if it is said again', () => {
    fc.assert(
      fc.property(inForce, change, (before, given) => {
        const after = afterChange(before, given, 3);
        expect(after.parallel).toBe(given.parallel ?? before.parallel);
        expect(after.budget).toEqual({ ...before.budget, ...given.budget });
        const kept = Object.entries({ ...before.fixed, ...given.fixed }).filter(([, value]) => value !== null);
        expect(after.fixed ?? {}).toEqual(Object.fromEntries(kept));
        expect('fixed' in after).toBe(kept.length > 0);
        const told = Object.entries(given.contexts ?? {}).map(([name, value]) => [name, { value, sinceRound: 3 }]);
        expect(after.contexts ?? {}).toEqual(Object.fromEntries(told));
        for (const type of ['targetReached', 'noImprovement', 'regretBound'] as const) {
          const said = given.stop?.[type];
          const of = (rules: readonly StopRule[]) => rules.filter((one) => one.type === type);
          const wanted = said === undefined ? of(before.stop) : said === null ? [] : [{ type, ...said }];
          expect(of(after.stop)).toEqual(wanted);
          if (said !== undefined) expect(after.lifted).not.toContain(type);
        }
        expect(afterChange(after, given, 3)).toEqual(after);
      }),
    );
  });
});

describe('the loop, where people change what is in force', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('answer' as const) }),
    fc.record({ kind: fc.constant('end' as const), which: fc.nat(3), loss: fc.integer({ min: -20, max: 20 }) }),
    fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const) }),
    fc.record({ kind: fc.constant('change' as const), change }),
  );

  it('goes by what was changed last, and asks for every round with it', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 2 }), fc.array(action, { maxLength: 80 }), (stop, actions) => {
        const world = new World(settings({ stop, budget: { cost: 40, trials: null } }));
        let now: InForce = {
          parallel: 2,
          budget: { cost: 40, trials: null, wallClockMs: null },
          stop,
          lifted: [],
        };
        for (const act of actions) {
          const before = world.request;
          if (act.kind === 'answer' && world.request !== null) world.answer();
          if (act.kind === 'end') world.end(act.loss, act.which);
          if (act.kind === 'pause' || act.kind === 'resume') world.feed({ type: act.kind });
          if (act.kind === 'change' && world.state.phase !== 'stopped') {
            now = afterChange(now, act.change, world.state.round + 1);
            world.change(act.change);
          }
          const { parallel, budget, rules, phase } = world.state;
          expect({ parallel, cost: budget.cost, rules }).toEqual({
            parallel: now.parallel,
            cost: now.budget.cost,
            rules: now.stop,
          });
          if (world.request !== null && world.request !== before) {
            expect(world.request.stop ?? stop).toEqual(now.stop);
            expect(world.request.fixed).toEqual(now.fixed);
            expect(world.request.contexts).toEqual(now.contexts);
            expect(world.request.budget?.cost ?? 40).toEqual(now.budget.cost ?? 40);
            expect(world.request.count).toBeLessThanOrEqual(parallel);
          }
          if (phase === 'draining') expect(world.state.stop).not.toBeNull();
          if (phase === 'running') expect(world.state.stop).toBeNull();
        }
        expect(world.finishes.length).toBe(world.state.phase === 'stopped' ? 1 : 0);
      }),
    );
  });

  it('does the same whether a target was in the file or came later, once it is met', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -9, max: 9 }),
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 10 }),
        (value, losses) => {
          const play = (world: World, early: boolean) => {
            if (early) world.change({ stop: { targetReached: { value } } });
            for (const loss of losses) {
              if (world.request !== null) world.answer();
              world.end(loss);
            }
            return world.state;
          };
          const inFile = play(new World(settings({ parallel: 1, stop: [{ type: 'targetReached', value }] })), false);
          const changed = play(new World(settings({ parallel: 1 })), true);
          expect({ ...changed, rules: [] }).toEqual({ ...inFile, rules: [] });
        },
      ),
    );
  });

  it('is stopped at once by a rule that is met as it is stated, and says so', () => {
    const world = new World(settings());
    world.answer();
    world.end(5);
    world.answer();
    world.change({ stop: { targetReached: { value: 4 } } });
    expect(world.state).toMatchObject({ phase: 'running', stop: null });
    world.change({ stop: { targetReached: { value: 6 } } });
    expect(world.state).toMatchObject({
      phase: 'draining',
      stop: { reason: 'targetReached', text: 'c/r1/p1 reached 5, wanted was 6' },
    });
  });

  it('goes on where the rule that is about to end it is met no more, paused if it was', () => {
    for (const isPaused of [false, true]) {
      const world = new World(settings({ stop: [{ type: 'targetReached', value: 6 }] }));
      world.answer();
      if (isPaused) world.feed({ type: 'pause' });
      world.end(5);
      expect(world.state.phase).toBe('draining');
      world.change({ parallel: 3 });
      world.change({ stop: { noImprovement: { rounds: 7 } } });
      expect(world.state.phase).toBe('draining');
      world.change({ stop: { targetReached: { value: 2 } } });
      expect(world.state).toMatchObject({ phase: isPaused ? 'paused' : 'running', stop: null });
    }
  });

  it('is stopped by another rule that holds, where the one that was met is taken out', () => {
    const stop: StopRule[] = [
      { type: 'targetReached', value: 6 },
      { type: 'noImprovement', rounds: 1 },
    ];
    const world = new World(settings({ parallel: 2, stop }));
    world.answer();
    world.end(5);
    expect(world.state.stop).toMatchObject({ reason: 'targetReached' });
    world.change({ stop: { targetReached: null } });
    expect(world.state.phase).toBe('running');
    world.answer();
    world.end(7);
    expect(world.state.stop).toMatchObject({ reason: 'noImprovement' });
  });

  it('keeps a bound on the regret that what was said of it is enough for, and else waits for the next round', () => {
    const said = [{ trialId: 'c/r1/p1', epsilon: 2, probability: 0.93 }];
    const phaseAfter = (regretBound: { epsilon: number; probability: number } | null) => {
      const world = new World(settings({ stop: [{ type: 'regretBound', epsilon: 2, probability: 0.9 }] }));
      world.answer();
      world.end(5);
      world.answer(said);
      expect(world.state.stop).toMatchObject({ reason: 'regretBound' });
      world.change({ stop: { regretBound } });
      return world.state.phase;
    };
    expect(phaseAfter({ epsilon: 2, probability: 0.93 })).toBe('draining');
    expect(phaseAfter({ epsilon: 3, probability: 0.92 })).toBe('draining');
    expect(phaseAfter({ epsilon: 2, probability: 0.94 })).toBe('running');
    expect(phaseAfter({ epsilon: 1, probability: 0.5 })).toBe('running');
    expect(phaseAfter(null)).toBe('running');
    expect(isAssured([{ type: 'regretBound', epsilon: 2, probability: 0.9 }])).toBe(false);
  });

  it('is not undone by a change where a person ended it', () => {
    const world = new World(settings({ stop: [{ type: 'targetReached', value: 6 }] }));
    world.answer();
    world.feed({ type: 'drain', reason: 'drained' });
    world.change({ stop: { targetReached: null }, parallel: 4 });
    expect(world.state).toMatchObject({ phase: 'draining', stop: { reason: 'drained' }, parallel: 4 });
  });
});
