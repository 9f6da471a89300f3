import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Need } from '../../models/domain/record.js';
import type { Outcome } from '../../models/domain/trial.js';
import { step } from '../../workflows/campaign-state.js';
import {
  committedCost,
  initialState,
  type LoopCommand,
  type LoopEvent,
  type LoopSettings,
  type LoopState,
  type Slot,
} from '../../workflows/loop.js';

const settings = (changes: Partial<LoopSettings> = {}): LoopSettings => ({
  parallel: 2,
  synchronous: false,
  maxConsecutiveFailures: 4,
  budget: { cost: 12, trials: 10 },
  stop: [],
  goals: { objectives: [{ name: 'y', direction: 'minimise' }], bounds: [] },
  ...changes,
});

/** A campaign among people, which sees that nothing happens that must not. */
class World {
  state: LoopState;
  request: (LoopCommand & { type: 'propose' }) | null = null;
  readonly started: string[] = [];
  readonly withdrawn: string[] = [];
  /** Proposals of which a person has not said yet that they are wanted. */
  readonly unapproved = new Set<string>();
  finishes = 0;

  constructor(readonly given: LoopSettings) {
    this.state = initialState(given);
    this.feed({ type: 'started' });
  }

  feed(event: LoopEvent): readonly LoopCommand[] {
    const before = this.state;
    if (event.type === 'approve') this.unapproved.delete(event.id);
    const { state, commands } = step(this.given, before, event);
    this.state = state;
    for (const command of commands) {
      if (command.type === 'propose') this.asked(command);
      if (command.type === 'withdraw') this.withdrawn.push(...command.ids);
      if (command.type === 'finish') this.finishes++;
      if (command.type === 'startTrial') {
        expect(this.unapproved).not.toContain(command.id);
        this.started.push(command.id);
        expect(state.spent + committedCost(state)).toBeLessThanOrEqual(12 * (1 + 2e-9));
      }
    }
    expect(state.inFlight.length).toBeLessThanOrEqual(this.given.parallel);
    expect(state.started).toBeLessThanOrEqual(10);
    return commands;
  }

  private asked(command: LoopCommand & { type: 'propose' }): void {
    const { inFlight, waiting } = this.state;
    const open = [...inFlight, ...waiting].map(({ id }) => id);
    expect([...command.pending].sort()).toEqual(open.sort());
    expect(command.count + open.length).toBeLessThanOrEqual(this.given.parallel);
    expect(command.count + waiting.length + this.state.started).toBeLessThanOrEqual(10);
    this.request = command;
  }

  /** Answers with as many proposals as were asked for and can be paid. */
  answer(gated: boolean): void {
    const { round, count, remainingCost } = this.request!;
    this.request = null;
    const paid = Math.min(count, Math.floor(remainingCost! + 1e-9));
    const needs: { needs?: Need } = gated ? { needs: 'approval' } : {};
    const proposals = Array.from({ length: paid }, (_, i) => slot(`c/r${round}/p${i + 1}`, needs));
    if (gated) for (const { id } of proposals) this.unapproved.add(id);
    this.feed({ type: 'proposed', round, proposals, shortfall: paid < count ? 'budget' : null });
  }
}

function slot(id: string, more: Partial<Slot> = {}): Slot {
  return { id, cost: 1, fidelity: 'exact', ...more };
}

function ending(id: string, outcome: Outcome = 'measured') {
  const judged = outcome === 'measured' ? { losses: [1], feasible: true } : null;
  return { id, outcome, cost: 1, judged, cause: outcome === 'failed' ? ('device' as const) : null };
}

const which = fc.nat(4);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer' as const), gated: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('end' as const, 'told' as const),
      which,
      outcome: fc.constantFrom<Outcome>('measured', 'failed', 'quarantined', 'cancelled'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('approve' as const, 'reject' as const, 'edit' as const), which }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('needs' as const),
      which,
      needs: fc.constantFrom('result' as const, 'resolution' as const, null),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('injected' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const, 'solved' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('problem' as const), text: fc.constantFrom('a', 'b', null) }),
  },
);

