import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answersOf,
  asOfRound,
  type EarlierAnswer,
  spentOn,
  type TrialRecord,
  timesRun,
} from '../../../models/domain/record.js';
import { isLost, type Judgement, ruled, rulingFault } from '../../../models/domain/ruling.js';
import type { Observation } from '../../../models/domain/trial.js';
import { causeClasses, type Verdict, verdicts } from '../../../models/domain/verdicts.js';

const outcomes = ['yield', 'purity'];

const measured = (values: Record<string, number>): Observation => ({
  trialId: 'c/r1/p1',
  outcome: 'measured',
  values,
  noise: Object.fromEntries(Object.keys(values).map((name) => [name, 0.5])),
  cost: 2,
  durationMs: 5,
  cause: null,
  artefacts: { raw: 'a' },
  details: { operator: 'ann' },
});

const quarantined = (answered: Record<string, unknown>): Observation => ({
  ...measured({}),
  outcome: 'quarantined',
  noise: {},
  cause: { class: 'unknown', code: 'beyondLimits', message: 'yield 120 is beyond 100' },
  details: { operator: 'ann', answered },
});

const says = (verdict: Verdict, more: Partial<Judgement> = {}): Judgement => ({
  verdict,
  values: {},
  cause: verdict === 'failed' ? 'device' : null,
  who: 'ann',
  why: 'she looked',
  ...more,
});

const given = fc.oneof(
  fc.record({ yield: fc.double({ min: -9, max: 9, noNaN: true }) }).map(measured),
  fc
    .record({
      yield: fc.constantFrom<unknown>(120, 'NaN', null),
      purity: fc.constantFrom<unknown>(3, 'x'),
      note: fc.string(),
    })
    .map(quarantined),
);
const judgement = fc
  .record({
    verdict: fc.constantFrom(...verdicts),
    yield: fc.double({ min: -9, max: 9, noNaN: true }),
    cause: fc.constantFrom(...causeClasses),
  })
  .map(({ verdict, cause, ...values }) =>
    says(verdict, {
      values: verdict === 'amend' ? { yield: values.yield + 0 } : {},
      cause: verdict === 'failed' ? cause : null,
    }),
  );

/** What counts after judgements one after the other, and after each. */
function inTurn(observation: Observation, judgements: readonly Judgement[]): (Observation | null)[] {
  const counts: (Observation | null)[] = [observation];
  for (const one of judgements) counts.push(ruled(observation, counts.at(-1)!, one, outcomes));
  return counts;
}

