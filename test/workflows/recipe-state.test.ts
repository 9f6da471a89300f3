import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { undoneBy, undoOf } from '../../models/domain/step-name.js';
import {
  carriedOver,
  nextOf,
  type RecipeEnding,
  type RecipePlan,
  type StepEnd,
  type StepEnds,
} from '../../workflows/recipe-state.js';

const three: RecipePlan = {
  steps: [
    { step: 'synthesise', undo: true },
    { step: 'anneal', undo: true },
    { step: 'measure', undo: false },
  ],
};
const done: StepEnd = { how: 'done', begun: true };
const failed: StepEnd = { how: 'failed', begun: true };

interface Lived {
  /** Steps in the order in which they were run. */
  readonly ran: readonly string[];
  readonly ends: StepEnds;
  readonly ending: RecipeEnding;
}

/** Runs a recipe whose steps end as told; a person cancels before the command of that number. */
function live(plan: RecipePlan, endOf: (step: string) => StepEnd, cancelAt = Number.POSITIVE_INFINITY): Lived {
  const ran: string[] = [];
  let ends: StepEnds = {};
  for (;;) {
    const command = nextOf(plan, ends, ran.length >= cancelAt);
    if (command.type === 'end') return { ran, ends, ending: command.ending };
    expect(Object.keys(ends)).not.toContain(command.step);
    ran.push(command.step);
    ends = { ...ends, [command.step]: endOf(command.step) };
  }
}

const as = (ends: Readonly<Record<string, StepEnd>>) => (step: string) => ends[step] ?? done;

describe('the steps of a trial', () => {
  it('run one after the other, and are done when all are', () => {
    expect(live(three, as({}))).toMatchObject({
      ran: ['synthesise', 'anneal', 'measure'],
      ending: { how: 'done', step: null, notUndone: [] },
    });
  });

  it('that began are taken back, the last first, once a later one fails', () => {
    const { ran, ending } = live(three, as({ measure: failed }));
    expect(ran).toEqual(['synthesise', 'anneal', 'measure', 'anneal~undo', 'synthesise~undo']);
    expect(ending).toEqual({ how: 'failed', step: 'measure', notUndone: [] });
  });

  it('that failed are taken back themselves, but not what no device began', () => {
    expect(live(three, as({ anneal: failed })).ran).toEqual(['synthesise', 'anneal', 'anneal~undo', 'synthesise~undo']);
    expect(live(three, as({ anneal: { how: 'failed', begun: false } })).ran).toEqual([
      'synthesise',
      'anneal',
      'synthesise~undo',
    ]);
  });

  it('that cannot be taken back keep no other from it, are told, and hide no cause', () => {
    const { ran, ending } = live(three, as({ measure: failed, 'anneal~undo': { how: 'unknown', begun: true } }));
    expect(ran.slice(3)).toEqual(['anneal~undo', 'synthesise~undo']);
    expect(ending).toEqual({ how: 'failed', step: 'measure', notUndone: ['anneal'] });
  });

  it('are left as they are where nobody can tell what became of one', () => {
    const { ran, ending } = live(three, as({ anneal: { how: 'unknown', begun: true } }));
    expect(ran).toEqual(['synthesise', 'anneal']);
    expect(ending).toEqual({ how: 'unknown', step: 'anneal', notUndone: [] });
  });

  it('are taken back once a person cancels, but what is measured all the same counts', () => {
    expect(live(three, as({}), 0)).toMatchObject({ ran: [], ending: { how: 'cancelled', step: null } });
    expect(live(three, as({}), 1)).toMatchObject({
      ran: ['synthesise', 'synthesise~undo'],
      ending: { how: 'cancelled', step: null },
    });
    expect(live(three, as({ anneal: { how: 'cancelled', begun: true } }), 2)).toMatchObject({
      ran: ['synthesise', 'anneal', 'anneal~undo', 'synthesise~undo'],
      ending: { how: 'cancelled', step: 'anneal' },
    });
    expect(live(three, as({}), 3).ending.how).toBe('done');
  });

  it('that were done are not done again where a person has them go on', () => {
    const { ends } = live(three, as({ anneal: { how: 'unknown', begun: true } }));
    expect(carriedOver(three, ends)).toEqual({ synthesise: done });
    expect(nextOf(three, carriedOver(three, ends), false)).toEqual({ type: 'step', step: 'anneal', undoes: null });
  });
});