describe('the loop among people', () => {
  it('starts nothing unasked, twice or beyond its places and budget, and loses nothing that waits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 120 }), (parallel, actions) => {
        const world = new World(settings({ parallel }));
        const known = new Set<string>();
        let edits = 0;
        for (const act of actions) {
          const { waiting, inFlight, round, ended } = world.state;
          for (const { id } of [...waiting, ...inFlight]) known.add(id);
          if (act.kind === 'answer' && world.request !== null) world.answer(act.gated);
          if (act.kind === 'end' || act.kind === 'told') {
            const found = inFlight[act.which];
            if (found === undefined) continue;
            const type = act.kind === 'end' ? 'trialEnded' : 'told';
            world.feed({ type, ...ending(found.id, act.outcome) });
            // A person's word ends a trial that waits for it, and no other.
            const over = !world.state.inFlight.some(({ id }) => id === found.id);
            expect(over).toBe(act.kind === 'end' || found.needs !== undefined);
          }
          if (act.kind === 'approve' || act.kind === 'reject' || act.kind === 'edit') {
            const id = waiting[act.which]?.id ?? 'c/r99/p1';
            const failures = [world.state.consecutiveFailures, world.state.deviceFailures];
            if (act.kind === 'edit') world.feed({ type: 'edit', id, slot: slot(`c/r1/p${100 + ++edits}`) });
            else world.feed({ type: act.kind, id });
            expect([world.state.consecutiveFailures, world.state.deviceFailures]).toEqual(failures);
            expect(world.state.ended).toEqual(ended);
          }
          if (act.kind === 'needs' && inFlight[act.which] !== undefined)
            world.feed({ type: 'needs', id: inFlight[act.which]!.id, needs: act.needs });
          if (act.kind === 'injected') {
            const taken = !world.state.proposing && ['running', 'paused'].includes(world.state.phase);
            world.feed({ type: 'injected', round: round + 1, slot: slot(`c/r${round + 1}/p1`) });
            if (!taken) expect(world.state.round).toBe(round);
          }
          if (act.kind === 'pause' || act.kind === 'resume') world.feed({ type: act.kind });
          if (act.kind === 'solved' || act.kind === 'problem') {
            const before = world.state;
            const event: LoopEvent =
              'text' in act ? { type: 'problem', key: 'store', text: act.text } : { type: 'solved' };
            expect(world.feed(event)).toEqual([]);
            expect({ ...world.state, problems: [] }).toEqual({ ...before, problems: [] });
            const failures = (state: LoopState) => state.problems.filter(({ key }) => key === 'failures');
            expect(failures(world.state)).toEqual(failures(before));
          }
          expect(new Set(world.state.problems.map(({ key }) => key)).size).toBe(world.state.problems.length);
        }
        // Let all come to rest.
        for (let i = 0; i < 300 && world.state.phase !== 'stopped'; i++) {
          world.feed({ type: 'resume' });
          if (world.request !== null) world.answer(false);
          for (const { id } of world.state.waiting) world.feed({ type: 'approve', id });
          const [running] = world.state.inFlight;
          if (running !== undefined) world.feed({ type: 'trialEnded', ...ending(running.id) });
        }
        expect([world.state.phase, world.finishes]).toEqual(['stopped', 1]);
        expect(new Set(world.started).size).toBe(world.started.length);
        expect(world.started.filter((id) => world.withdrawn.includes(id))).toEqual([]);
        for (const id of known) expect([...world.started, ...world.withdrawn]).toContain(id);
      }),
      { seed: 3, numRuns: 1500 },
    );
  });

  it('holds a place for what waits for approval, and asks for nothing in its stead', () => {
    const world = new World(settings());
    world.answer(true);
    expect(world.state).toMatchObject({ waiting: [{ id: 'c/r1/p1', fidelity: 'exact' }, {}], inFlight: [] });
    expect(world.request).toBeNull();
    world.feed({ type: 'approve', id: 'c/r1/p2' });
    expect(world.started).toEqual(['c/r1/p2']);
    world.feed({ type: 'reject', id: 'c/r1/p1' });
    expect(world.withdrawn).toEqual(['c/r1/p1']);
    expect(world.request).toMatchObject({ round: 2, count: 1, pending: ['c/r1/p2'], remainingCost: 11 });
  });

  it('begins what a person proposes before anything new, within the budget', () => {
    const world = new World(settings({ parallel: 1, budget: { cost: 12, trials: 2 } }));
    world.answer(false);
    world.feed({ type: 'injected', round: 2, slot: slot('c/r2/p1') });
    expect(world.state).toMatchObject({ round: 2, waiting: [{ id: 'c/r2/p1', injected: true }] });
    world.feed({ type: 'trialEnded', ...ending('c/r1/p1') });
    expect([world.started, world.request]).toEqual([['c/r1/p1', 'c/r2/p1'], null]);
    // A third is more than the budget has trials for.
    world.feed({ type: 'injected', round: 3, slot: slot('c/r3/p1') });
    world.feed({ type: 'trialEnded', ...ending('c/r2/p1') });
    expect([world.withdrawn, world.state.stop?.reason]).toEqual([['c/r3/p1'], 'budgetTrials']);
  });

  it('puts what a person edits in the place of what was proposed', () => {
    const world = new World(settings({ parallel: 1 }));
    world.answer(true);
    world.feed({ type: 'edit', id: 'c/r1/p1', slot: slot('c/r1/p2', { cost: 2 }) });
    expect([world.withdrawn, world.started, committedCost(world.state)]).toEqual([['c/r1/p1'], ['c/r1/p2'], 2]);
  });

  it('is let go from a pause of its own by a person who resumes alone', () => {
    const world = new World(settings({ parallel: 1, maxConsecutiveFailures: 1 }));
    world.answer(false);
    world.feed({ type: 'trialEnded', ...ending('c/r1/p1', 'failed') });
    world.feed({ type: 'problem', key: 'store', text: 'a' });
    world.feed({ type: 'problem', key: 'store', text: 'b' });
    expect(world.state.problems.map(({ key, text }) => [key, text.slice(0, 5)])).toEqual([
      ['failures', '1 tri'],
      ['store', 'b'],
    ]);
    world.feed({ type: 'solved' });
    expect(world.state).toMatchObject({ phase: 'paused', problems: [{ key: 'failures' }] });
    world.feed({ type: 'resume' });
    expect(world.state).toMatchObject({ phase: 'running', problems: [] });
  });
});
