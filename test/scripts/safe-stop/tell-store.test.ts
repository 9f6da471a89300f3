import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../../activities/store/client.js';
import { saveLab } from '../../../activities/store/lab.js';
import { listStandstills, stopOn } from '../../../activities/store/standstill.js';
import { labSchema } from '../../../models/domain/lab.js';
import { keepInstrument, unreached } from '../../../scripts/safe-stop/kept-instruments.js';
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
  return homeOf(name, drives, []);
}

function homeOf(name: string, drives: readonly string[], alone: readonly string[] | null) {
  const jobs = join(folder, `${lab}-${name}`);
  for (const each of drives) {
    const id = `${lab}/${each}`;
    const settings = { url: 'http://127.0.0.1:9' };
    keepInstrument(jobs, { id, adapter: 'http', settings, modules: [], folder: join(jobs, 'instruments', id) });
  }
  const exchange = () =>
    exchangeLatches({
      jobs,
      store,
      alone,
      tell: async (of, resource) => void told.push(`${of}/${resource}`),
      log: () => {},
    });
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

test('a store that was set back to before the stop is told again; only a clearing that stands there is one', async () => {
  const [a, b] = [home('a', 'arm'), home('b', 'oven')];
  stop(a.jobs, lab);
  await a.exchange();
  await b.exchange();
  await store.query('DELETE FROM standstill WHERE lab = $1', [lab]);
  await b.exchange();
  await a.exchange();
  expect([latchedBy(a.jobs, `${lab}/arm`), latchedBy(b.jobs, `${lab}/oven`)]).not.toContain(null);
  expect(await standing()).toEqual(['arm latched by ada: smoke', 'oven latched by ada: smoke']);
  clearStop(b.jobs, { lab, who: 'bob', why: 'aired' });
  await b.exchange();
  await a.exchange();
  expect([await standing(), latchedBy(a.jobs, `${lab}/arm`)]).toEqual([[], null]);
});

test('a store that was set back to before the clearing stops nothing anew, and lets nothing begin', async () => {
  const [a, b] = [home('a', 'arm'), home('b', 'oven')];
  stop(a.jobs, lab);
  await a.exchange();
  await b.exchange();
  clearStop(a.jobs, { lab, who: 'bob', why: 'aired' });
  await a.exchange();
  await b.exchange();
  for (const other of [a, b]) {
    await store.query('UPDATE standstill SET cleared_at = NULL WHERE lab = $1', [lab]);
    await other.exchange();
    expect([(await standing()).length, latchedBy(other.jobs, `${lab}/arm`)]).toEqual([2, null]);
  }
  await store.query('UPDATE standstill SET cleared_at = now() WHERE lab = $1', [lab]);
  // A further stop is another.
  stop(a.jobs, lab);
  await a.exchange();
  await b.exchange();
  expect([latchedBy(a.jobs, `${lab}/arm`), latchedBy(b.jobs, `${lab}/oven`)]).not.toContain(null);
});

test('a stop of a lab that was not registered yet holds once it is', async () => {
  const [a, late] = [home('a', 'arm'), `${lab}late`];
  stop(a.jobs, late);
  await a.exchange();
  await saveLab(
    store.query,
    labSchema.parse({ name: late, instruments: { arm: { adapter: 'dataset', settings: {} } } }),
    'ada',
  );
  await a.exchange();
  await a.exchange();
  expect(latchedBy(a.jobs, `${late}/arm`)).toContain('smoke');
  expect(await listStandstills(store.query, late)).toMatchObject([{ resource: 'arm', kind: 'latched', who: 'ada' }]);
});

test('a latch of an earlier version, which has no rows, is not taken away but told', async () => {
  const a = home('a', 'arm');
  setLatch(a.jobs, { lab, who: 'ada', why: 'smoke', at: 5, recorded: true });
  await a.exchange();
  expect([latchedBy(a.jobs, `${lab}/arm`), await standing()]).toEqual([expect.any(String), expect.any(Array)]);
  expect(await standing()).toHaveLength(2);
});

test('what became of instruments is added while the stop stands, and stops nothing anew once it was cleared', async () => {
  const [a, b] = [home('a', 'arm'), home('b', 'oven')];
  const word = { lab, who: 'ada', why: 'smoke', at: 5 };
  setLatch(a.jobs, word);
  noteAct(a.jobs, { act: 'stop', ...word });
  await a.exchange();
  await b.exchange();
  noteAct(a.jobs, { act: 'stopped', ...word, outcomes: { [`${lab}/arm`]: 'stopped in 3 ms' } });
  await a.exchange();
  expect(await standing()).toEqual(['arm latched by ada: smoke (stopped in 3 ms)', 'oven latched by ada: smoke']);
  clearStop(b.jobs, { lab, who: 'bob', why: 'aired' });
  await b.exchange();
  noteAct(a.jobs, { act: 'stopped', ...word, outcomes: { [`${lab}/oven`]: 'stopped in 9 ms' } });
  await a.exchange();
  expect([await standing(), latchedBy(a.jobs, `${lab}/arm`)]).toEqual([[], null]);
});

test('a home learns which instruments labs have, so that it can name those that a stop from it does not reach', async () => {
  const [a, name] = [home('a', 'arm'), `${lab}far`];
  const device = { adapter: 'http', settings: {} };
  const instruments = { arm: device, oven: { ...device, worker: 'lab-pc' }, table: { adapter: 'dataset' } };
  await saveLab(store.query, labSchema.parse({ name, instruments }), 'ada');
  expect(unreached(a.jobs, name)).toEqual([]);
  await a.exchange();
  expect(unreached(a.jobs, name)).toEqual([`${name}/arm`, `${name}/oven`]);
  const folder = join(a.jobs, 'instruments', 'far');
  keepInstrument(a.jobs, { id: `${name}/arm`, adapter: 'http', settings: {}, modules: [], folder });
  expect(unreached(a.jobs, name)).toEqual([`${name}/oven`]);
});

test('the store says of an instrument by which safe stop it stands still', async () => {
  const a = home('a', 'arm');
  expect(await stopOn(store.query, `${lab}/oven`)).toBeNull();
  stop(a.jobs, lab);
  await a.exchange();
  expect(await stopOn(store.query, `${lab}/oven`)).toMatchObject({ who: 'ada', why: 'smoke' });
  expect(await stopOn(store.query, 'http-0123456789ab')).toBeNull();
});

test('a stop of all holds what runs in the worker itself or is done by people, too, where that is driven from there', async () => {
  const spec = {
    name: lab,
    instruments: {
      arm: { adapter: 'http', settings: {} },
      oven: { adapter: 'problem', settings: {} },
      bench: { adapter: 'person' },
      far: { adapter: 'problem', settings: {}, worker: 'pc' },
    },
  };
  await saveLab(store.query, labSchema.parse(spec), 'ada');
  const [main, pc] = [homeOf('main', [], null), homeOf('pc', [], ['far'])];
  stop(main.jobs, null);
  await main.exchange();
  await pc.exchange();
  expect(await standing()).toEqual(['bench latched by ada: smoke', 'oven latched by ada: smoke']);
  expect(told).toEqual(expect.arrayContaining([`${lab}/bench`, `${lab}/oven`]));
  stop(pc.jobs, null);
  await pc.exchange();
  expect(await standing()).toContain('far latched by ada: smoke');
  clearStop(main.jobs, { lab: null, who: 'bob', why: 'aired' });
  await main.exchange();
  expect(await standing()).toEqual(['far latched by ada: smoke']);
});
