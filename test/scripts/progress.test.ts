import { describe, expect, it } from 'vitest';
import type { CampaignReport } from '../../scripts/durable/course.js';
import { durationText } from '../../scripts/duration-text.js';
import { traceOf } from '../../scripts/outcome.js';
import { againLine, progressBlock, progressText, remainingMs, trialLine } from '../../scripts/progress.js';
import { someRecord } from '../support/record.js';

const { campaign } = someRecord([{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }]);

/** Figures of a campaign that began at 0 and has measured `measured` trials. */
function figures(measured: number, more: Partial<CampaignReport> = {}): CampaignReport {
  return {
    id: 'some',
    name: 'some',
    fingerprint: '',
    phase: 'running',
    stop: null,
    budget: null,
    problem: null,
    loop: null,
    away: [],
    waits: [],
    obstacles: [],
    unresolved: [],
    createdAt: 0,
    endedAt: null,
    rounds: measured,
    proposed: 0,
    running: 1,
    withdrawn: 0,
    measured,
    failed: 0,
    quarantined: 0,
    cancelled: 0,
    spent: 2 * measured,
    inFlight: [{ id: 'some/r4/p1', generation: 1, fidelity: 'exact', rowId: null, startedAt: 40_000 }],
    fidelities: [{ fidelity: 'exact', trials: measured, cost: 2 * measured }],
    best: { trialId: 'some/r2/p1', rowId: null, design: { molecule: 'CO' }, value: 4.25 },
    course: { workflow: 'running', worked: true, retrying: [], deciding: null },
    ...more,
  };
}

describe('time left', () => {
  it('goes on as fast as so far, against the budget of the file or the one set since', () => {
    expect(remainingMs(campaign, figures(1), 60_000)).toBe(180_000);
    const budget = { cost: 4, trials: null, wallClockMs: null };
    expect(remainingMs(campaign, figures(1, { budget }), 60_000)).toBe(60_000);
    expect(remainingMs(campaign, figures(1, { budget: { ...budget, cost: null, wallClockMs: 70_000 } }), 60_000)).toBe(
      10_000,
    );
  });

  it('is not told before a trial has ended, without a budget, or while nothing new is begun', () => {
    expect(remainingMs(campaign, figures(0), 60_000)).toBeNull();
    const budget = { cost: null, trials: null, wallClockMs: null };
    expect(remainingMs(campaign, figures(1, { budget }), 60_000)).toBeNull();
    expect(remainingMs(campaign, figures(1, { phase: 'paused' }), 60_000)).toBeNull();
  });
});

