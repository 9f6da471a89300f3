import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { lines } from '../../lab-adapters/lines/index.js';
import { matched } from '../../lab-adapters/lines/pattern.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, startCounterpart } from '../support/counterparts.js';
import { trialsOf } from '../support/devices.js';

const path = (name: string) => fileURLToPath(new URL(`../counterparts/${name}`, import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'athanor-lines-'));
const running: Counterpart[] = [];
/** An instrument for each folder, as an instrument is one. */
const ports = new Map<string, number>();
const portOf = async (folder: string, port = 0): Promise<number> => {
  const known = port === 0 ? ports.get(folder) : undefined;
  if (known !== undefined) return known;
  await mkdir(folder, { recursive: true });
  const device = await startCounterpart(process.execPath, [path('line-device.mjs'), folder, String(port)]);
  running.push(device);
  ports.set(folder, Number(device.line));
  return Number(device.line);
};
const endAll = async () => {
  await Promise.all(running.splice(0).map((each) => each.kill()));
  ports.clear();
};
afterEach(endAll);
afterAll(async () => {
  await endAll();
  await rm(base, { recursive: true });
});
let made = 0;
const newDevice = async () => {
  const folder = join(base, String(++made));
  await portOf(folder);
  return folder;
};
/** Started before each test, as a law looks at what processes there are. */
let spare: string[] = [];
beforeEach(async () => {
  spare = await Promise.all([newDevice(), newDevice()]);
});
const newFolder = async () => spare.pop() ?? newDevice();
const starts = async (folder: string) =>
  (await readFile(join(folder, 'starts.log'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

const settings = {
  ends: { send: '\r', receive: '\r\n' },
  timeout: '250ms',
  poll: '20ms',
  identity: { send: 'ID', answer: '^FURNACE' },
  set: [
    {
      send: 'SP {temperature, 2 decimals}',
      answer: '^OK$',
      back: { send: 'SP?', answer: '^(?<value>[\\d.]+)$', is: '{temperature}', within: 0.006 },
    },
    { send: 'MS {ms}', answer: '^OK$' },
  ],
  start: [{ send: 'RUN {key}', answer: '^OK$' }],
  done: { send: 'ST?', answer: '^DONE$' },
  failed: { send: 'ST?', answer: '^ALARM' },
  values: { y: { send: 'Y?', answer: '^Y=(?<value>\\S+) g$', unit: 'g', as: 'mg', sd: 0.5 } },
  stop: [{ send: 'STOP', answer: '^OK$' }],
};
const find = { find: { send: 'KEY?', answer: '^(?<value>.*)$' } };
const opened = async (folder: string, more: object = {}): Promise<Adapter> =>
  createRegistry().create(
    'lines',
    { connect: { host: '127.0.0.1', port: await portOf(folder) }, ...settings, ...more },
    { clock: systemClock, folder, log: () => {} },
  );
const order = async (folder: string, words: string) => {
  const port = await portOf(folder);
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`ORDER ${words}\r`));
    socket.once('data', () => socket.end(resolve));
  });
};
const request = (temperature: number, ms = 30): JobRequest => ({
  design: { temperature, ms },
  rowId: null,
  substances: {},
  units: { temperature: '°C' },
  fidelity: 'furnace',
  objectives: ['y'],
});
const key = 'c/r1/p1/g1/run';
const ended = async (adapter: Adapter, job: string) => {
  for (;;) {
    const status = await adapter.status(job).catch(() => ({ state: 'running' as const, message: '' }));
    if (['succeeded', 'failed', 'cancelled', 'unknown'].includes(status.state)) return status;
    await systemClock.sleep(20);
  }
};

for (const more of [{}, find])
  describeAdapterLaws(
    `lines, ${'find' in more ? 'an instrument that keeps a key' : 'an instrument that knows no keys'}`,
    {
      newFolder,
      clock: systemClock,
      starts,
      limitMs: 300_000,
      succeeds: { open: (folder) => opened(folder, more), request: request(50) },
      another: request(60),
      fails: { open: (folder) => opened(folder, more), request: request(13) },
      refused: { open: (folder) => opened(folder, more), request: { ...request(50), design: { ms: 1 } } },
      runsLong: { open: (folder) => opened(folder, more), request: request(50, 60_000) },
    },
  );

