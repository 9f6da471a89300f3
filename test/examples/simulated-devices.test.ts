import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Adapter, JobRequest, JobStatus } from '../../lab-adapters/contract.js';
import { finalStates } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, freePort, startCounterpart } from '../support/counterparts.js';
import { foldersIn, keyedBy } from '../support/devices.js';
import { mosquitto, startBroker } from '../support/mosquitto.js';

type Order = { fault: string; on?: string; moment?: string; ms?: number };
type Line = { word: string; key: string; fault?: string; id: string; uuid: string };

const example = fileURLToPath(new URL('../../examples/simulated-lab/', import.meta.url));
const { order } = (await import(join(example, 'orders.mjs'))) as {
  order(folder: string, given: Order, times?: number): void;
};
const { readLedger } = (await import(join(example, 'machine.mjs'))) as { readLedger(folder: string): Line[] };
const base = await mkdtemp(join(tmpdir(), 'athanor-devices-'));
const lab = parse(await readFile(join(example, 'lab.yaml'), 'utf8')) as {
  instruments: Record<string, { adapter: string; settings: Record<string, unknown> }>;
};
const isBroker = 'root' in mosquitto;
const ports = { reactor: await freePort(), furnace: await freePort(), spectrometer: await freePort() };
const url = `mqtt://lab:password-of-lab@127.0.0.1:${ports.furnace}`;
process.env.ATHANOR_TEST_BROKER = 'password-of-lab';
const where = {
  reactor: { server: `127.0.0.1:${ports.reactor}`, definition: join(example, 'ReactorController.sila.xml') },
  furnace: {
    url: `mqtt://127.0.0.1:${ports.furnace}`,
    user: 'lab',
    password: { from: 'ATHANOR_TEST_BROKER' },
    settle: '50ms',
  },
  spectrometer: { url: `http://127.0.0.1:${ports.spectrometer}` },
};
type Name = keyof typeof ports;
const names = Object.keys(ports) as Name[];
const folderOf = (name: Name) => join(base, name);
const start = (name: Name): Promise<Counterpart> =>
  startCounterpart(
    process.execPath,
    [join(example, `${name}.mjs`), folderOf(name), name === 'furnace' ? url : String(ports[name])],
    { ready: /^ready/ },
  );
const running = new Map<string, Counterpart>();
if (isBroker) {
  await mkdir(join(base, 'broker'));
  running.set('broker', await startBroker(join(base, 'broker'), ports.furnace));
}
for (const name of names) if (name !== 'furnace' || isBroker) running.set(name, await start(name));
afterAll(async () => {
  delete process.env.ATHANOR_TEST_BROKER;
  await Promise.all([...running.values()].map((each) => each.kill()));
  await rm(base, { recursive: true });
});

const newFolder = foldersIn(base);
/** Keys of all folders are one device's, so each has its own. */
const adapterOf = (name: Name, folder: string, more: object = {}): Adapter => {
  const { adapter, settings } = lab.instruments[name]!;
  const made = createRegistry().create(
    adapter,
    { ...settings, poll: '20ms', timeout: '10s', ...where[name], ...more },
    { clock: systemClock, folder, log: () => {} },
  );
  return keyedBy(folder, made);
};
const starts = async (name: Name, folder: string) =>
  readLedger(folderOf(name)).flatMap(({ word, key }) =>
    word === 'start' && key.startsWith(`${folder}:`) ? [key.slice(folder.length + 1)] : [],
  );
const outcome: Record<Name, string> = { reactor: 'yield', furnace: 'shrinkage', spectrometer: 'brightness' };
const request = (name: Name, celsius = 100, seconds = 0.05): JobRequest => ({
  design: { temperature: celsius, celsius, annealed: celsius, minutes: 20, seconds },
  rowId: null,
  substances: {},
  units: { temperature: '°C', celsius: '°C', annealed: '°C', minutes: 'min' },
  fidelity: 'film',
  objectives: [outcome[name]],
});
const ended = async (adapter: Adapter, job: string): Promise<JobStatus> => {
  for (;;) {
    const status = await adapter.status(job).catch(() => null);
    if (status !== null && finalStates.has(status.state)) return status;
    await systemClock.sleep(20);
  }
};
const key = 'c/r1/p1/g1/run';

