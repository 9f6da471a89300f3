import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrialRecord } from '../../../../models/domain/record.js';
import { durationsOf, expectedEnd } from '../../../../models/strategy/explain/durations.js';
import { someRecord } from '../../../support/record.js';

const cause = { class: 'device' as const, code: 'timeout', message: 'too long' };

/** Trials at `exact` that took so long. */
function trialsTaking(...times: readonly number[]): { record: ReturnType<typeof someRecord>; trials: TrialRecord[] } {
  const record = someRecord(times.map(() => ({ value: 1 })));
  const trials = record.trials.map((trial, i) => ({ ...trial, startedAt: 1000, endedAt: 1000 + times[i]! }));
  return { record, trials };
}

function exactOf(...times: readonly number[]) {
  const { record, trials } = trialsTaking(...times);
  return durationsOf(record.campaign.spec.fidelities, trials)[1]!;
}

describe('durationsOf', () => {
  it('tells median and spread of each fidelity', () => {
    const { record, trials } = trialsTaking(100, 400, 200);
    const [cheap, exact] = durationsOf(record.campaign.spec.fidelities, trials);
    expect(cheap).toEqual({ name: 'cheap', sortedMs: [] });
    expect(exact).toEqual({ name: 'exact', sortedMs: [100, 200, 400] });
  });

  it('counts failures, takes the run as the adapter tells it where time was virtual, and leaves out what was cut short', () => {
    const record = someRecord([{ value: 1 }, { cause }, { value: 2 }, { value: 3 }]);
    const [virtual, failed, cancelled, open] = record.trials;
    const trials: TrialRecord[] = [
      { ...virtual!, observation: { ...virtual!.observation!, durationMs: 30 } },
      { ...failed!, startedAt: 0, endedAt: 50 },
      { ...cancelled!, startedAt: 0, endedAt: 9, observation: { ...cancelled!.observation!, outcome: 'cancelled' } },
      { ...open!, startedAt: 0, observation: null },
    ];
    expect(durationsOf(record.campaign.spec.fidelities, trials)[1]!.sortedMs).toEqual([30, 50]);
  });
});

describe('expectedEnd', () => {
  it('is the median of what took longer, and says when nothing has', () => {
    const durations = exactOf(100, 200, 400);
    expect(expectedEnd(durations, 0)).toEqual({ kind: 'in', remainingMs: 200 });
    expect(expectedEnd(durations, 150)).toEqual({ kind: 'in', remainingMs: 150 });
    expect(expectedEnd(durations, 400)).toEqual({ kind: 'overdue', longestMs: 400 });
    expect(expectedEnd(exactOf(), 10)).toBeNull();
  });

  it('never expects an end in the past, nor an earlier one as time goes on', () => {
    const times = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(times, fc.array(fc.nat(1e6), { minLength: 2, maxLength: 2 }), (durations, elapsed) => {
        const known = exactOf(...durations);
        const ends = elapsed
          .sort((a, b) => a - b)
          .map((at) => {
            const end = expectedEnd(known, at)!;
            return end.kind === 'in' ? at + end.remainingMs : Number.POSITIVE_INFINITY;
          });
        expect(ends[0]).toBeGreaterThan(elapsed[0]!);
        expect(ends[1]).toBeGreaterThanOrEqual(ends[0]!);
      }),
      { seed: 9 },
    );
  });
});