describe('a start', () => {
  test('that the instrument refuses without a word is read back, and refused', async () => {
    const folder = await newFolder();
    const adapter = await opened(folder);
    const job = await adapter.submit(key, request(400), { fence: 1 });
    expect(await adapter.status(job)).toMatchObject({
      state: 'failed',
      message: `after 'SP 400.00' the instrument says "20.00" to 'SP?'; 400 was set`,
    });
    expect((await adapter.result(job)).cause).toMatchObject({ class: 'device', code: 'readBack' });
    expect(await starts(folder)).toEqual([]);
  });

  test('that gets no answer while it is set began nothing; on the command itself it is unknown', async () => {
    const folder = await newFolder();
    const adapter = await opened(folder);
    await order(folder, 'silent SP 1');
    await expect(adapter.submit(key, request(50), { fence: 1 })).rejects.toThrow("'SP 50.00': no answer within 0.25 s");
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    await order(folder, 'silent RUN 1');
    await expect(adapter.submit(key, request(50), { fence: 2 })).rejects.toMatchObject({ code: 'ADAPTER' });
    const job = await adapter.submit(key, request(50), { fence: 3 });
    expect((await adapter.status(job)).state).toBe('unknown');
    expect(await starts(folder)).toEqual([key]);
  });

  test.each(['silent', 'drop', 'dropBefore', 'late', 'html'])(
    'answered with %s is asked for by its key where the instrument keeps one',
    async (fault) => {
      const folder = await newFolder();
      const adapter = await opened(folder, find);
      await order(folder, `${fault} RUN 1`);
      let job: string | null = null;
      // As a host does it: again, while a call that was lost may still be heard.
      for (let fence = 1; job === null; fence++) {
        job = await adapter.submit(key, request(50), { fence }).catch(() => null);
        if (job === null) await systemClock.sleep(100);
      }
      expect((await ended(adapter, job)).state).toBe(fault === 'html' ? 'failed' : 'succeeded');
      expect(await starts(folder)).toEqual([key]);
    },
  );

  test('on another instrument than was meant begins nothing', async () => {
    const folder = await newFolder();
    const adapter = await opened(folder, { identity: { send: 'ID', answer: '^JULABO' } });
    await expect(adapter.submit(key, request(50), { fence: 1 })).rejects.toThrow(
      'another instrument answers: "FURNACE 3"',
    );
    expect(await adapter.health!()).toMatchObject({ ok: false });
    expect(await starts(folder)).toEqual([]);
  });

  test('with a line end in a value is none', async () => {
    const folder = await newFolder();
    const adapter = await opened(folder, { set: [{ send: 'SP {solvent}' }] });
    const bad = { ...request(50), design: { solvent: '1\rRUN evil', ms: 1 } };
    expect(await adapter.validate(bad)).toMatchObject([
      { path: 'set[0].send', message: expect.stringContaining('cannot be written') },
    ]);
  });
});

describe('answers', () => {
  test.each(['late', 'twice', 'slowly', 'html', 'endless', 'silent', 'drop'])(
    'that come %s are taken for no other',
    async (fault) => {
      const folder = await newFolder();
      const adapter = await opened(folder);
      const job = await adapter.submit(key, request(50, 0), { fence: 1 });
      await order(folder, `${fault} ST? 3`);
      expect((await ended(adapter, job)).state).toBe('succeeded');
      expect(await adapter.result(job)).toMatchObject({ values: { y: 100_000 }, noise: { y: 500 } });
    },
  );

  test.each([
    [77, '"ERR -9" is no number'],
    [78, '"12,5" has a comma'],
  ])('that are no number (at %d) are refused with words', async (temperature, words) => {
    const folder = await newFolder();
    const adapter = await opened(folder);
    const job = await adapter.submit(key, request(temperature, 0), { fence: 1 });
    await ended(adapter, job);
    const { values, details } = await adapter.result(job);
    expect(Number.isFinite(values.y)).toBe(false);
    expect(details!.refused).toEqual([expect.stringContaining(words)]);
  });

  test('a pattern that would look for ever is given up', () => {
    expect(matched('^(a+)+$', `${'a'.repeat(40)}!`)).toBe('too long');
    expect(matched('^(?<value>\\d+)', '12 g')).toEqual({ value: '12' });
    expect(matched('x', 'y')).toBe('no');
  });
});