describe.each(names)('the simulated %s', (name) => {
  const there = name !== 'furnace' || isBroker;
  const open = (folder: string) => adapterOf(name, folder);

  describe.skipIf(!there)('has an adapter', () => {
    describeAdapterLaws(name, {
      newFolder,
      clock: systemClock,
      starts: (folder) => starts(name, folder),
      limitMs: 300_000,
      succeeds: { open, request: request(name) },
      another: request(name, 110),
      fails: {
        open: (folder) => {
          order(folderOf(name), { fault: 'break' });
          return open(folder);
        },
        request: request(name),
      },
      refused: { open, request: { ...request(name), design: { seconds: 1 } } },
      runsLong: { open, request: request(name, 100, 60) },
      losesReply: {
        open: async (folder) => {
          if ((await starts(name, folder)).length === 0) order(folderOf(name), { fault: 'lost' });
          return adapterOf(name, folder, { timeout: '2s' });
        },
        request: request(name),
      },
    });
  });

  test.skipIf(!there)(
    'gives the same value for the same settings, and goes on by the clock while it is dead',
    async () => {
      const folder = await newFolder();
      const adapter = open(folder);
      const [first, second] = [
        await adapter.submit(key, request(name), { fence: 1 }),
        await adapter.submit(`${key}2`, request(name), { fence: 2 }),
      ];
      await Promise.all([ended(adapter, first), ended(adapter, second)]);
      const { values } = await adapter.result(first);
      expect(values).toEqual((await adapter.result(second)).values);
      expect(values[outcome[name]]).toBeGreaterThan(0);
      const job = await adapter.submit(`${key}3`, request(name, 100, 0.3), { fence: 3 });
      await running.get(name)!.kill();
      running.set(name, await start(name));
      const { state } = await ended(adapter, job);
      // UUIDs of SiLA 2 are gone with the server.
      expect(state).toBe(name === 'reactor' ? 'unknown' : 'succeeded');
      expect(await starts(name, folder)).toEqual([key, `${key}2`, `${key}3`]);
      if (name !== 'reactor') return;
      // The name that it goes by now is in the ledger: a person who gives it has the run go on.
      const { uuid } = readLedger(folderOf(name)).findLast((line) => line.key === `${folder}:${key}3` && line.uuid)!;
      const adopted = await open(await newFolder()).adopt!(`${key}3`, request(name, 100, 0.3), uuid, { fence: 1 });
      expect(adopted).toEqual(expect.any(String));
    },
  );
});

/** One of each kind, where and when it hurts. */
const faulty: Order[] = [
  ...['heard', 'done', 'told'].map((moment) => ({ fault: 'die', moment })),
  { fault: 'lost', moment: 'heard' },
  ...['heard', 'done'].map((moment) => ({ fault: 'late', moment, ms: 500 })),
  // Longer than a call waits, asks for the key and is made again.
  { fault: 'late', moment: 'heard', ms: 3_000 },
  { fault: 'silent', ms: 600 },
  ...['busy', 'break', 'error', 'twice', 'old', 'html', 'truncated', 'huge', 'nan', 'type', 'unit'].map((fault) => ({
    fault,
  })),
  ...['html', 'truncated', 'error'].map((fault) => ({ fault, on: 'submit' })),
  ...['html', 'truncated'].map((fault) => ({ fault, on: 'status' })),
];

describe.concurrent('faults to order', () => {
  test.skipIf(!isBroker).each(names)('%s: each job begins once, and gives the right value or none', async (name) => {
    const folder = await newFolder();
    const { submit, find } = lab.instruments[name]!.settings as { submit: object; find: object };
    const sooner = { submit: { ...submit, expiry: '1s' }, find: { ...find, after: '300ms' } };
    const adapter = adapterOf(name, folder, { timeout: '300ms', ...(name === 'furnace' && sooner) });
    let died = 0;
    const deaths = () => readLedger(folderOf(name)).filter(({ fault }) => fault === 'die').length;
    const once = async <T>(act: () => Promise<T>): Promise<T> => {
      for (;;)
        try {
          return await act();
        } catch (error) {
          expect(error).toMatchObject({ code: 'ADAPTER' });
          if (deaths() > died) {
            died++;
            await running.get(name)!.kill();
            running.set(name, await start(name));
          }
          await systemClock.sleep(20);
        }
    };
    let right: number | undefined;
    for (const [i, given] of [{ fault: 'none' }, ...faulty].entries()) {
      if (given.fault !== 'none') order(folderOf(name), given);
      let fence = 0;
      const job = await once(() => adapter.submit(`${key}${i}`, request(name), { fence: 100 * i + ++fence }));
      await once(async () => {
        const status = await adapter.status(job);
        if (finalStates.has(status.state)) return status;
        throw Object.assign(new Error('it is still running'), { code: 'ADAPTER' });
      });
      const value = (await once(() => adapter.result(job))).values[outcome[name]];
      right ??= value;
      if (typeof value === 'number' && !Number.isNaN(value)) expect([given, value]).toEqual([given, right]);
    }
    expect(await starts(name, folder)).toEqual(['none', ...faulty].map((_, i) => `${key}${i}`));
    const happened = readLedger(folderOf(name)).filter(({ word }) => word === 'fault');
    expect(happened.map(({ fault }) => fault)).toEqual(expect.arrayContaining(faulty.map(({ fault }) => fault)));
  });
});
