import { expect, it } from 'vitest';
import type { WaitingTrial } from '../../activities/store/inbox.js';
import { inboxLines } from '../../scripts/inbox-lines.js';

const trial = (changes: Partial<WaitingTrial>): WaitingTrial => ({
  campaignId: 'c',
  trialId: 'c/r1/p1',
  needs: 'approval',
  fidelity: 'pilot',
  design: { t: 80.25, solvent: 'DMF' },
  rowId: null,
  estimatedCost: 12,
  reason: { text: 'yield at the target expected at 41', mean: 41.234, sd: 3.21, targetMean: 41.234, targetSd: 3.21 },
  approval: { why: ["at fidelity 'pilot'"], timeoutMs: 3_600_000, otherwise: 'reject', until: 7_200_000 },
  generation: 1,
  rulings: 0,
  ended: false,
  cause: null,
  since: 3_600_000,
  ...changes,
});

it('says of what waits for a person what is known of it, and which commands answer it', () => {
  expect(inboxLines({ trials: [], problems: [], away: [], obstacles: [] }, 0)).toEqual(['nothing waits for a person']);
  const cause = { class: 'device', code: 'limits', message: 'beyond what can be true' } as const;
  const trials = [
    trial({}),
    trial({ trialId: 'c/r2/p1', needs: 'ruling', cause, generation: 2, rulings: 1 }),
    trial({ trialId: 'c/r3/p1', needs: 'resolution', rowId: 'r7' }),
  ];
  const problems = [{ campaignId: 'd', text: '3 trials in a row gave no value', phase: 'paused' }];
  const away = [{ campaignId: 'e', home: 'h', name: 'bench at /lab', since: 0, trials: ['e/r1/p1'] }];
  const held = {
    kind: 'held',
    lab: 'bench',
    name: 'oven',
    since: 0,
    until: null,
    text: 'held for e/r2/p1/g1/run, of whose job nobody knows whether it still runs',
    held: { key: 'e/r2/p1/g1/run', campaignId: 'e' },
    empty: false,
    remedies: ['athanor resolve e/r2/p1 --help', 'athanor lab clear oven --lab bench --why TEXT'],
    waiting: ['f/r1/p1', 'f/r1/p2'],
  } as const;
  expect(inboxLines({ trials, problems, away, obstacles: [held] }, 7_200_000)).toEqual([
    "c/r1/p1  waits for approval, for 1 h, until 1970-01-01T02:00:00.000Z (rejected then): at fidelity 'pilot'",
    '  pilot, cost 12: t=80.25 solvent=DMF',
    '  yield at the target expected at 41; expected here 41.23 ± 3.21',
    '  athanor approve c/r1/p1',
    '  athanor reject c/r1/p1 --why TEXT',
    expect.stringMatching(/^c\/r2\/p1 {2}quarantined, for 1 h: .*beyond what can be true/),
    '  pilot, cost 12: t=80.25 solvent=DMF',
    '  yield at the target expected at 41; expected here 41.23 ± 3.21',
    '  athanor release c/r2/p1 --seen 2.1 --why TEXT',
    '  athanor discard c/r2/p1 --seen 2.1 --why TEXT',
    'c/r3/p1  nobody can tell whether its job ran, for 1 h',
    '  pilot, cost 12: row r7, t=80.25 solvent=DMF',
    '  yield at the target expected at 41; expected here 41.23 ± 3.21',
    '  athanor resolve c/r3/p1 --started JOB --why TEXT',
    '  athanor retry c/r3/p1 --not-started --seen 1.0',
    '  athanor rule c/r3/p1 --failed CLASS --seen 1.0 --why TEXT',
    'd  paused, problem: 3 trials in a row gave no value',
    '  athanor resume d',
    "e  1 trial for home bench at /lab, away for 2 h: start a worker there, or 'athanor retry'",
    '  athanor retry e/r1/p1',
    'bench/oven  held for e/r2/p1/g1/run, of whose job nobody knows whether it still runs, for 2 h; 2 trials wait',
    '  athanor resolve e/r2/p1 --help',
    '  athanor lab clear oven --lab bench --why TEXT',
  ]);
});
