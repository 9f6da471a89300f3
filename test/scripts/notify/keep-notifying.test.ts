import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createCampaign } from '../../../activities/store/campaign.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import { saveLab } from '../../../activities/store/lab.js';
import { claimMessage, destinationHealth } from '../../../activities/store/notice.js';
import { saveObservation } from '../../../activities/store/observation.js';
import { saveRound } from '../../../activities/store/proposal.js';
import { saveRuling } from '../../../activities/store/ruling.js';
import { clearStandstill, saveStandstill } from '../../../activities/store/standstill.js';
import { refillStock } from '../../../activities/store/stock.js';
import { labSchema } from '../../../models/domain/lab.js';
import { decide } from '../../../models/strategy/decide.js';
import { againAfter, deliver, lookAround, type Notifying } from '../../../scripts/notify/keep-notifying.js';
import type { NotifyDestination } from '../../../scripts/notify/notify-file.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { problemCampaign } from '../../workflows/durable-host.js';
import { receiver } from './receivers.js';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
let database: TestDatabase;
let store: Store;
let connection: Connection;
let hook: Awaited<ReturnType<typeof receiver>>;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 8 });
  connection = Connection.lazy({ address: '127.0.0.1:9', connectTimeout: '1s' });
  hook = await receiver(secret);
});
afterAll(async () => {
  await hook?.close();
  await connection?.close();
  await store?.close();
  await database?.drop();
});

let lab: string;
let said: string[];
beforeEach(async () => {
  lab = `lab-${randomBytes(4).toString('hex')}`;
  said = [];
  hook.received.splice(0);
  hook.answers.splice(0);
  const instrument = { adapter: 'problem' };
  const stock = { argon: { unit: 'L', amount: 9, warnBelow: 2 } };
  await saveLab(
    store.query,
    labSchema.parse({ name: lab, instruments: { oven: instrument, arm: instrument }, stock }),
    'ada',
  );
  await refillStock(store.query, { lab, stock: 'argon', amount: 9, who: 'ada', why: 'registered' });
});

const deps = (): Notifying => ({
  store,
  client: new Client({ connection }),
  taskQueue: 'q',
  home: 'h',
  jobs: '/nonexistent',
  destinations: async () => null,
  redact: (text) => text,
  log: (line) => void said.push(line),
});
const word = (resource: string, why: string) => ({ lab, resource, who: 'ann', why });
const destination = (more: object = {}, remindMs: number | null = null): NotifyDestination => ({
  name: `to-${lab}`,
  settings: { webhook: hook.url, secret: { from: 'S' }, over: true, designs: false, labs: [lab], ...more },
  fingerprint: JSON.stringify(more),
  secrets: { S: secret },
  ca: null,
  remindMs,
  alarms: null,
  heartbeatMs: null,
});
const told = () =>
  hook.received.map(({ body: { data } }) => [
    data.occasion,
    ...data.matters.map(({ text }) => text.replaceAll(lab, 'L')),
  ]);
/** As if that time had passed. */
const later = (seconds: number) =>
  store.query(
    `UPDATE message SET next_at = next_at - make_interval(secs => $1), claimed_until = claimed_until - make_interval(secs => $1),
       at = at - make_interval(secs => $1)`,
    [seconds],
  );