const plans = fc
  .array(fc.boolean(), { minLength: 1, maxLength: 8 })
  .map((undos): RecipePlan => ({ steps: undos.map((undo, i) => ({ step: `s${i + 1}`, undo })) }));
const endings = fc.record({
  how: fc.oneof(
    { weight: 6, arbitrary: fc.constant('done' as const) },
    { weight: 1, arbitrary: fc.constantFrom('failed' as const, 'cancelled' as const, 'unknown' as const) },
  ),
  begun: fc.boolean(),
});
/** A recipe, how each step ends and each taking back, and when a person cancels. */
const lives = plans.chain((plan) =>
  fc.record({
    plan: fc.constant(plan),
    steps: fc.array(endings, { minLength: plan.steps.length, maxLength: plan.steps.length }),
    undos: fc.array(endings, { minLength: plan.steps.length, maxLength: plan.steps.length }),
    cancelAt: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(2 * plan.steps.length)),
  }),
);

const isDone = ({ how }: StepEnd) => how === 'done';

describe('whatever the recipe, and however its steps end', () => {
  it('each step and each undo runs at most once, in order, and nothing after what nobody can tell of', () => {
    fc.assert(
      fc.property(lives, ({ plan, steps, undos, cancelAt }) => {
        const names = plan.steps.map(({ step }) => step);
        const given = (step: string): StepEnd => {
          const undone = undoneBy(step);
          const end = (undone === null ? steps : undos)[names.indexOf(undone ?? step)]!;
          return isDone(end) ? { ...end, begun: true } : end;
        };
        const { ran, ends, ending } = live(plan, given, cancelAt);
        const forward = ran.filter((step) => undoneBy(step) === null);
        const back = ran.slice(forward.length);
        expect(ran.slice(0, forward.length)).toEqual(forward);
        expect(forward).toEqual(names.slice(0, forward.length));
        expect(forward.slice(0, -1).every((step) => isDone(ends[step]!))).toBe(true);
        const last = forward.at(-1);
        const decided = last !== undefined && !isDone(ends[last]!) ? last : null;
        expect(ending.step).toBe(decided);
        const isWhole = forward.length === names.length && decided === null;
        if (isWhole) expect([ending.how, back]).toEqual(['done', []]);
        else if (decided === null)
          expect([ending.how, ran.length - back.length >= cancelAt]).toEqual(['cancelled', true]);
        else expect(ending.how).toBe(ends[decided]!.how);
        const owed = plan.steps
          .filter(({ step, undo }) => undo && forward.includes(step) && ends[step]!.begun)
          .map(({ step }) => undoOf(step))
          .reverse();
        expect(back).toEqual(isWhole || ending.how === 'unknown' ? [] : owed);
        expect(ending.notUndone.map(undoOf)).toEqual(back.filter((step) => !isDone(ends[step]!)));
      }),
      { seed: 16, numRuns: 500 },
    );
  });

  it('whoever takes over at any moment does the same', () => {
    fc.assert(
      fc.property(plans, fc.infiniteStream(endings), ({ steps }, stream) => {
        const plan = { steps };
        const drawn = new Map<string, StepEnd>();
        const given = (step: string) => {
          if (!drawn.has(step)) drawn.set(step, stream.next().value);
          return drawn.get(step)!;
        };
        const { ran, ends } = live(plan, given);
        for (const [i, step] of ran.entries()) {
          const before = Object.fromEntries(ran.slice(0, i).map((name) => [name, ends[name]!]));
          expect(nextOf(plan, before, false)).toMatchObject({ type: 'step', step });
        }
      }),
      { seed: 17, numRuns: 300 },
    );
  });
});
