import { describe, expect, it } from 'vitest';
import { type Answer, observe } from '../../../models/domain/observe.js';
import { observeSteps, type StepAnswer, type StepsEnding, stepTerms } from '../../../models/domain/observe-steps.js';
import { ruled } from '../../../models/domain/ruling.js';
import type { Cause } from '../../../models/domain/trial.js';

const terms = { outcomes: ['yield', 'purity'], limits: { yield: [0, 100] }, statedCost: null } as const;
const id = 'c/r1/p1';
const done: StepsEnding = { how: 'done', step: null, notUndone: [] };

interface Given {
  readonly state?: string;
  readonly values?: Readonly<Record<string, number>>;
  readonly noise?: Readonly<Record<string, number>>;
  readonly cost?: number;
  readonly cause?: Cause;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly artefacts?: Readonly<Record<string, string>>;
}

function answer(step: string, gives: readonly string[], given: Given = {}): StepAnswer {
  const { state = 'succeeded', values = {}, cost = 1, artefacts = {}, ...rest } = given;
  const observation = observe(id, stepTerms(terms, gives), state, { values, cost, durationMs: 10, ...rest }, artefacts);
  return { step, gives, begun: true, observation };
}

describe('what the steps of a trial amount to', () => {
  it('is one observation: values from any step, costs and durations summed, the rest by step', () => {
    const observation = observeSteps(id, terms, done, [
      answer('make', [], { cost: 2, details: { pressure: 3 }, artefacts: { log: 'aa' } }),
      answer('weigh', ['yield'], { values: { yield: 80, mass: 4 }, noise: { yield: 1 }, cost: 0.5 }),
      answer('analyse', ['purity'], { values: { purity: 99 }, artefacts: { log: 'bb' } }),
    ]);
    expect(observation).toEqual({
      trialId: id,
      outcome: 'measured',
      values: { yield: 80, purity: 99 },
      noise: { yield: 1 },
      cost: 3.5,
      durationMs: 30,
      cause: null,
      artefacts: { 'make/log': 'aa', 'analyse/log': 'bb' },
      details: { steps: { make: { pressure: 3 }, weigh: { answered: { mass: 4 } } } },
    });
  });

  it('tells what any step reached, the last where several do, and what was around each', () => {
    const asked = {
      parameters: [{ name: 't', type: 'continuous' as const, bounds: [0, 100] as [number, number] }],
      design: { t: 80 },
    };
    const step = (name: string, gives: readonly string[], result: Partial<Answer>) => {
      const given = { values: {}, cost: 1, durationMs: 1, ...result };
      const observation = observe(id, { ...stepTerms(terms, gives), asked }, 'succeeded', given);
      return { step: name, gives, begun: true, observation };
    };
    const observation = observeSteps(id, terms, done, [
      step('make', [], { achieved: { t: 81 }, contexts: { humidity: { value: 40, unit: '%' } } }),
      step('weigh', ['yield'], { values: { yield: 3 }, achieved: { t: 81.7 }, contexts: { humidity: { value: 41 } } }),
    ]);
    expect(observation).toMatchObject({
      outcome: 'measured',
      achieved: { t: 81.7 },
      contexts: { 'make/humidity': { value: 40, unit: '%' }, 'weigh/humidity': { value: 41 } },
    });
    const wrong = step('make', [], { achieved: { t: Number.NaN } });
    expect(observeSteps(id, terms, done, [wrong, step('weigh', ['yield'], { values: { yield: 3 } })])).toMatchObject({
      outcome: 'quarantined',
      cause: { code: 'badAchieved', message: expect.stringMatching(/^step 'make': .* t: NaN given/) },
    });
  });

  it('may lack outcomes, but not all', () => {
    const weighed = answer('weigh', ['yield'], { values: { yield: 80 } });
    const nothing = answer('analyse', ['purity']);
    expect(observeSteps(id, terms, done, [weighed, nothing])).toMatchObject({
      outcome: 'measured',
      values: { yield: 80 },
    });
    expect(observeSteps(id, terms, done, [answer('make', []), nothing])).toMatchObject({
      outcome: 'quarantined',
      cause: { class: 'unknown', code: 'notFinite', message: 'no step answered yield, purity' },
    });
  });

  it('is set aside with a step whose answer cannot be true; a person who releases it loses nothing', () => {
    const observation = observeSteps(id, terms, done, [
      answer('weigh', ['yield'], { values: { yield: 180 }, noise: { yield: 2 } }),
      answer('analyse', ['purity'], { values: { purity: 99, yield: 1 } }),
    ]);
    expect(observation).toMatchObject({
      outcome: 'quarantined',
      values: {},
      cause: { code: 'beyondLimits' },
      details: { answered: { yield: 180, purity: 99 }, answeredNoise: { yield: 2 } },
    });
    expect(observation.cause?.message).toContain("step 'weigh': ");
    const release = { verdict: 'release', values: {}, cause: null, who: 'Ada', why: 'calibrated' } as const;
    expect(ruled(observation, null, release, terms.outcomes)).toMatchObject({
      outcome: 'measured',
      values: { yield: 180, purity: 99 },
    });
  });

  it('fails with the cause of the step that failed, whatever happened when others were taken back', () => {
    const cause: Cause = { class: 'chemistry', code: 'charred', message: 'black' };
    const broken: Cause = { class: 'device', code: 'jammed', message: 'the gripper' };
    const ending: StepsEnding = { how: 'failed', step: 'anneal', notUndone: ['make'] };
    const observation = observeSteps(id, terms, ending, [
      answer('make', []),
      answer('anneal', [], { state: 'failed', cause, cost: 4 }),
      answer('make~undo', [], { state: 'failed', cause: broken, cost: 0.25 }),
    ]);
    expect(observation).toMatchObject({
      outcome: 'failed',
      cause: { class: 'chemistry', code: 'charred', message: "step 'anneal': black" },
      cost: 5.25,
      details: { notUndone: ['make'] },
    });
  });

  it('is cancelled, or held, with what was measured until then kept', () => {
    const weighed = answer('weigh', ['yield'], { values: { yield: 80 } });
    expect(observeSteps(id, terms, { how: 'cancelled', step: null, notUndone: [] }, [weighed])).toMatchObject({
      outcome: 'cancelled',
      cause: { code: 'cancelled' },
      cost: 1,
      details: { answered: { yield: 80 } },
    });
    const lost = answer('analyse', ['purity'], { state: 'unknown' });
    expect(observeSteps(id, terms, { how: 'unknown', step: 'analyse', notUndone: [] }, [weighed, lost])).toMatchObject({
      outcome: 'quarantined',
      cause: { class: 'unknown' },
    });
  });

  it('charges what the level states where the campaign does so, once, if a device began anything', () => {
    const stated = { ...terms, statedCost: 12 };
    const weighed = answer('weigh', ['yield'], { values: { yield: 80 } });
    expect(observeSteps(id, stated, done, [answer('make', []), weighed])).toMatchObject({
      cost: 12,
      details: { reportedCost: 2 },
    });
    const unbegun = { ...answer('make', [], { state: 'failed', cost: 0 }), begun: false };
    expect(observeSteps(id, stated, { how: 'failed', step: 'make', notUndone: [] }, [unbegun]).cost).toBe(0);
  });
});
