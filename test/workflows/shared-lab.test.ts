import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDecidePool, type DecidePool } from '../../activities/decide-pool.js';
import { createActivities } from '../../activities/index.js';
import { closedTimes } from '../../activities/maintenance.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { loadLab } from '../../activities/store/lab.js';
import type { LeaseEntry } from '../../activities/store/lease.js';
import { instrumentsFor, type LabSpec, labSchema } from '../../models/domain/lab.js';
import { type Control, connect } from '../../scripts/durable/control.js';
import { createLabBench } from '../../scripts/durable/lab-bench.js';
import { modelQueue } from '../../workflows/queues.js';
import { type TemporaryHome, temporaryHome } from '../support/home.js';
import { createTestDatabase, type TestDatabase, timeSkippingServer } from '../support/services.js';
import { problemCampaign } from './durable-host.js';
import { SlowDevices } from './slow-devices.js';

const hour = 3_600_000;
const day = 24 * hour;
const taskQueue = 'shared-lab';
const ann = { who: 'ann', why: 'the day’s round' };

let server: TestWorkflowEnvironment;
let database: TestDatabase;
let home: TemporaryHome;
let store: Store;
let control: Control;
let pool: DecidePool;
let running: Promise<unknown>;
let workers: readonly Worker[];
const devices = new SlowDevices(() => server.currentTimeMs());

beforeAll(async () => {
  // Of jobs that are not over yet there would be a warning each.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const path = await timeSkippingServer();
  [server, database, home] = await Promise.all([
    TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } }),
    createTestDatabase(),
    temporaryHome(),
  ]);
  store = openStore(database.url, { connections: 6 });
  control = await connect({ databaseUrl: database.url, temporalAddress: server.address, taskQueue });
  pool = createDecidePool(1);
  const bench = createLabBench(home.path, () => undefined, {
    labOf: (name) => loadLab(store.query, name),
    registryFor: async () => devices,
  });
  const { propose, track, ...others } = createActivities({
    store,
    pool,
    instrumentFor: bench.instrumentFor,
    home: 'h',
    isOpen: async (id) => (await server.client.workflow.getHandle(id).describe()).status.name === 'RUNNING',
  });
  const activities = {
    ...others,
    // The server lets no time pass while an activity runs: it is called again when the job is over.
    track: async (input: Parameters<typeof track>[0]) => {
      const left = await devices.left(input.job);
      if (left > 0) throw ApplicationFailure.create({ message: 'not over yet', nextRetryDelay: left });
      return track(input);
    },
  };
  const common = { connection: server.nativeConnection, namespace: 'default' };
  const codePath = fileURLToPath(new URL('../../dist/workflows/bundle.js', import.meta.url));
  workers = await Promise.all([
    Worker.create({ ...common, taskQueue, workflowBundle: { codePath }, activities }),
    Worker.create({ ...common, taskQueue: modelQueue(taskQueue), activities: { propose } }),
  ]);
  running = Promise.all(workers.map((worker) => worker.run()));
});

afterAll(async () => {
  for (const worker of workers ?? []) worker.shutdown();
  await running;
  await pool?.close();
  await control?.close();
  await store?.close();
  await server?.teardown();
  await database?.drop();
  await home?.remove();
});

const lab = labSchema.parse({
  name: 'shared',
  instruments: {
    furnace: {
      adapter: 'slow',
      settings: { hours: 20 },
      can: ['heat'],
      maintenance: [{ every: ['mon'], from: '08:00', until: '20:00', zone: 'Europe/Berlin', why: 'seals' }],
    },
    oven: { adapter: 'slow', settings: { hours: 30 }, can: ['heat', 'measure'], slots: 2 },
    xrd: { adapter: 'slow', settings: { hours: 14 }, can: ['measure'], uses: { film: 1 } },
  },
  stock: { film: { unit: 'sheets', amount: 16, warnBelow: 4 } },
});

const campaign = (id: string, instrument: string, more: object) =>
  problemCampaign(id, {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', instrument, cost: 1 }],
    parallel: 4,
    ...more,
  });

