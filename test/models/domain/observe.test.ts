import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactJson } from '../../../activities/store/exact-json.js';
import { jobStates } from '../../../lab-adapters/contract.js';
import { observe } from '../../../models/domain/observe.js';
import { plainJson } from '../../../models/domain/plain-json.js';
import { isLost } from '../../../models/domain/ruling.js';

describe('observe', () => {
  it('measures only finite values of what was wanted, and drops nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...jobStates),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.double()),
        fc.dictionary(fc.constantFrom('a', 'b'), fc.double()),
        fc.double(),
        fc.anything(),
        (state, values, noise, cost, said) => {
          const observation = observe('c/r1/p1', { outcomes: ['a'], statedCost: null }, state, {
            values,
            noise,
            cost,
            durationMs: 1,
            details: { said },
          });
          const good =
            state === 'succeeded' &&
            // Beyond 1e100 a number is a slip of the instrument, and would break the model.
            Math.abs(values.a ?? Number.NaN) <= 1e100 &&
            (noise.a === undefined || (noise.a <= 1e100 && noise.a >= 0)) &&
            cost <= 1e100 &&
            cost >= 0;
          expect(observation.outcome === 'measured').toBe(good);
          expect(observation.cause === null).toBe(good);
          expect(Object.keys(observation.values)).toEqual(good ? ['a'] : []);
          expect(observation.cost).toBeGreaterThanOrEqual(0);
          const kept = { ...observation.values, ...(observation.details.answered as object | undefined) };
          expect(Object.keys(kept).sort()).toEqual(Object.keys(values).sort());
          // Whatever was said can be written to the store and read back the same.
          expect(JSON.parse(exactJson(observation))).toEqual(observation);
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });

  it('charges what the fidelity states where the campaign says so, and keeps what was reported', () => {
    const terms = { outcomes: ['a'], statedCost: 0.36 };
    for (const state of ['succeeded', 'failed'] as const) {
      const observation = observe('c/r1/p1', terms, state, { values: { a: 1 }, cost: 0.9, durationMs: 1 });
      expect(observation).toMatchObject({ cost: 0.36, details: { reportedCost: 0.9 } });
    }
    const reported = observe('c/r1/p1', { ...terms, statedCost: null }, 'succeeded', {
      values: { a: 1 },
      cost: 0.9,
      durationMs: 1,
    });
    expect(reported.cost).toBe(0.9);
    expect(reported.details).toEqual({});
  });
});

it('keeps a cost or duration that cannot be true, of a job that failed too', () => {
  const odd = { values: {}, cost: Number.NaN, durationMs: -1 };
  const observation = observe('c/r1/p1', { outcomes: ['a'], statedCost: null }, 'failed', odd);
  expect(observation).toMatchObject({ outcome: 'failed', cost: 0, durationMs: 0 });
  expect(observation.details).toEqual({ reportedCost: 'NaN', reportedDurationMs: -1 });
});

describe('plainJson', () => {
  it('makes text of what JSON cannot hold', () => {
    const odd = {
      nan: Number.NaN,
      zero: -0,
      date: new Date(0),
      none: undefined,
      big: 10n,
      list: [undefined, Infinity],
    };
    const plain = plainJson(odd) as Record<string, unknown>;
    expect(plain).toMatchObject({ nan: 'NaN', big: '10', list: ['undefined', 'Infinity'] });
    expect(Object.is(plain.zero, 0)).toBe(true);
    expect(plain.none).toBe('undefined');
  });

  it('ends at a depth, so that a circle is no trap', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(() => JSON.stringify(plainJson(circle))).not.toThrow();
  });

  it('takes no word of an adapter for that of a person, who alone can say that a trial was lost', () => {
    const cause = { class: 'device', code: 'declared', message: 'it broke' } as const;
    const terms = { outcomes: ['a'], statedCost: null };
    const observation = observe('c/r1/p1', terms, 'failed', { values: {}, cost: 1, durationMs: 1, cause });
    expect(observation.cause).toEqual({ ...cause, code: 'declaredByAdapter' });
    expect(isLost(observation)).toBe(false);
  });

  it('quarantines a value beyond its limits, and keeps it in the details', () => {
    const limits = { a: [0, 100] } as const;
    const answer = { values: { a: 210 }, cost: 1, durationMs: 1 };
    const observation = observe('c/r1/p1', { outcomes: ['a'], limits, statedCost: null }, 'succeeded', answer);
    expect(observation).toMatchObject({ outcome: 'quarantined', values: {}, details: { answered: { a: 210 } } });
    expect(observation.cause).toMatchObject({ code: 'beyondLimits' });
    const fine = observe('c/r1/p1', { outcomes: ['a'], limits, statedCost: null }, 'succeeded', {
      ...answer,
      values: { a: 100 },
    });
    expect(fine.outcome).toBe('measured');
  });
});

describe('what was reached', () => {
  const parameters = [
    { name: 't', type: 'continuous' as const, bounds: [20, 80] as [number, number] },
    { name: 's', type: 'categorical' as const, levels: ['a', 'b'] },
  ];
  const terms = { outcomes: ['y'], statedCost: null, asked: { parameters, design: { t: 80, s: 'a' } } };
  const answer = (achieved: Record<string, number | string>) => ({
    values: { y: 1 },
    cost: 1,
    durationMs: 1,
    achieved,
  });

  it('is kept as far as it differs, outside the space too, of what failed as well', () => {
    const observed = observe('c/r1/p1', terms, 'succeeded', answer({ t: 81.7, s: 'a' }));
    expect([observed.outcome, observed.achieved]).toEqual(['measured', { t: 81.7 }]);
    expect(observe('c/r1/p1', terms, 'succeeded', answer({ t: 80 }))).not.toHaveProperty('achieved');
    const cause = { class: 'chemistry', code: 'x', message: 'x' } as const;
    const failed = observe('c/r1/p1', terms, 'failed', { ...answer({ s: 'b' }), cause });
    expect([failed.outcome, failed.achieved]).toEqual(['failed', { s: 'b' }]);
  });

  it.each([
    [{ t: Number.NaN }, /t: NaN given/],
    [{ t: 'hot' }, /t: 'hot' given/],
    [{ s: 'c' }, /s: 'c' given/],
    [{ u: 1 }, /u: not a parameter/],
  ])('sets the trial aside where it cannot be true: %j', (achieved, words) => {
    const observed = observe('c/r1/p1', terms, 'succeeded', answer(achieved as Record<string, number>));
    expect(observed).toMatchObject({ outcome: 'quarantined', values: {}, cause: { code: 'badAchieved' } });
    expect(observed.cause!.message).toMatch(words);
    expect(observed).not.toHaveProperty('achieved');
    expect(observed.details).toHaveProperty('answeredAchieved');
    expect(observed.details.answered).toEqual({ y: 1 });
  });

  it('has the surroundings beside it, and what is no number there in the details', () => {
    const contexts = { humidity: { value: 41, unit: '%' }, n: { value: 3 }, bad: { value: Number.NaN } };
    const observed = observe('c/r1/p1', terms, 'succeeded', { values: { y: 1 }, cost: 1, durationMs: 1, contexts });
    expect(observed).toMatchObject({
      outcome: 'measured',
      contexts: { humidity: { value: 41, unit: '%' }, n: { value: 3 } },
    });
    expect(observed.details).toHaveProperty('answeredContexts.bad');
  });
});
