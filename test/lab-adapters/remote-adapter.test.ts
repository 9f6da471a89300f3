import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { fencesIn } from '../../lab-adapters/internal/fences.js';
import { jobLedger } from '../../lab-adapters/internal/job-ledger.js';
import { nameOfJob } from '../../lab-adapters/internal/job-record.js';
import { remoteAdapter } from '../../lab-adapters/internal/remote-adapter.js';
import { NotBegunError, RefusedByDevice, type RemoteDevice } from '../../lab-adapters/internal/remote-device.js';
import { AdapterError } from '../../models/domain/errors.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { bytesOf } from '../support/raw-output.js';
import { virtualClock } from './virtual-clock.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-remote-'));
afterAll(() => rm(base, { recursive: true }));
let made = 0;
const newFolder = async () => {
  const folder = join(base, String(++made));
  await mkdir(folder);
  return folder;
};

const clock = virtualClock();
const request = (x: number): JobRequest => ({
  design: { x },
  rowId: null,
  substances: {},
  units: { x: '°C' },
  fidelity: 'robot',
  objectives: ['y'],
});

interface Order {
  readonly begin?: (key: string) => Error | null;
  readonly finds?: boolean;
  readonly beginLimitMs?: number;
}

/** A device whose ledger is a file beside the adapter's folder: one line for each start; a job takes x ms of the clock. */
function deviceIn(
  folder: string,
  { begin = () => null, finds = true, beginLimitMs = 1_000 }: Order = {},
): RemoteDevice {
  const ledger = join(folder, 'device.log');
  const lines = async () => (await readFile(ledger, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const entries = async (word: string) =>
    (await lines())
      .map((line) => JSON.parse(line) as { word: string; key: string; x: number; at: number })
      .filter((line) => line.word === word);
  const note = (word: string, key: string, x = 0) =>
    appendFile(ledger, `${JSON.stringify({ word, key, x, at: clock.now() })}\n`);
  return {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: true, virtualTime: true },
    pollMs: 10,
    beginLimitMs,
    cost: 3,
    validate: async ({ design }) =>
      design.x === -1 ? [{ path: 'x', message: '-1 given', remedy: 'give 0 or more' }] : [],
    begin: async ({ key, request }) => {
      const error = begin(key);
      if (error instanceof NotBegunError || error instanceof RefusedByDevice) throw error;
      await note('start', key, request.design.x as number);
      if (error !== null) throw error;
      return `device-${key}`;
    },
    ...(finds && {
      find: async (key: string) => ((await entries('start')).some((line) => line.key === key) ? `device-${key}` : null),
    }),
    look: async ({ handle }) => {
      const start = (await entries('start')).find((line) => `device-${line.key}` === handle);
      if (start === undefined) return { state: 'unknown', message: 'never heard of it' };
      if ((await entries('cancel')).some((line) => line.key === start.key)) return { state: 'cancelled' };
      if (clock.now() < start.at + start.x) return { state: 'running', pollAfterMs: start.at + start.x - clock.now() };
      return { state: start.x === 13 ? 'failed' : 'succeeded', answer: start.x };
    },
    collect: async ({ key }, { state, answer }) => ({
      values: state === 'succeeded' ? { y: answer === 14 ? Number.NaN : 2 } : {},
      artefacts: { 'raw.txt': new TextEncoder().encode(key) },
      ...(state === 'failed' && { cause: { class: 'chemistry', code: 'bad', message: 'it fell out' } }),
    }),
    cancel: ({ key }) => note('cancel', key),
    safeStop: async (open) => {
      for (const { key } of open) await note('cancel', key);
      return open;
    },
    health: async () => ({ ok: true, message: 'it is there' }),
  };
}
const starts = async (folder: string) =>
  (await readFile(join(folder, 'device.log'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { word: string; key: string })
    .flatMap(({ word, key }) => (word === 'start' ? [key] : []));
const open = (order?: Order) => (folder: string) => remoteAdapter({ folder }, deviceIn(folder, order));

for (const finds of [true, false]) {
  let lost = 0;
  describeAdapterLaws(`a remote device that ${finds ? 'can' : 'cannot'} be asked for a key`, {
    newFolder,
    clock,
    starts,
    succeeds: { open: open({ finds }), request: request(100) },
    another: request(200),
    beginByHand: (folder) =>
      deviceIn(folder).begin({
        key: 'by hand',
        name: '',
        request: request(100),
        latest: async () => {},
        lasts: async () => {},
      }),
    fails: { open: open({ finds }), request: request(13) },
    refused: { open: open({ finds }), request: request(-1) },
    runsLong: { open: open({ finds }), request: request(1e7) },
    ...(finds && {
      losesReply: {
        open: open({ begin: () => (lost++ === 0 ? new AdapterError('the reply was lost') : null) }),
        request: request(100),
      },
    }),
  });
}

const key = 'c/r1/p1/g1/run';

test('a reply that was lost by a device that cannot be asked is unknown, and nothing is begun again', async () => {
  const folder = await newFolder();
  const adapter = open({ finds: false, begin: () => new Error('socket hang up') })(folder);
  await expect(adapter.submit(key, request(1), { fence: 1 })).rejects.toThrow('socket hang up');
  const job = await adapter.find(key, { fence: 1 });
  expect(await adapter.status(job!)).toEqual({
    state: 'unknown',
    message: `whether the device took '${key}' cannot be told: the reply was lost while it was sent, and the device cannot be asked`,
  });
  expect(await adapter.submit(key, request(1), { fence: 2 })).toBe(job);
  expect((await adapter.result(job!)).cause).toMatchObject({ class: 'unknown', code: 'lostReply' });
  expect(await starts(folder)).toEqual([key]);
});

test('nobody listened: nothing was begun, find says so, and the next submit begins it', async () => {
  const folder = await newFolder();
  let calls = 0;
  const order = { finds: false, begin: () => (calls++ === 0 ? new NotBegunError('connection refused') : null) };
  const adapter = open(order)(folder);
  await expect(adapter.submit(key, request(1), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
  expect(await adapter.find(key, { fence: 1 })).toBeNull();
  await adapter.submit(key, request(1), { fence: 2 });
  expect(await starts(folder)).toEqual([key]);
});

test('a device that says no makes a failed job, at no cost', async () => {
  const reason = { class: 'operator', code: 'http422', message: 'temperature too high' } as const;
  const adapter = open({ begin: () => new RefusedByDevice(reason) })('');
  const job = await adapter.submit(key, request(1), { fence: 1 });
  expect(await adapter.status(job)).toEqual({ state: 'failed', message: 'temperature too high' });
  expect(await adapter.result(job)).toMatchObject({ values: {}, cost: 0, cause: reason });
});

test('a worker that died while it sent: nothing is sent until its call must be over, then the device is asked', async () => {
  const folder = await newFolder();
  const ledger = jobLedger(folder);
  const dead = {
    key,
    request: request(1),
    fence: 5,
    phase: 'sending',
    attempt: 1,
    at: Date.now(),
    limitMs: 60_000,
    handle: null,
    end: null,
  } as const;
  await ledger.claim(nameOfJob(key), 1);
  await ledger.put(nameOfJob(key), dead);
  const adapter = open()(folder);
  await expect(adapter.find(key, { fence: 1 })).rejects.toThrow('being sent by another process');
  await expect(adapter.submit(key, request(1), { fence: 6 })).rejects.toThrow('being sent by another process');
  await ledger.put(nameOfJob(key), { ...dead, at: Date.now() - 60_001 });
  await expect(adapter.submit(key, request(1), { fence: 4 })).rejects.toMatchObject({ code: 'CONTRACT' });
  expect(await adapter.find(key, { fence: 6 })).toBeNull();
  await adapter.submit(key, request(1), { fence: 6 });
  expect(await starts(folder)).toEqual([key]);
});

test('a call that lasts is waited for as long as it said, by the worker that it outlives', async () => {
  const folder = await newFolder();
  const device = deviceIn(folder);
  let called = () => {};
  const isCalled = new Promise<void>((resolve) => {
    called = resolve;
  });
  const dying = {
    ...device,
    begin: async (asked: Parameters<typeof device.begin>[0]): Promise<string> => {
      await asked.lasts(3_600_000);
      called();
      return new Promise(() => {});
    },
  };
  void remoteAdapter({ folder }, dying).submit(key, request(1), { fence: 1 });
  await isCalled;
  const record = await jobLedger(folder).get(nameOfJob(key));
  expect(record).toMatchObject({ phase: 'sending', attempt: 1 });
  expect(record!.limitMs).toBeGreaterThanOrEqual(3_600_000);
});

test('a worker that was held up until its call counts as over, or another gave the trial up, sends nothing', async () => {
  const folder = await newFolder();
  const device = deviceIn(folder);
  // Time passes once the line is in the ledger, for which the limit is looked at.
  let looks = 0;
  let meanwhile: () => Promise<unknown> = async () => {};
  const heldUp = {
    ...device,
    get beginLimitMs() {
      looks++;
      return 1_000;
    },
    begin: async (asked: Parameters<typeof device.begin>[0]) => {
      await meanwhile();
      await asked.latest();
      return device.begin(asked);
    },
  };
  const adapter = remoteAdapter({ folder }, heldUp);
  const now = Date.now;
  Date.now = () => now() + (looks > 0 ? 5_001 : 0);
  try {
    await expect(adapter.submit(key, request(1), { fence: 1 })).rejects.toThrow('was held up before it was sent');
  } finally {
    Date.now = now;
  }
  expect(await adapter.find(key, { fence: 2 })).toBeNull();
  // Another process asks with a later fence while this one is at it.
  meanwhile = () => fencesIn(folder).heed(nameOfJob(key), { fence: 9 });
  await expect(adapter.submit(key, request(1), { fence: 3 })).rejects.toMatchObject({ code: 'CONTRACT' });
  expect(await starts(folder)).toEqual([]);
  meanwhile = async () => {};
  await adapter.submit(key, request(1), { fence: 10 });
  expect(await starts(folder)).toEqual([key]);
});

test('of two processes that find the same trouble one sends', async () => {
  const folder = await newFolder();
  expect(await jobLedger(folder).claim(nameOfJob(key), 1)).toBe(true);
  await expect(open()(folder).submit(key, request(1), { fence: 1 })).rejects.toThrow('being sent by another process');
  expect(await starts(folder)).toEqual([]);
});

test('a job that the device has and this folder does not know is found by its key', async () => {
  const folder = await newFolder();
  await deviceIn(folder).begin({
    key,
    name: nameOfJob(key),
    request: request(1),
    latest: async () => {},
    lasts: async () => {},
  });
  const adapter = open()(folder);
  const job = await adapter.find(key, { fence: 1 });
  await clock.sleep(10);
  expect(await adapter.status(job!)).toMatchObject({ state: 'succeeded' });
});

test('a job that is adopted as another one, or under a key that has a job, is refused in words', async () => {
  const folder = await newFolder();
  const adapter = open()(folder);
  await adapter.submit(key, request(1), { fence: 1 });
  const refused = (under: string, handle: string) => adapter.adopt!(under, request(1), handle, { fence: 1 });
  await expect(refused('c/r1/p1/g2/run', 'device-x')).rejects.toThrow(
    "the device has no job 'device-x': never heard of it",
  );
  await expect(refused('c/r1/p1/g2/run', `device-${key}`)).rejects.toThrow(`job 'device-${key}' is that of '${key}'`);
  await expect(refused(key, 'device-x')).rejects.toThrow(`key '${key}' has a job already, and it is not 'device-x'`);
});

test('of a device that tells of its last job only, one that was lost before another began is not adopted', async () => {
  const now = Date.now;
  for (const another of [false, true]) {
    const folder = await newFolder();
    let isLost = true;
    const device = deviceIn(folder, { finds: false, begin: () => (isLost ? new Error('no reply') : null) });
    const adapter = remoteAdapter({ folder }, { ...device, lastJobOnly: true });
    await expect(adapter.submit('c/r1/p1/g1/run', request(1), { fence: 1 })).rejects.toThrow('no reply');
    await adapter.submit('c/r1/p1/g1/run', request(1), { fence: 2 });
    isLost = false;
    // So that it is begun at a later time.
    Date.now = () => now() + 10;
    try {
      if (another) await adapter.submit('c/r2/p1/g1/run', request(2), { fence: 3 });
    } finally {
      Date.now = now;
    }
    const adopted = adapter.adopt!('c/r1/p1/g2/run', request(1), 'device-c/r1/p1/g1/run', { fence: 3 });
    if (another) await expect(adopted).rejects.toThrow("'c/r2/p1/g1/run' was begun since");
    else expect(await adopted).toBe(nameOfJob('c/r1/p1/g2/run'));
  }
});

test('values that had to be refused stay refused across restarts, raw outputs stay the same', async () => {
  const folder = await newFolder();
  const job = await open()(folder).submit(key, request(14), { fence: 1 });
  await clock.sleep(20);
  await open()(folder).status(job);
  const result = await open()(folder).result(job);
  expect(result.values).toEqual({ y: Number.NaN });
  expect(result.cost).toBe(3);
  expect(Buffer.from(bytesOf(result.artefacts!['raw.txt'])).toString()).toBe(key);
});

test('a damaged record is told as such, by its file', async () => {
  const folder = await newFolder();
  const job = await open()(folder).submit(key, request(1), { fence: 1 });
  await writeFile(join(folder, `${job}.json`), '{"key": 1');
  await expect(open()(folder).status(job)).rejects.toMatchObject({ code: 'DAMAGED' });
});

test('a safe stop of a device that tells nothing of before keeps what had ended, and waits for no silence', async () => {
  const folder = await newFolder();
  const device = deviceIn(folder);
  const silent = new Set<string>();
  const asked: string[] = [];
  const forgetful: RemoteDevice = {
    ...device,
    forgetsBefore: true,
    look: async (begun, giveUp) => {
      asked.push(giveUp === undefined ? 'look' : 'last look');
      if (!silent.has(`look ${begun.key}`)) return device.look(begun);
      return new Promise((_, reject) => giveUp!.addEventListener('abort', () => reject(giveUp!.reason as Error)));
    },
    collect: async (begun, seen) => {
      if (silent.has(`collect ${begun.key}`)) return new Promise(() => {});
      return device.collect(begun, seen);
    },
    safeStop: async (open) => {
      asked.push('stop');
      return device.safeStop!(open);
    },
  };
  const adapter = remoteAdapter({ folder }, forgetful);
  const [done, late, runs, mute] = ['1', '2', '3', '4'].map((n) => `c/r1/p${n}/g1/run`) as [
    string,
    string,
    string,
    string,
  ];
  const jobs: string[] = [];
  for (const [of, takes] of [
    [done, 100],
    [late, 100],
    [runs, 1e7],
    [mute, 100],
  ] as const)
    jobs.push(await adapter.submit(of, request(takes), { fence: 1 }));
  await clock.sleep(200);
  silent.add(`collect ${late}`).add(`look ${mute}`);
  await adapter.safeStop!();
  expect(asked).toEqual([...Array(4).fill('last look'), 'stop']);
  silent.clear();
  const states = await Promise.all(jobs.map(async (job) => (await adapter.status(job)).state));
  expect(states).toEqual(['succeeded', 'unknown', 'cancelled', 'cancelled']);
  expect(await adapter.result(jobs[0]!)).toMatchObject({ values: { y: 2 } });
  expect((await adapter.result(jobs[1]!)).cause).toMatchObject({ code: 'notCollected' });
});