it('two campaigns share a lab for a month: no slot doubly leased, both end, none idle while a step waits for it', async () => {
  await control.labs.up(lab, 'ann');
  const both = [
    campaign('heating', 'heat', { budget: { trials: 52 } }),
    campaign('measuring', 'measure', { budget: { trials: 44 }, priority: 1 }),
  ];
  const began = await server.currentTimeMs();
  for (const one of both) await control.start(one);
  // What people do, by the day: a fault that takes four days to mend, and film that comes a week after it was used up.
  const shut: Record<string, Span[]> = { furnace: [], oven: [], xrd: [] };
  let emptyAt: number | null = null;
  let refilled = false;
  let days = 0;
  for (; !(await areOver(both.map(({ id }) => id))); days += 1) {
    expect(days).toBeLessThan(90);
    const now = await server.currentTimeMs();
    if (days === 6) {
      await control.labs.fault(null, 'oven', ann);
      shut.oven!.push({ from: now, until: Number.POSITIVE_INFINITY });
    }
    if (days === 10) {
      await control.labs.clear(null, 'oven', ann);
      shut.oven![0] = { ...shut.oven![0]!, until: await server.currentTimeMs() };
    }
    const report = await control.labs.show(null);
    const film = report.stock[0]!;
    if (film.left === 0 && emptyAt === null) emptyAt = now;
    if (emptyAt !== null && !refilled && now >= emptyAt + 7 * day) {
      expect(await control.labs.refill(null, 'film', 100, ann)).toEqual({ left: 100, untold: null });
      refilled = true;
      shut.xrd!.push({ from: began, until: await server.currentTimeMs() });
    }
    await server.sleep(day);
  }
  expect([emptyAt, refilled]).toEqual([expect.any(Number), true]);
  const ended = await server.currentTimeMs();
  for (const { spec, id } of both) {
    const { trials } = await control.record(id);
    expect(trials.map(({ observation }) => observation?.outcome)).toEqual(Array(spec.budget.trials).fill('measured'));
  }

  const log = await control.labs.leases(null);
  expect(log).toHaveLength(52 + 44);
  expect(new Set(log.map(({ key }) => key)).size).toBe(96);
  // No slot doubly leased, and each device never had more jobs than slots, by its own ledger.
  for (const slot of new Set(log.map((lease) => lease.slot))) {
    const spans = log.filter((lease) => lease.slot === slot).map(spanOf);
    for (const [i, { from }] of spans.entries()) if (i > 0) expect(from).toBeGreaterThanOrEqual(spans[i - 1]!.until);
  }
  for (const [name, { slots }] of Object.entries(lab.instruments))
    expect(devices.mostAtOnce(`${lab.name}/${name}`)).toBe(slots);
  // Film was used by the sheet: what is left is what there was but one for each job on xrd.
  const onXrd = log.filter(({ resource }) => resource === 'xrd').length;
  expect((await control.labs.show(null)).stock[0]!.left).toBe(116 - onXrd);
  // xrd stood without film from its sixteenth job on.
  const sixteenth = log.filter(({ resource }) => resource === 'xrd')[15]!;
  shut.xrd = shut.xrd!.map(({ until }) => ({ from: sixteenth.grantedAt, until }));
  for (const [name, { maintenance }] of Object.entries(lab.instruments))
    shut[name]!.push(...closedTimes(maintenance, { from: began, until: ended }));
  // Nothing began while an instrument was shut.
  for (const { resource, grantedAt, slot } of log)
    for (const { from, until } of shut[resource]!)
      if (resource !== 'xrd') expect(grantedAt < from || grantedAt >= until, slot).toBe(true);
  expect(idleWhileWanted(log, shut)).toEqual([]);
  const took = (ended - began) / day;
  console.info(`${log.length} trials on three instruments in ${took.toFixed(0)} simulated days`);
  expect(took).toBeGreaterThan(28);
}, 600_000);

interface Span {
  readonly from: number;
  readonly until: number;
}

function spanOf({ grantedAt, releasedAt }: LeaseEntry): Span {
  return { from: grantedAt, until: releasedAt ?? Number.POSITIVE_INFINITY };
}

async function areOver(ids: readonly string[]): Promise<boolean> {
  const found = (await control.list()).filter(({ id }) => ids.includes(id));
  return found.every(({ phase }) => phase === 'stopped');
}

/** Messages between workflows take this long at most; the server's clock goes on meanwhile. */
const slackMs = 5 * 60_000;

/** Times in which a slot of an instrument was free and nothing kept it from being leased, while a trial waited for it. */
function idleWhileWanted(log: readonly LeaseEntry[], shut: Readonly<Record<string, readonly Span[]>>): string[] {
  const found: string[] = [];
  for (const waited of log) {
    for (const name of ableFor(lab, waited)) {
      for (let place = 1; place <= lab.instruments[name]!.slots; place++) {
        const taken = log.filter((one) => one.resource === name && one.place === place).map(spanOf);
        const free = without({ from: waited.askedAt, until: waited.grantedAt }, [...taken, ...shut[name]!]);
        for (const { from, until } of free)
          if (until - from > slackMs)
            found.push(`${name}#${place} idle for ${((until - from) / hour).toFixed(1)} h while ${waited.key} waited`);
      }
    }
  }
  return found;
}

function ableFor(spec: LabSpec, { campaignId }: LeaseEntry): readonly string[] {
  return instrumentsFor(spec, campaignId === 'heating' ? 'heat' : 'measure');
}

/** What is left of a span. */
function without(span: Span, others: readonly Span[]): Span[] {
  let left = [span];
  for (const { from, until } of others)
    left = left
      .flatMap((one) => [
        { from: one.from, until: Math.min(one.until, from) },
        { from: Math.max(one.from, until), until: one.until },
      ])
      .filter((one) => one.until > one.from);
  return left;
}
