import { expect, it } from 'vitest';
import type { Obstacle } from '../../../activities/obstacles.js';
import type { StoredAlarm } from '../../../activities/store/alarm.js';
import type { WaitingTrial } from '../../../activities/store/inbox.js';
import { type AlarmSight, causesOf } from '../../../scripts/alarms/causes.js';
import { alarmMatters, alarmTelling, dueAlarms } from '../../../scripts/notify/alarm-matters.js';

const now = Date.parse('2026-11-30T21:30:00Z');
const nothing: AlarmSight = {
  inbox: { trials: [], problems: [], away: [] },
  ...{
    obstacles: [],
    lostOn: new Map(),
    quiet: [],
    isWorked: true,
    health: [],
    latches: [],
    report: null,
    disk: null,
    home: 'h',
    now,
  },
};
const trial = (id: string, needs: WaitingTrial['needs'], more: Partial<WaitingTrial> = {}): WaitingTrial => ({
  ...{ campaignId: id.split('/')[0]!, trialId: id, needs, fidelity: 'f', design: {}, rowId: null, estimatedCost: 1 },
  reason: { text: '', mean: null, sd: null, targetMean: null, targetSd: null },
  ...{ approval: null, generation: 1, rulings: 0, cause: null, ended: false, since: now - 3_600_000, ...more },
});
const obstacle = (kind: Obstacle['kind'], name: string, more: Partial<Obstacle> = {}): Obstacle => ({
  ...{
    kind,
    lab: 'lab',
    name,
    since: now,
    until: null,
    text: 'x',
    held: null,
    empty: false,
    remedies: [],
    waiting: [],
    ...more,
  },
});

it('there is one alarm for one cause: 50 trials of two campaigns lost with one instrument, and the slot that is held', () => {
  const ids = Array.from({ length: 50 }, (_, i) => `${i % 2 === 0 ? 'a' : 'b'}/r${i}/p1`);
  const held = obstacle('held', 'oven', { held: { key: 'a/r0/p1/g1/run', campaignId: 'a' }, waiting: ['a/r60/p1'] });
  const causes = causesOf({
    ...nothing,
    inbox: { ...nothing.inbox, trials: ids.map((id) => trial(id, 'resolution')) },
    obstacles: [held],
    lostOn: new Map(ids.map((id) => [id, 'lab/oven'])),
    quiet: [{ id: 'a', last: now - 9e6, trialMs: 1_000, waiting: 25 }],
  });
  expect(causes).toMatchObject([
    { kind: 'unknown', cause: 'unknown/lab/oven', priority: 'soon', lab: 'lab', count: 51, campaigns: ['a', 'b'] },
  ]);
  expect(causes[0]!.trials).toHaveLength(20);
});

it('a stop of many instruments is one, each that was not confirmed another, and what is stopped is not still as well', () => {
  const latched = (name: string) => obstacle('latched', name, { text: 'stopped safely by ann: smoke' });
  const row = { outcome: 'silent' as const, ms: 5_000, why: 'no answer within 5 s', byHand: null };
  const report = {
    ...{ lab: null, who: 'ann', why: 'smoke', at: now, endedAt: now, released: null },
    rows: [
      { ...row, instrument: 'lab/oven', confirmed: true, action: null },
      { ...row, instrument: 'lab/arm', confirmed: false, action: 'press its red button' },
    ],
  };
  const causes = causesOf({
    ...nothing,
    ...{
      report,
      obstacles: [latched('oven'), latched('arm')],
      latches: [{ lab: null, who: 'ann', why: 'smoke', at: now }],
    },
    quiet: [{ id: 'a', last: now - 9e6, trialMs: null, waiting: 0 }],
  });
  expect(causes.map(({ kind, text, home }) => [kind, text, home])).toEqual([
    ['stop', 'stopped safely by ann: smoke', null],
    ['unconfirmed', expect.stringContaining('lab/arm: safe stop NOT CONFIRMED. press its red button'), 'h'],
  ]);
});

