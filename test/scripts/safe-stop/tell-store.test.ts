import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../../activities/store/client.js';
import { saveLab } from '../../../activities/store/lab.js';
import { listStandstills } from '../../../activities/store/standstill.js';
import { labSchema } from '../../../models/domain/lab.js';
import { keepInstrument } from '../../../scripts/safe-stop/kept-instruments.js';
import { latchedBy, noteAct, setLatch, untoldActs } from '../../../scripts/safe-stop/latch.js';
import { clearStop } from '../../../scripts/safe-stop/safe-stop.js';
import { exchangeLatches } from '../../../scripts/safe-stop/tell-store.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';

let database: TestDatabase;
let store: Store;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 4 });
  folder = await mkdtemp(join(tmpdir(), 'athanor-told-'));
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

let labs = 0;
let lab: string;
let told: string[];
beforeEach(async () => {
  lab = `lab${++labs}`;
  told = [];
  const instrument = { adapter: 'dataset', settings: {} };
  await saveLab(store.query, labSchema.parse({ name: lab, instruments: { arm: instrument, oven: instrument } }), 'ada');
});

/** A home that drives some instruments of the lab; its adapters stop nothing. */
function home(name: string, ...drives: readonly string[]) {
  const jobs = join(folder, `${lab}-${name}`);
  for (const each of drives) {
    const id = `${lab}/${each}`;
    const settings = { url: 'http://127.0.0.1:9' };
    keepInstrument(jobs, { id, adapter: 'http', settings, modules: [], folder: join(jobs, 'instruments', id) });
  }
  const exchange = () =>
    exchangeLatches({ jobs, store, tell: async (of, resource) => void told.push(`${of}/${resource}`), log: () => {} });
  return { jobs, exchange };
}

const standing = async () =>
  (await listStandstills(store.query, lab)).map(
    ({ resource, kind, who, why }) => `${resource} ${kind} by ${who}: ${why}`,
  );
const stop = (jobs: string, of: string | null) => {
  setLatch(jobs, { lab: of, who: 'ada', why: 'smoke', at: 5 });
  const outcomes = { [`${lab}/arm`]: 'stopped in 3 ms' };
  noteAct(jobs, { act: 'stop', lab: of, who: 'ada', why: 'smoke', at: 5, outcomes });
};

test('a stop of a lab is told once the store is there, stops what other homes drive, and is cleared for all', async () => {
  const [a, b, c] = [home('a', 'arm'), home('b', 'oven'), home('c')];
  stop(a.jobs, lab);
  await a.exchange();
  expect(await standing()).toEqual(['arm latched by ada: smoke (stopped in 3 ms)', 'oven latched by ada: smoke']);
  expect([told.sort(), untoldActs(a.jobs)]).toEqual([[`${lab}/arm`, `${lab}/oven`], []]);
  await b.exchange();
  expect(latchedBy(b.jobs, `${lab}/oven`)).toContain('stopped safely by ada');
  await c.exchange();
  expect(latchedBy(c.jobs, `${lab}/oven`)).toBeNull();
  // Again changes nothing, and so does a second telling of the same.
  await a.exchange();
  expect(await standing()).toHaveLength(2);
  clearStop(b.jobs, { lab, who: 'bob', why: 'aired' });
  expect(latchedBy(a.jobs, `${lab}/arm`)).not.toBeNull();
  await b.exchange();
  await a.exchange();
  expect([await standing(), latchedBy(a.jobs, `${lab}/arm`), latchedBy(b.jobs, `${lab}/oven`)]).toEqual([
    [],
    null,
    null,
  ]);
});

test('a stop of all that a home drives holds no more than that, until it is cleared there', async () => {
  const [a, b] = [home('a', 'arm'), home('b', 'oven')];
  stop(a.jobs, null);
  await a.exchange();
  await b.exchange();
  expect(await standing()).toEqual(['arm latched by ada: smoke (stopped in 3 ms)']);
  expect(latchedBy(b.jobs, `${lab}/oven`)).toBeNull();
  // Narrower: the clearing of all leaves the lab's own stop alone.
  stop(a.jobs, lab);
  await a.exchange();
  clearStop(a.jobs, { lab: null, who: 'bob', why: 'aired' });
  await a.exchange();
  expect(await standing()).toHaveLength(2);
  clearStop(a.jobs, { lab, who: 'bob', why: 'aired' });
  await a.exchange();
  expect(await standing()).toEqual([]);
});

test('what was done while the store was away is told in its order', async () => {
  const a = home('a', 'arm');
  stop(a.jobs, lab);
  clearStop(a.jobs, { lab, who: 'bob', why: 'false alarm' });
  await a.exchange();
  expect([await standing(), latchedBy(a.jobs, `${lab}/arm`)]).toEqual([[], null]);
  const rows = await store.query('SELECT cleared_by, cleared_why FROM standstill WHERE lab = $1', [lab]);
  expect(rows).toEqual([
    { cleared_by: 'bob', cleared_why: 'false alarm' },
    { cleared_by: 'bob', cleared_why: 'false alarm' },
  ]);
});