test('an instrument that was switched off and on is not done, and the trial fails at its limit, stopped', async () => {
  const folder = await newFolder();
  const adapter = await opened(folder, { done: { ...settings.done, limit: '1s' } });
  const port = await portOf(folder);
  const job = await adapter.submit(key, request(50, 60_000), { fence: 1 });
  await Promise.all(running.splice(0).map((each) => each.kill()));
  await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
  await portOf(folder, port);
  expect(await ended(adapter, job)).toMatchObject({
    state: 'failed',
    message: 'not done within 1s: the instrument answers "IDLE"',
  });
});

test('settings are checked as a whole, with paths', async () => {
  const parameters = [{ name: 'temperature', type: 'continuous', bounds: [0, 1] }] as Parameter[];
  const parsed = lines.settings.parse({
    connect: { host: 'h', port: 1 },
    set: [{ send: 'SP {temperature as K}', back: { send: 'SP?', answer: '.*', is: '{temprature}' } }],
    start: [{ send: 'RUN {name} {' }],
    done: { send: 'ST?', answer: 'x', is: '{temperature}' },
    values: { z: { send: 'Y? {z}', answer: '.*', as: 'K' } },
    stop: [{ send: 'STOP {temperature}' }],
  });
  const faults = await lines.check!(parsed, { parameters, objectives: ['y'] });
  expect(faults.map((fault) => fault.path)).toEqual([
    'values.z',
    'values',
    'set[0].send',
    'set[0].back.is',
    'start[0].send',
    'stop[0].send',
    'values.z.send',
  ]);
  const wrong = lines.settings.safeParse({ ...parsed, done: { send: 'ST?', answer: '(' } });
  expect(wrong.error!.issues[0]!.path).toEqual(['done', 'answer']);
});

test('a serial line is spoken as a TCP port is', async ({ skip }) => {
  const folder = await newFolder();
  const port = await portOf(folder);
  const bridge = await startCounterpart('python3', [path('pty_bridge.py'), String(port)]).catch(() => null);
  if (bridge === null) return skip('there is no Python here');
  running.push(bridge);
  const adapter = createRegistry().create(
    'lines',
    { connect: { serial: bridge.line }, ...settings },
    { clock: systemClock, folder, log: () => {} },
  );
  const job = await adapter.submit(key, request(50, 0), { fence: 1 });
  expect((await ended(adapter, job)).state).toBe('succeeded');
  expect((await adapter.result(job)).values).toEqual({ y: 100_000 });
  const none = createRegistry().create(
    'lines',
    { connect: { serial: join(folder, 'none') }, ...settings },
    { clock: systemClock, folder: '', log: () => {} },
  );
  await expect(none.submit(key, request(50), { fence: 1 })).rejects.toThrow('cannot be opened');
});

test('a campaign on it, with answers lost before the start, measures each trial once', async () => {
  const folder = await newFolder();
  const port = await portOf(folder);
  const text = `name: furnace
seed: 16
space: {parameters: [{name: temperature, type: continuous, bounds: [20, 60], unit: °C}]}
objectives: [{name: y, direction: maximise}]
fidelities:
  - name: furnace
    adapter: lines
    settings: ${JSON.stringify({ ...settings, connect: { host: '127.0.0.1', port }, set: [settings.set[0], { send: 'MS 10', answer: 'OK' }] })}
    cost: 1
budget: {trials: 5}
`;
  await order(folder, 'drop SP 2');
  const trials = await trialsOf(folder, text);
  expect(trials.map(({ observation }) => observation?.outcome)).toEqual(Array(5).fill('measured'));
  expect(await starts(folder)).toHaveLength(5);
});

test('a trial that had ended when nobody had looked yet keeps its values in a safe stop', async () => {
  const folder = await newFolder();
  const adapter = await opened(folder);
  const [job] = [await adapter.submit(key, request(50), { fence: 1 })];
  for (;;) {
    const port = await portOf(folder);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('ST?\r'));
      socket.once('data', (bytes) => socket.end(() => resolve(String(bytes))));
    });
    if (answer.startsWith('DONE')) break;
  }
  await adapter.safeStop!();
  expect(await adapter.status(job)).toMatchObject({ state: 'succeeded' });
  expect((await adapter.result(job)).values).toEqual({ y: expect.any(Number) });
});
