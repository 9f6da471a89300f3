import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveAudit } from '../../../activities/store/audit.js';
import { createCampaign, mirrorCampaign } from '../../../activities/store/campaign.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import { listEvents, verifyChain } from '../../../activities/store/event.js';
import { migrate, migrations } from '../../../activities/store/migrate.js';
import { lastSeal, sealEvents } from '../../../activities/store/seal.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../support/services.js';
import { problemCampaign } from '../../workflows/durable-host.js';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 6 });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const act = (campaignId: string, requestId: string, at = 1_000) => ({
  ...{ campaignId, requestId, at, who: 'ann', action: 'pause' },
  details: { note: 'a "quoted" note\n', before: -0, more: 0.1 + 0.2 },
});
const all = (after = 0) => listEvents(store.query, { after, limit: 10_000 });

it('what happens to a campaign stands in the log, in order and once', async () => {
  const campaign = problemCampaign('logged');
  await store.transaction((query) => createCampaign(query, campaign));
  await store.transaction((query) => createCampaign(query, campaign));
  await store.transaction((query) => saveAudit(query, act('logged', 'one')));
  await store.transaction((query) => saveAudit(query, act('logged', 'one')));
  await store.transaction((query) =>
    mirrorCampaign(query, 'logged', {
      phase: 'paused',
      stop: null,
      budget: { cost: null, trials: 1, wallClockMs: null },
      problem: null,
      loop: { parallel: 1, lifted: [] },
    }),
  );
  expect(await all()).toEqual([]);
  expect(await sealEvents(store)).toBe(3);
  const events = await all();
  expect(events.map(({ seq, kind, who, campaign: of }) => [seq, kind, who, of])).toEqual([
    [1, 'campaign.created', null, 'logged'],
    [2, 'act.pause', 'ann', 'logged'],
    [3, 'campaign.paused', null, 'logged'],
  ]);
  expect(events[1]).toMatchObject({ at: 1_000, body: { note: 'a "quoted" note\n', more: 0.1 + 0.2 } });
  expect(await listEvents(store.query, { after: 1, limit: 1 })).toEqual([events[1]]);
  expect(await listEvents(store.query, { after: 0, limit: 9, campaign: 'another' })).toEqual([]);
  expect(await verifyChain(store.query)).toEqual({
    events: 3,
    sha256: (await lastSeal(store.query)).sha256,
    fault: null,
  });
});

it('nothing comes before what was read, whoever writes and seals at the same time', async () => {
  const from = await sealEvents(store);
  let finish = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let written = () => {};
  const writes = new Promise<void>((resolve) => {
    written = resolve;
  });
  const late = store.transaction(async (query) => {
    await saveAudit(query, act('logged', 'late'));
    written();
    await slow;
  });
  await writes;
  await store.transaction((query) => saveAudit(query, act('logged', 'early')));
  await sealEvents(store);
  const read = await all(from);
  expect(read).toHaveLength(1);
  finish();
  await late;
  const ids = Array.from({ length: 40 }, (_, i) => `many-${i}`);
  const write = ids.map((id) => store.transaction((query) => saveAudit(query, act('logged', id))));
  await Promise.all([...write, ...ids.map(() => sealEvents(store))]);
  await sealEvents(store);
  const after = await all(from);
  expect(after[0]).toEqual(read[0]);
  expect(after.map(({ seq }) => seq - from)).toEqual(Array.from({ length: 42 }, (_, i) => i + 1));
  expect((await verifyChain(store.query)).fault).toBeNull();
});

it('what is changed or taken away is refused, and found where it was done all the same', async () => {
  const last = await sealEvents(store);
  for (const sql of [
    "UPDATE event SET who = 'bob' WHERE seq = 2",
    'UPDATE event SET seq = seq + 1000',
    'DELETE FROM event',
    'TRUNCATE event',
  ])
    await expect(store.query(sql)).rejects.toThrow('append-only');
  const behindItsBack = async (sql: string) => {
    await store.query('ALTER TABLE event DISABLE TRIGGER USER');
    await store.query(sql);
    return verifyChain(store.query);
  };
  expect(await behindItsBack("UPDATE event SET who = 'bob' WHERE seq = 2")).toMatchObject({
    events: 1,
    fault: { seq: 2, what: 'changed' },
  });
  expect((await behindItsBack("UPDATE event SET who = 'ann' WHERE seq = 2")).fault).toBeNull();
  expect((await behindItsBack(`DELETE FROM event WHERE seq = ${last - 1}`)).fault).toEqual({
    seq: last - 1,
    what: 'missing',
  });
});

it('decisions from before there was a log stand at its beginning', async () => {
  const old = await createEmptyDatabase();
  const older = openStore(old.url, { connections: 2 });
  try {
    const list = await migrations();
    await migrate(
      older.pool,
      list.filter(({ number }) => number < 23),
    );
    await older.transaction((query) => createCampaign(query, problemCampaign('old')));
    await older.transaction((query) => saveAudit(query, act('old', 'second', 2_000)));
    await older.transaction((query) => saveAudit(query, act('old', 'first', 1_000)));
    await migrate(older.pool, list);
    await sealEvents(older);
    expect((await listEvents(older.query, { after: 0, limit: 9 })).map(({ at, kind }) => [at, kind])).toEqual([
      [1_000, 'act.pause'],
      [2_000, 'act.pause'],
    ]);
  } finally {
    await older.close();
    await old.drop();
  }
});
