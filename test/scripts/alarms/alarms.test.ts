import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ackAlarm,
  alarmState,
  openAlarms,
  pastAlarms,
  reconcileAlarms,
  type SeenCause,
  shelveAlarm,
  unshelveAlarm,
} from '../../../activities/store/alarm.js';
import { quietCampaigns } from '../../../activities/store/quiet-campaign.js';
import { labSchema } from '../../../models/domain/lab.js';
import { deliver, keepNotifying, lookAround, type Notifying } from '../../../scripts/notify/keep-notifying.js';
import type { NotifyDestination } from '../../../scripts/notify/notify-file.js';
import { type TestApi, testApi } from '../../support/api-server.js';
import { callCliJson } from '../../support/cli.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from '../../workflows/durable-host.js';
import { receiver } from '../notify/receivers.js';

let host: DurableHost;
let api: TestApi;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let hook: Awaited<ReturnType<typeof receiver>>;
beforeAll(async () => {
  host = await durableHost({ worker: false });
  api = await testApi(host);
  hook = await receiver(secret);
});
afterAll(async () => {
  await hook?.close();
  await api?.close();
  await host?.close();
});

const minute = 60_000;
const cause = (kind: string, more: Partial<SeenCause> = {}): SeenCause => ({
  ...{ kind, cause: `${kind}/lab/oven`, priority: 'soon', lab: 'lab', home: null, text: 'the oven', campaigns: ['c'] },
  ...{ trials: [], count: 0, commands: [], ...more },
});
const events = async (kind: string) =>
  (
    await host.store.query('SELECT kind, who FROM event WHERE kind LIKE $1 AND subject LIKE $2 ORDER BY id', [
      'alarm.%',
      `${kind}/%`,
    ])
  ).map((row) => [String(row.kind).slice('alarm.'.length), row.who]);

it('an alarm is raised after its delay, told once for what flutters, and stays until it is over and somebody knew of it', async () => {
  const { store } = host;
  let now = Date.parse('2026-11-30T12:00:00Z');
  const look = (seen: SeenCause[], afterMs: number) => {
    now += afterMs;
    return store.transaction((query) =>
      reconcileAlarms(query, seen, { isUnsure: ({ home }) => home === 'another', now }),
    );
  };
  const state = async () =>
    (await openAlarms(store.query)).map((alarm) => `${alarm.kind} ${alarmState(alarm)} ${alarm.times}`);
  const act = (work: (query: typeof store.query) => Promise<void>) => store.transaction(work);
  const lost = cause('unknown');
  await look([lost], 0);
  await look([], 10_000);
  await look([lost], 10_000);
  await look([lost], 20_000);
  expect(await state()).toEqual([]);
  await look([lost], 10_000);
  expect(await state()).toEqual(['unknown new 1']);
  // It comes and goes for less than a minute each time.
  for (let i = 0; i < 5; i++) {
    await look([], 30_000);
    await look([lost], 20_000);
  }
  expect(await state()).toEqual(['unknown new 1']);
  await look([], 0);
  await look([], minute);
  expect(await state()).toEqual(['unknown cleared 1']);
  await look([lost], minute);
  expect(await state()).toEqual(['unknown new 2']);
  const { id } = (await openAlarms(store.query))[0]!;
  await act((query) => ackAlarm(query, id, { who: 'ann', note: 'on my way', now }));
  await expect(act((query) => ackAlarm(query, id, { who: 'bob', note: null, now }))).rejects.toThrow(/ann was first/);
  expect(await state()).toEqual(['unknown acknowledged 2']);
  await look([{ ...lost, priority: 'now' }], minute);
  expect(await state()).toEqual(['unknown new 3']);
  const shelve = (hours: number) =>
    act((query) =>
      shelveAlarm(query, id, { who: 'ann', why: 'part comes at six', until: now + hours * 60 * minute, now }),
    );
  await expect(shelve(13)).rejects.toThrow(/twelve hours at most/);
  await shelve(12);
  await look([lost], 11 * 60 * minute);
  expect(await state()).toEqual(['unknown shelved 3']);
  await look([lost], 61 * minute);
  expect(await state()).toEqual(['unknown new 4']);
  await shelve(1);
  await act((query) => unshelveAlarm(query, id, { who: 'bob', now }));
  expect(await state()).toEqual(['unknown new 5']);
  await look([], minute);
  await look([], minute);
  await act((query) => ackAlarm(query, id, { who: 'ann', note: null, now }));
  expect(await state()).toEqual([]);
  expect((await pastAlarms(store.query, { before: null, limit: 1 })).map(alarmState)).toEqual(['closed']);
  expect(await events('unknown')).toEqual([
    ...[
      ['raised', null],
      ['cleared', null],
      ['raised', null],
      ['acknowledged', 'ann'],
      ['raised', null],
      ['shelved', 'ann'],
    ],
    ...[
      ['returned', null],
      ['shelved', 'ann'],
      ['returned', 'bob'],
      ['cleared', null],
      ['acknowledged', 'ann'],
    ],
  ]);
  // What another home alone can tell is not over because this one does not see it.
  await look([cause('unconfirmed', { home: 'another' })], 0);
  await look([], 60 * minute);
  expect(await state()).toEqual(['unconfirmed new 1']);
  await store.query(`UPDATE alarm SET closed_at = now()`);
});

