import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../activities/store/client.js';
import { migrate } from '../../activities/store/migrate.js';
import { loadRecord } from '../../activities/store/record.js';
import { listSubmissions } from '../../activities/store/submission.js';
import { summarise } from '../../activities/store/summary.js';
import { homeIdentity } from '../../scripts/durable/home-identity.js';
import { exportJson, parseRecord, verifyRecord } from '../../scripts/library.js';
import { deviceStarts } from '../faults/device-ledger.js';
import { type TemporaryHome, temporaryHome } from '../support/home.js';
import { createEmptyDatabase, type TestDatabase } from '../support/services.js';
import { durableHost, eventually } from '../workflows/durable-host.js';
import { beforePath, beforeText, differences, durable } from './fixtures.js';

const id = 'midlife';
let database: TestDatabase;
let home: TemporaryHome;
let store: Store;

/** The database and the home of the version before, as if they had been left on this machine. */
beforeAll(async () => {
  [database, home] = await Promise.all([createEmptyDatabase(), temporaryHome()]);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(beforeText('database.sql'));
  await client.end();
  store = openStore(database.url, { connections: 2 });
  await migrate(store.pool);
  await cp(beforePath('home'), home.path, { recursive: true });
  await homeIdentity(home.path);
  const [known] = await store.query('SELECT id FROM home');
  const file = join(home.path, 'home.json');
  const identity = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...identity, id: known!.id }));
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
  await home?.remove();
});

describe('a database of the version before', () => {
  it('holds a campaign in mid-life, with trials in every state', async () => {
    const { trials, audit, phase } = await loadRecord(store.query, id);
    expect(phase).toBe('paused');
    expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(['proposed', 'running', 'ended', 'withdrawn']));
    const outcomes = trials.flatMap(({ observation }) => observation?.outcome ?? []);
    expect(new Set(outcomes)).toEqual(new Set(['measured', 'failed', 'quarantined']));
    expect(trials.filter(({ earlier }) => earlier !== undefined)).toHaveLength(1);
    const actions = new Set(audit.map(({ action }) => action));
    expect(actions).toEqual(new Set(['pause', 'drain', 'extend', 'retry', 'budget', 'parallel']));
    const lines = await listSubmissions(store.query, id);
    const states = lines.map(({ state }) => state);
    // Nothing more is known of what they were run on.
    for (const { instrument, adapter, fence } of lines) expect([instrument, fence]).toEqual([adapter, 0]);
    expect(new Set(states)).toEqual(new Set(['called', 'accepted', 'ended']));
  });

  it.each(durable)('gives the record of %s that its own version exported', async (name) => {
    const before = parseRecord(beforeText(`${name}/record.json`), name);
    const now = parseRecord(exportJson(await loadRecord(store.query, name)), name);
    expect(differences(before, now)).toEqual([]);
  });

  it('gives the figures of its campaigns', async () => {
    for (const name of durable) {
      const { trials } = parseRecord(beforeText(`${name}/record.json`), name);
      const summary = await summarise(store.query, name);
      const ended = trials.flatMap(({ observation }) => observation ?? []);
      expect(summary).toMatchObject({
        proposed: trials.filter(({ state }) => state === 'proposed').length,
        running: trials.filter(({ state }) => state === 'running').length,
        withdrawn: trials.filter(({ state }) => state === 'withdrawn').length,
        measured: ended.filter(({ outcome }) => outcome === 'measured').length,
        failed: ended.filter(({ outcome }) => outcome === 'failed').length,
        quarantined: ended.filter(({ outcome }) => outcome === 'quarantined').length,
      });
      const earlier = trials.flatMap((trial) => trial.earlier ?? []).map(({ observation }) => observation!);
      expect(summary.spent).toBeCloseTo([...ended, ...earlier].reduce((sum, { cost }) => sum + cost, 0));
    }
  });

  it('has its running campaign run to its end: nothing measured again, what people decided in force', async () => {
    const before = await loadRecord(store.query, id);
    const ledger = await listSubmissions(store.query, id);
    const host = await durableHost({ databaseUrl: database.url, home: home.path });
    try {
      // The server knows nothing of it: the worker restores it from the store.
      await eventually(async () => (await host.control.status(id)).course.workflow === 'running');
      // Trials in flight end while the campaign is paused; what waits does not begin.
      await eventually(async () => (await host.control.status(id)).running === 0);
      expect(await host.control.status(id)).toMatchObject({ phase: 'paused', proposed: 1 });
      await host.control.resume(id, { who: 'ann' });
      const report = await host.control.waitUntilStopped(id);
      const { trials: budget } = report.budget!;
      expect(report.stop?.reason).toBe('budgetTrials');
      expect(report.measured + report.failed + report.quarantined).toBe(budget);

      const record = await host.control.record(id);
      const kept = record.trials.slice(0, before.trials.length);
      expect(kept.map(({ proposal }) => proposal)).toEqual(before.trials.map(({ proposal }) => proposal));
      for (const [i, { state, observation, earlier }] of before.trials.entries())
        if (state === 'ended') expect(kept[i]).toMatchObject({ state, observation, ...(earlier && { earlier }) });
      expect(record.audit.slice(0, before.audit.length)).toEqual(before.audit);
      expect((await verifyRecord(record)).mismatches).toEqual([]);

      const starts = await deviceStarts(home.path, record.campaign);
      expect(new Set(starts).size).toBe(starts.length);
      const lines = await listSubmissions(store.query, id);
      expect(lines.map(({ key }) => key).sort()).toEqual(starts.sort());
      for (const { key, job, home: place, requestSha } of ledger)
        expect(lines.find((line) => line.key === key)).toMatchObject({
          ...(job === null ? {} : { job }),
          home: place,
          requestSha,
          state: 'ended',
        });
    } finally {
      await host.close();
    }
  });
});