describe('a ruling', () => {
  it('lets what was answered count', () => {
    const observation = quarantined({ yield: 120, purity: 'NaN', extra: 7 });
    const released = ruled(observation, observation, says('release'), outcomes)!;
    expect(released).toEqual({
      ...observation,
      outcome: 'measured',
      values: { yield: 120 },
      cause: null,
      details: { operator: 'ann', answered: { extra: 7 } },
    });
    expect(ruled(observation, observation, says('release', { values: { purity: 4 } }), outcomes)!.values).toEqual({
      yield: 120,
      purity: 4,
    });
  });

  it('lets other values count, whose noise is not known; the rest stays', () => {
    const observation = measured({ yield: 40, purity: 9 });
    const amended = ruled(observation, observation, says('amend', { values: { yield: 41.5 } }), outcomes);
    expect(amended).toEqual({ ...observation, values: { yield: 41.5, purity: 9 }, noise: { purity: 0.5 } });
    const twice = ruled(observation, amended, says('amend', { values: { purity: 8 } }), outcomes)!;
    expect(twice.values).toEqual({ yield: 41.5, purity: 8 });
    expect(ruled(observation, twice, says('release'), outcomes)).toEqual(observation);
  });

  it('lets nothing count, with the word of the person', () => {
    const observation = measured({ yield: 40 });
    expect(ruled(observation, observation, says('discard'), outcomes)).toMatchObject({
      outcome: 'quarantined',
      values: {},
      noise: {},
      cause: { class: 'unknown', code: 'discarded', message: 'she looked' },
      details: { operator: 'ann', answered: { yield: 40 } },
    });
    const failed = ruled(observation, observation, says('failed', { cause: 'operator' }), outcomes)!;
    expect(failed).toMatchObject({ outcome: 'failed', cause: { class: 'operator', message: 'she looked' } });
    expect(ruled(observation, observation, says('notStarted'), outcomes)).toBeNull();
  });

  it('says where a design is free again: where a person blames device or operator', () => {
    const observation = measured({ yield: 40 });
    const blamed = causeClasses.map((cause) => [
      cause,
      isLost(ruled(observation, observation, says('failed', { cause }), outcomes)!),
    ]);
    expect(Object.fromEntries(blamed)).toEqual({ chemistry: false, device: true, operator: true, unknown: false });
    const cause = { class: 'device', code: 'timeout', message: 'm' } as const;
    expect(isLost({ ...observation, outcome: 'failed', cause })).toBe(false);
  });

  it('is refused where it makes no sense, in words', () => {
    const observation = quarantined({ yield: 'NaN' });
    const fault = (judgement: Judgement, before: Observation | null = observation) =>
      rulingFault(observation, before, judgement, outcomes);
    expect(fault(says('release'))).toMatch(/answered no number for yield, purity; say which/);
    expect(fault(says('amend'))).toMatch(/no value was given/);
    expect(fault(says('amend', { values: { yeild: 1 } }))).toMatch(/no outcome 'yeild' is measured; yield, purity are/);
    expect(fault(says('amend', { values: { yield: 1e101 } }))).toMatch(/at most 1e\+100/);
    expect(fault(says('discard', { values: { yield: 1 } }))).toMatch(/only 'release' and 'amend'/);
    expect(fault(says('failed', { cause: null }))).toMatch(/who is to blame/);
    expect(fault(says('discard', { cause: 'device' }))).toMatch(/only 'failed'/);
    expect(fault(says('notStarted'), null)).toMatch(/never run already/);
    expect(fault(says('amend', { values: { yield: 1 } }))).toBeNull();
  });

  it('leaves the observation as it is, and what it did cost', () => {
    fc.assert(
      fc.property(given, fc.array(judgement, { maxLength: 5 }), (observation, judgements) => {
        const text = JSON.stringify(observation);
        for (const counted of inTurn(observation, judgements)) {
          if (counted !== null) expect(counted).toMatchObject({ trialId: 'c/r1/p1', cost: 2, artefacts: { raw: 'a' } });
          if (counted !== null && counted.outcome !== 'measured') expect(counted.values).toEqual({});
        }
        expect(JSON.stringify(observation)).toBe(text);
      }),
    );
  });

  it('passed twice is as once; the last that says all of it alone counts', () => {
    fc.assert(
      fc.property(given, fc.array(judgement, { maxLength: 4 }), judgement, (observation, judgements, last) => {
        const before = inTurn(observation, judgements).at(-1)!;
        const once = ruled(observation, before, last, outcomes);
        expect(ruled(observation, once, last, outcomes)).toEqual(once);
        if (last.verdict === 'release' || last.verdict === 'notStarted')
          expect(once).toEqual(ruled(observation, observation, last, outcomes));
      }),
    );
  });

  it('shows each round what counted then', () => {
    const rounds = fc.array(fc.tuple(judgement, fc.integer({ min: 0, max: 3 })), { maxLength: 5 });
    fc.assert(
      fc.property(given, rounds, (observation, told) => {
        const counts = inTurn(
          observation,
          told.map(([one]) => one),
        );
        let since = 2;
        const sinces = told.map(([, later]) => (since += later));
        const earlier = sinces.map(
          (round, i): EarlierAnswer => ({ observation: counts[i]!, throughRound: round - 1, ruled: true }),
        );
        const trial = { state: 'ended', observation: counts.at(-1)!, earlier } as unknown as TrialRecord;
        for (let round = 1; round <= since + 1; round++) {
          const number = sinces.filter((from) => from <= round).length;
          expect(asOfRound(trial, round).observation).toEqual(counts[number]);
        }
        // One run, however often it was ruled on, and its cost once.
        expect(timesRun(trial)).toBe(1);
        expect(answersOf(trial)).toHaveLength(counts.at(-1) === null ? 0 : 1);
        expect(spentOn(trial)).toBe(counts.at(-1) === null ? 0 : 2);
      }),
    );
  });

  it('keeps the noise of what was set aside, for those values that count as they were answered', () => {
    const aside = { ...quarantined({ yield: 102, purity: 97 }) };
    const given: Observation = { ...aside, details: { ...aside.details, answeredNoise: { yield: 1.5, purity: 0.2 } } };
    expect(ruled(given, given, says('release'), outcomes)!.noise).toEqual({ yield: 1.5, purity: 0.2 });
    const amended = ruled(given, given, says('amend', { values: { yield: 98 } }), outcomes)!;
    expect(amended).toMatchObject({ values: { yield: 98, purity: 97 }, noise: { purity: 0.2 } });
    const whole = measured({ yield: 9, purity: 8 });
    const discarded = ruled(whole, whole, says('discard'), outcomes);
    expect(ruled(whole, discarded, says('release'), outcomes)!.noise).toEqual(whole.noise);
    expect(ruled(whole, discarded, says('amend', { values: { yield: 7 } }), outcomes)!.noise).toEqual({ purity: 0.5 });
  });
});