it('a running campaign in which nothing happens for twice as long as its trials take stands still', async () => {
  const id = host.id('still');
  await host.control.start(problemCampaign(id, {}));
  const { created_at: created } = (
    await host.store.query('SELECT created_at FROM campaign WHERE id = $1', [id])
  )[0] as { created_at: Date };
  const quiet = async (afterMs: number) =>
    (await quietCampaigns(host.store.query, created.getTime() + afterMs)).filter((one) => one.id === id);
  expect(await quiet(110 * minute)).toEqual([]);
  expect(await quiet(125 * minute)).toMatchObject([{ trialMs: null, waiting: 0 }]);
  // Events of alarms about it move nothing; others do.
  await host.store.query("INSERT INTO event (at, kind, campaign_id, body) VALUES ($1, 'alarm.raised', $2, '{}')", [
    new Date(created.getTime() + 60 * minute),
    id,
  ]);
  expect(await quiet(125 * minute)).toHaveLength(1);
  await host.store.query("INSERT INTO event (at, kind, campaign_id, body) VALUES ($1, 'act.pause', $2, '{}')", [
    new Date(created.getTime() + 60 * minute),
    id,
  ]);
  expect(await quiet(125 * minute)).toEqual([]);
  await host.control.abort(id, { who: 'ada' }).catch(() => undefined);
});