it('tells each thing once, together what is of a kind, and once more when it is over', async () => {
  const to = destination();
  await saveStandstill(store.query, 'fault', word('oven', 'thermocouple'));
  await saveStandstill(store.query, 'fault', word('arm', 'belt'));
  // Two workers that look and send at the same time.
  for (let i = 0; i < 3; i++) {
    await Promise.all([lookAround(deps(), [to]), lookAround(deps(), [to])]);
    await Promise.all([deliver(deps(), to), deliver(deps(), to), deliver(deps(), to)]);
  }
  expect(told()).toEqual([['begun', 'L/oven: fault, said by ann: thermocouple', 'L/arm: fault, said by ann: belt']]);
  expect(hook.received[0]).toMatchObject({ valid: true, body: { type: 'athanor.fault' } });
  expect(String(hook.received[0]!.body.data.text)).toMatch(
    new RegExp(`^${lab}/oven: fault, .*\n {2}since .* UTC\n {2}athanor lab clear oven --lab ${lab} --why TEXT\n`),
  );
  await clearStandstill(store.query, 'fault', word('oven', 'new one'));
  await lookAround(deps(), [to]);
  await deliver(deps(), to);
  // The same again is another matter.
  await saveStandstill(store.query, 'fault', word('oven', 'broken again'));
  await lookAround(deps(), [to]);
  await deliver(deps(), to);
  expect(told().slice(1)).toEqual([
    ['over', 'L/oven: fault, said by ann: thermocouple'],
    ['begun', 'L/oven: fault, said by ann: broken again'],
  ]);
});

it('says that stock is low, then that it is used up, and nothing is over between', async () => {
  const to = destination({ kinds: ['stock'] });
  const use = (amount: number) =>
    refillStock(store.query, { lab, stock: 'argon', amount, who: 'ann', why: 'taken out' });
  await saveStandstill(store.query, 'fault', word('oven', 'not wanted here'));
  for (const amount of [-8, -1, 20]) {
    await use(amount);
    await lookAround(deps(), [to]);
    await deliver(deps(), to);
  }
  expect(told()).toEqual([
    ['begun', 'L/argon: low: 1 L left'],
    ['begun', 'L/argon: used up: 0 L left'],
    ['over', 'L/argon: used up: 0 L left'],
  ]);
});

it('sends with the same id what a worker was killed over, before or after it had sent it', async () => {
  const to = destination();
  await saveStandstill(store.query, 'fault', word('oven', 'smoke'));
  await lookAround(deps(), [to]);
  // Killed between the row and the sending.
  const claimed = await claimMessage(store.query, to.name);
  expect(claimed).toMatchObject({ attempts: 1, occasion: 'begun' });
  await deliver(deps(), to);
  expect(told()).toEqual([]);
  await later(121);
  await deliver(deps(), to);
  // Sent, and killed before that was noted.
  await store.query('UPDATE message SET sent_at = NULL WHERE id = $1', [claimed!.id]);
  await deliver(deps(), to);
  expect(hook.received.map(({ id, valid }) => [id, valid])).toEqual(Array(2).fill([claimed!.id, true]));
});

it('tries again for a day, and then gives up, which is told', async () => {
  const to = destination();
  await saveStandstill(store.query, 'fault', word('oven', 'smoke'));
  await lookAround(deps(), [to]);
  let attempts = 0;
  for (; attempts < 50; attempts++) {
    hook.answers.push(500);
    await deliver(deps(), to);
    if (hook.received.length === attempts) break;
    await later(7_200);
  }
  const health = async () => (await destinationHealth(store.query)).find(({ name }) => name === to.name);
  expect(attempts).toBe(12);
  expect(new Set(hook.received.map(({ id }) => id)).size).toBe(1);
  expect(await health()).toMatchObject({ trouble: 'it answers with status 500', waiting: 0, gone: false });
  expect(said).toEqual([
    expect.stringContaining('status 500; it is tried again for a day'),
    expect.stringContaining('given up'),
  ]);
  // Over before anybody was told of it, as far as is known: nothing was taken.
  await saveStandstill(store.query, 'fault', word('arm', 'belt'));
  await lookAround(deps(), [to]);
  hook.answers.splice(0);
  await deliver(deps(), to);
  expect(await health()).toMatchObject({ trouble: null, toldAt: expect.any(Date) });
});

it('waits longer each time, as long as it is asked to, and never past a day', () => {
  const pauses = Array.from({ length: 10 }, (_, i) => againAfter(i + 1, 0, null));
  expect(pauses).toEqual([5e3, 15e3, 60e3, 300e3, 900e3, 1_800e3, 3_600e3, 7_200e3, 7_200e3, 7_200e3]);
  expect([againAfter(1, 0, 60_000), againAfter(1, 0, 1e12), againAfter(9, 23 * 3_600_000, null)]).toEqual([
    60_000,
    3_600_000,
    null,
  ]);
});