describe('progress', () => {
  it('shows best, cost by fidelity, trials in flight, and what is waited for', () => {
    const retrying = [{ id: 'some/r4/p1', activity: 'track', attempt: 3, message: 'no answer\nat all' }];
    const course = { workflow: 'running', worked: true, retrying, deciding: null } as const;
    const lines = progressBlock(campaign, figures(2, { failed: 1, course }), 60_000);
    expect(lines).toEqual([
      'some: running, 1 min, about 20 s left at most',
      '  best     gap 4.25 eV, molecule=CO',
      '  cost     4: exact 4 (2)',
      '  trials   3 of 4 ended, of which 1 failed',
      '  running  r4/p1 at exact for 20 s',
      '  waiting  some/r4/p1, attempt 3: no answer',
    ]);
  });

  it('says that no worker runs, and what waits for people', () => {
    const course = { workflow: 'running', worked: false, retrying: [], deciding: null } as const;
    const { trials } = someRecord([{ value: 1 }, { value: 2 }, { value: 3 }]);
    const waiting = trials.map((trial, i) => ({ ...trial, needs: (['approval', 'result', 'result'] as const)[i]! }));
    const lines = progressBlock(campaign, figures(2, { course }), 60_000, [], waiting);
    expect(lines.slice(5)).toEqual([
      '  waiting  for people: 1 trial for approval, 2 for a result; athanor inbox some',
      '  waiting  no worker runs, so nothing goes on: athanor worker',
    ]);
    const ended = figures(2, { course, phase: 'stopped' });
    expect(progressBlock(campaign, ended, 60_000)).toHaveLength(5);
  });

  it('says how trials that were cancelled are measured after all, unless the campaign was called off', () => {
    const { spec } = campaign;
    const [first, second] = someRecord([{ value: 1 }, { value: 2 }]).trials;
    const cause = { class: 'operator', code: 'cancelled', message: "step 'anneal': cancelled" } as const;
    const observation = { ...second!.observation!, outcome: 'cancelled', values: {}, noise: {}, cause } as const;
    const trials = [first!, { ...second!, observation }];
    const stop = { reason: 'budgetTrials', text: 'all 2 trials of the budget are done' } as const;
    expect(againLine({ spec, stop }, trials)).toBe(
      '1 trial gave no value for reasons other than the design; to measure again: athanor retry some/r2/p1',
    );
    expect(againLine({ spec, stop: { ...stop, reason: 'aborted' } }, trials)).toBeNull();
  });

  it('tells when trials in flight are expected to end, and which run for longer than any before', () => {
    const running = (sortedMs: readonly number[]) => {
      const durations = [{ name: 'exact', sortedMs }];
      return progressBlock(campaign, figures(2), 60_000, durations)[4];
    };
    expect(running([])).toBe('  running  r4/p1 at exact for 20 s');
    expect(running([10_000, 25_000, 65_000])).toBe('  running  r4/p1 at exact for 20 s (about 25 s more)');
    expect(running([10_000, 15_000])).toBe('  running  r4/p1 at exact for 20 s (longer than any before: 15 s)');
  });

  it('says of an ended trial where the campaign stood then', () => {
    const record = someRecord([{ value: 2 }, { cause: { class: 'device', code: 'killed', message: '' } }]);
    expect(traceOf(record).map((step) => trialLine(record.campaign, step, record.trials))).toEqual([
      'some/r1/p1  exact  molecule=c1ccccc1  2 eV  (explore; best 2 eV, cost 2)',
      'some/r2/p1  exact  molecule=c1ccccc1  failed, killed  (explore; best 2 eV, cost 4)',
    ]);
  });
});

describe('what a trial is for', () => {
  // Maximised: the third was expected to better the 2 eV before it, the fourth was not.
  const record = someRecord([{ value: 1 }, { value: 2 }, { value: 4, mean: 3 }, { value: 3, mean: 1.5 }]);

  it('is said of each that ended', () => {
    const lines = traceOf(record).map((step) => trialLine(record.campaign, step, record.trials));
    expect(lines.map((line) => /\((\w+); best/.exec(line)?.[1])).toEqual(['explore', 'explore', 'exploit', 'explore']);
  });

  it('is said of those in flight', () => {
    const trials = record.trials.map((trial, i) =>
      i === 2 ? { ...trial, state: 'running' as const, observation: null } : trial,
    );
    const inFlight = [{ id: 'some/r3/p1', generation: 1, fidelity: 'exact', rowId: null, startedAt: 40_000 }];
    const lines = progressBlock(record.campaign, figures(2, { inFlight }), 60_000, [], trials);
    expect(lines[4]).toBe('  running  r3/p1 at exact, to exploit for 20 s');
  });
});

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [42_400, '42 s'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [273_600_000, '3 d 4 h'],
  ])('%i ms is %s', (ms, text) => expect(durationText(ms)).toBe(text));
});

describe('a decision', () => {
  it.each([
    [{ stage: 'prepare', observations: 3, made: 0, count: 1 }, 'reading the space and its trials'],
    [{ stage: 'fit', observations: 1, made: 0, count: 1 }, 'fitting 1 observation'],
    [{ stage: 'acquire', observations: 40, made: 2, count: 4 }, 'looking for proposal 3 of 4 after 40 observations'],
  ] as const)('that is at %o is told in words', (progress, text) => {
    expect(progressText(progress)).toBe(text);
  });

  it('under way stands in the block of lines, with its time', () => {
    const deciding = { stage: 'fit', observations: 900, made: 0, count: 1, since: 10_000 } as const;
    const course = { workflow: 'running', worked: true, retrying: [], deciding } as const;
    expect(progressBlock(campaign, figures(3, { course }), 75_000)).toContain(
      '  deciding fitting 900 observations, for 1 min 5 s',
    );
  });
});