it('what stands still, lapses, runs out or lies in quarantine is told', () => {
  const approval = { why: ['x'], timeoutMs: 8 * 3_600_000, otherwise: 'reject' as const };
  const causes = causesOf({
    ...nothing,
    inbox: {
      trials: [
        trial('c/r1/p1', 'approval', { approval: { ...approval, until: now + 3_600_000 } }),
        trial('c/r1/p2', 'approval', { approval: { ...approval, until: now + 7 * 3_600_000 } }),
        trial('c/r1/p3', 'approval', { approval: { ...approval, until: now + 3_600_000, otherwise: 'wait' } }),
        trial('d/r1/p1', 'ruling'),
        trial('d/r1/p2', 'ruling'),
      ],
      ...{ problems: [{ campaignId: 'e', text: '3 failures in a row', phase: 'paused' }], away: [] },
    },
    obstacles: [
      obstacle('stock', 'argon', { text: 'low' }),
      obstacle('stock', 'film', { empty: true }),
      obstacle('maintenance', 'xrd'),
    ],
    quiet: [{ id: 'f', last: now - 7_200_000, trialMs: 1_800_000, waiting: 2 }],
    disk: { share: 0.5, bytes: 1e9 },
  });
  expect(causes.map(({ cause, priority }) => [cause, priority]).sort()).toEqual([
    ['disk/h', 'today'],
    ['empty/lab/film', 'soon'],
    ['lapsing/c/r1/p1', 'soon'],
    ['low/lab/argon', 'today'],
    ['problem/e', 'soon'],
    ['quarantined/d', 'today'],
    ['still/f', 'soon'],
  ]);
  expect(causes.at(-1)!.text).toBe(
    'f: nothing has happened for 2.0 h (its trials take 0.5 h); 2 of its trials wait for a person',
  );
});

const alarm = (more: Partial<StoredAlarm> = {}): StoredAlarm => ({
  ...{ id: 7, kind: 'unknown', cause: 'unknown/lab/oven', priority: 'soon', lab: 'lab', home: null },
  body: { text: 'lab/oven: lost', campaigns: ['a'], trials: ['a/r1/p1'], count: 1, commands: [] },
  ...{
    seenAt: now,
    times: 1,
    raisedAt: now,
    goneAt: null,
    clearedAt: null,
    ackedAt: null,
    ackedBy: null,
    ackNote: null,
  },
  ...{ shelvedUntil: null, shelvedBy: null, shelvedWhy: null, closedAt: null, ...more },
});

it('one after another is told for as long as nobody has it, and by night what can wait is not', () => {
  const settings = {
    steps: [{ tell: ['phone'] }, { tell: ['group'], after: '5min' }, { tell: ['phone', 'boss'], after: '15min' }],
    ...{
      repeat: '15min',
      quiet: { from: '22:00', until: '07:00', zone: 'Europe/Berlin' },
      page: 'https://lab.example.org/',
    },
  };
  const at = (name: string, minutes: number, of: StoredAlarm = alarm()) =>
    [...dueAlarms([of], alarmTelling(settings, name)!, now + minutes * 60_000)].length;
  expect(['phone', 'group', 'boss'].map((name) => [0, 5, 15].map((minutes) => at(name, minutes)))).toEqual([
    [1, 1, 1],
    [0, 1, 1],
    [0, 0, 1],
  ]);
  expect(alarmTelling(settings, 'other')).toBeNull();
  // It is 22:30 in Berlin.
  const today = alarm({ priority: 'today' });
  expect([at('phone', 0, today), at('phone', 9 * 60, today), at('boss', 9 * 60, today)]).toEqual([0, 1, 0]);
  const had = [
    alarm({ ackedAt: now, ackedBy: 'ann' }),
    alarm({ clearedAt: now }),
    alarm({ shelvedUntil: now, shelvedBy: 'ann' }),
  ];
  expect(had.map((one) => at('phone', 30, one))).toEqual([0, 0, 0]);
  const [matter] = alarmMatters([alarm()], settings.page);
  expect(matter).toMatchObject({
    ...{
      subject: 'alarm/7/1',
      link: 'https://lab.example.org/alarms/7',
      commands: ['athanor alarms ack 7 --note TEXT'],
    },
    text: expect.stringMatching(/^SOON: lab\/oven: lost\. Do: look at the instrument, .*\. Else: its slot is held/),
  });
});