it('what is wrong in a lab is raised by a worker, told by a signed webhook with a link, and answered by API and command', async () => {
  const name = host.id('bench');
  const oven = { adapter: 'problem', settings: { problem: 'branin' } };
  await host.control.labs.up(labSchema.parse({ name, instruments: { oven } }), 'ada');
  await host.control.labs.fault(name, 'oven', { who: 'ann', why: 'thermocouple' });
  const worker = await host.work();
  const find = async (path = '/alarms') =>
    ((await api.call('GET', path)).body.items as { id: number; lab: string; state: string }[]).find(
      ({ lab }) => lab === name,
    );
  const alarm = (await eventually(() => find()))!;
  expect(alarm).toMatchObject({
    ...{ kind: 'fault', priority: 'soon', state: 'new', times: 1, acknowledged: null, shelved: null, clearedAt: null },
    text: `${name}/oven: fault, said by ann: thermocouple`,
    action: expect.stringContaining('clear the fault'),
  });

  const to: NotifyDestination = {
    ...{ name: 'phone', fingerprint: 'x', secrets: { S: secret }, ca: null, remindMs: null, heartbeatMs: null },
    settings: { webhook: hook.url, secret: { from: 'S' }, over: true, designs: false, labs: [name] },
    alarms: {
      steps: [{ afterMs: 0, priorities: ['now', 'soon'] }],
      repeatMs: 15 * minute,
      quiet: null,
      page: 'https://lab.example.org',
    },
  };
  const notifying: Notifying = {
    ...{
      store: host.store,
      client: host.client,
      taskQueue: host.settings.taskQueue!,
      home: 'h',
      jobs: host.settings.home,
    },
    ...{ destinations: async () => [to], redact: (text: string) => text, log: () => undefined },
  };
  const tell = async () => {
    await lookAround(notifying, [to]);
    await deliver(notifying, to);
    return hook.received.map(({ body }) => body.data.occasion);
  };
  const laterBy = (minutes: number) =>
    host.store.query(
      'UPDATE notice SET told_at = told_at - make_interval(mins => $1), opened_at = opened_at - make_interval(mins => $1)',
      [minutes],
    );
  expect([await tell(), await tell()]).toEqual([['begun'], ['begun']]);
  expect(hook.received[0]).toMatchObject({
    ...{
      valid: true,
      body: {
        type: 'athanor.alarm',
        data: { matters: [{ kind: 'alarm', link: `https://lab.example.org/alarms/${alarm.id}` }] },
      },
    },
  });
  await laterBy(16);
  expect(await tell()).toEqual(['begun', 'lasting']);

  const act = (body: object, as: 'viewer' | 'operator' = 'viewer') =>
    api.call('POST', `/alarms/${alarm.id}/acts`, { as, body });
  expect((await act({ act: 'shelve', reason: 'later', until: Date.now() + minute })).status).toBe(403);
  expect((await act({ act: 'shelve', reason: 'later', until: Date.now() + 13 * 60 * minute }, 'operator')).status).toBe(
    422,
  );
  expect((await act({ act: 'acknowledge', reason: 'on my way' })).body).toMatchObject({
    ...{ state: 'acknowledged', acknowledged: { who: 'a viewer', note: 'on my way' } },
  });
  expect((await act({ act: 'acknowledge' }, 'operator')).body.detail).toContain('a viewer was first');
  await laterBy(16);
  expect(await tell()).toEqual(['begun', 'lasting']);
  const env = { ATHANOR_HOME: host.settings.home, DATABASE_URL: host.settings.databaseUrl };
  const shelved = await callCliJson(
    ['alarms', 'shelve', `${alarm.id}`, '--for', '2h', '--why', 'spare part', '--as', 'kim', '--json'],
    { env },
  );
  expect(shelved).toMatchObject([{ state: 'shelved', shelved: { who: 'kim', why: 'spare part' } }]);
  expect(await callCliJson(['alarms', '--json'], { env })).toMatchObject([{ id: alarm.id, state: 'shelved' }]);
  expect((await act({ act: 'unshelve' }, 'operator')).body).toMatchObject({ state: 'new', times: 2 });
  expect(await tell()).toEqual(['begun', 'lasting', 'begun']);
  await act({ act: 'acknowledge' });
  await host.control.labs.clear(name, 'oven', { who: 'ann', why: 'mended' });
  // It is over once it has been gone for a minute.
  await eventually(
    async () =>
      (await host.store.query('SELECT 1 FROM alarm WHERE id = $1 AND gone_at IS NOT NULL', [alarm.id])).length > 0,
  );
  await host.store.query("UPDATE alarm SET gone_at = gone_at - interval '1 minute' WHERE id = $1", [alarm.id]);
  await eventually(async () => (await find()) === undefined);
  expect(await find('/alarms?past=true')).toMatchObject({ id: alarm.id, state: 'closed' });
  expect(await tell()).toEqual(['begun', 'lasting', 'begun', 'over']);
  expect((await api.call('GET', '/alarms/kinds')).body.items.length).toBeGreaterThan(10);
  expect((await api.call('POST', '/alarms/99999/acts', { body: { act: 'acknowledge' } })).status).toBe(404);
  await worker.shutdown();
});

it('a monitor elsewhere is told that Athanor is alive, and nothing else', async () => {
  hook.received.splice(0);
  const watchdog: NotifyDestination = {
    ...{
      name: 'watchdog',
      fingerprint: 'x',
      secrets: { S: secret },
      ca: null,
      remindMs: null,
      alarms: null,
      heartbeatMs: 60_000,
    },
    settings: { webhook: hook.url, secret: { from: 'S' }, over: true, designs: false, heartbeat: '1min' },
  };
  const stop = keepNotifying({
    ...{ store: host.store, client: host.client, taskQueue: 'q', home: 'h', jobs: host.settings.home },
    ...{ destinations: async () => [watchdog], redact: (text) => text, log: () => undefined },
  });
  await eventually(async () => hook.received.length > 0);
  await stop();
  expect(hook.received).toMatchObject([{ valid: true, body: { type: 'athanor.heartbeat', data: { home: 'h' } } }]);
});