it('says nothing of what is over before anybody was told', async () => {
  const to = destination();
  await saveStandstill(store.query, 'fault', word('oven', 'smoke'));
  await lookAround(deps(), [to]);
  await clearStandstill(store.query, 'fault', word('oven', 'none'));
  await lookAround(deps(), [to]);
  await deliver(deps(), to);
  expect(told()).toEqual([]);
});

it('tells again what lasts, where that is wanted, once a period', async () => {
  const to = destination({}, 3_600_000);
  await saveStandstill(store.query, 'fault', word('oven', 'smoke'));
  const pass = async () => {
    await Promise.all([lookAround(deps(), [to]), lookAround(deps(), [to])]);
    await deliver(deps(), to);
  };
  await pass();
  await pass();
  expect(told()).toHaveLength(1);
  await store.query(`UPDATE notice SET told_at = told_at - interval '61 minutes'`);
  await pass();
  await pass();
  expect(told().slice(1)).toEqual([['lasting', 'L/oven: fault, said by ann: smoke']]);
  expect(hook.received[1]!.body.data.title).toMatch(/^Athanor: still: /);
});

it('leaves a destination alone that answers 410, until its settings are others', async () => {
  await saveStandstill(store.query, 'fault', word('oven', 'smoke'));
  hook.answers.push(410);
  const to = destination();
  for (let i = 0; i < 2; i++) {
    await lookAround(deps(), [to]);
    await deliver(deps(), to);
    await later(7_200);
  }
  await saveStandstill(store.query, 'fault', word('arm', 'belt'));
  await lookAround(deps(), [to]);
  await deliver(deps(), to);
  expect(hook.received).toHaveLength(1);
  expect((await destinationHealth(store.query)).find(({ name }) => name === to.name)).toMatchObject({ gone: true });
  const other = destination({ designs: true });
  await lookAround(deps(), [other]);
  await deliver(deps(), other);
  expect(told().slice(1)).toEqual([['begun', 'L/arm: fault, said by ann: belt']]);
});

it('says that a quarantined value is over when a person has ruled, not when its campaign has ended', async () => {
  const id = `c-${lab}`;
  const campaign = problemCampaign(id, { budget: { trials: 2 } });
  const asked = { round: 1, count: 1, pending: [], remainingCost: null };
  const decision = await decide({ campaign, ...asked, trials: [] });
  await store.transaction(async (query) => {
    await createCampaign(query, campaign);
    await saveRound(query, { campaignId: id, ...asked, ...decision });
  });
  const { labs: _, ...settings } = destination().settings;
  const to = { ...destination(), settings: { ...settings, campaigns: [id], kinds: ['ruling' as const] } };
  const look = async (destinations = [to]) => {
    await lookAround(deps(), destinations);
    for (const each of destinations) await deliver(deps(), each);
  };
  await look();
  const nothing = { values: {}, noise: {}, cost: 1, durationMs: 0, artefacts: {}, details: { answered: { value: 7 } } };
  const cause = { class: 'unknown', code: 'limits', message: 'too large' } as const;
  await saveObservation(store.query, { trialId: `${id}/r1/p1`, outcome: 'quarantined', cause, ...nothing });
  await look();
  await store.query(`UPDATE campaign SET phase = 'stopped' WHERE id = $1`, [id]);
  // Whoever is named only now is not told what was left behind.
  await look([to, { ...to, name: `late-${lab}` }]);
  expect(told().map(([occasion]) => occasion)).toEqual(['begun']);
  const judgement = { verdict: 'discard' as const, values: {}, cause: null, who: 'ann', why: 'w' };
  const ruling = { trialId: `${id}/r1/p1`, generation: 1, ...judgement, requestId: `r-${lab}`, sinceRound: 2, at: 1 };
  await store.transaction((query) => saveRuling(query, ruling, ['value']));
  await look();
  expect(told().map(([occasion]) => occasion)).toEqual(['begun', 'over']);
});
