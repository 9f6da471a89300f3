import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { http } from '../../lab-adapters/http/index.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, startCounterpart } from '../support/counterparts.js';
import { ended, foldersIn, ledgerLines, lookedUp, trialsOf } from '../support/devices.js';
import { bytesOf, contentOf } from '../support/raw-output.js';

const program = fileURLToPath(new URL('../counterparts/http-device.mjs', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'athanor-http-'));
let device: Counterpart;
let port = 0;
const start = async () => {
  device = await startCounterpart(process.execPath, [program, base, String(port)]);
  port = Number(device.line);
};
await start();
afterAll(async () => {
  await device.kill();
  await rm(base, { recursive: true });
});

const newFolder = foldersIn(base);
const url = (folder: string, path = '') => `http://127.0.0.1:${port}/${basename(folder)}${path}`;
const order = (folder: string, on: string, fault: string, more = {}) =>
  fetch(url(folder, '/orders'), { method: 'POST', body: JSON.stringify({ on, fault, times: 1, ...more }) });
const starts = async (folder: string) =>
  (await ledgerLines(join(base, 'device.jsonl'))).flatMap(({ word, lab, key }) =>
    word === 'start' && lab === basename(folder) ? [key] : [],
  );

const settings = {
  timeout: '2s',
  poll: '20ms',
  submit: { path: '/jobs', body: { key: '{key}', x: '{x}', ms: '{ms}' }, job: 'id' },
  find: { path: '/jobs?key={key}', list: 'items', match: 'meta.key', job: 'id' },
  status: {
    path: '/jobs/{job}',
    state: 'status',
    states: { running: ['busy'], paused: ['held'], succeeded: ['done'], failed: ['broken'], cancelled: ['aborted'] },
    progress: 'progress',
  },
  result: { path: '/jobs/{job}/result' },
  values: { y: { path: 'out.y', sd: 'out.sd' } },
  failure: { message: 'error.text', code: 'error.kind', classes: { chemistry: ['precipitated'] } },
  cancel: { path: '/jobs/{job}' },
  pause: { path: '/jobs/{job}/pause' },
  resume: { path: '/jobs/{job}/resume' },
  health: { path: '/health' },
};
const adapterOf = (folder: string, more: object = {}): Adapter =>
  createRegistry().create(
    'http',
    { url: url(folder), ...settings, ...more },
    { clock: systemClock, folder, log: () => {} },
  );
const open = (folder: string) => adapterOf(folder);
const request = (x: number, ms = 40): JobRequest => ({
  design: { x, ms },
  rowId: null,
  substances: {},
  fidelity: 'robot',
  objectives: ['y'],
});

/** A job that somebody has begun on the device itself. */
const beginByHand = async (folder: string) => {
  const reply = await fetch(url(folder, '/jobs'), {
    method: 'POST',
    body: JSON.stringify({ key: 'by hand', x: 2, ms: 1 }),
  });
  return ((await reply.json()) as { id: string }).id;
};
describeAdapterLaws('http', {
  newFolder,
  clock: systemClock,
  starts,
  limitMs: 300_000,
  succeeds: { open, request: request(2) },
  another: request(3),
  beginByHand,
  fails: { open, request: request(13) },
  refused: { open, request: { ...request(2), design: { ms: 1 } } },
  runsLong: { open, request: request(2, 60_000) },
  losesReply: {
    open: async (folder) => {
      if ((await starts(folder)).length === 0) await order(folder, 'submit', 'dropAfter');
      return open(folder);
    },
    request: request(2),
  },
});
describeAdapterLaws('http, a device that cannot be asked for a key', {
  newFolder,
  clock: systemClock,
  starts,
  limitMs: 300_000,
  succeeds: { open: (folder) => adapterOf(folder, { find: undefined }), request: request(2) },
  another: request(3),
});

const key = 'c/r1/p1/g1/run';
describe('a start', () => {
  test.each([
    ['dropBefore', 1],
    ['dropAfter', 1],
    ['fail', 1],
    ['html', 1],
    ['truncate', 1],
    ['slow', 1],
    ['late', 1],
  ] as const)('answered with %s is looked up and made once', async (fault, count) => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { timeout: '200ms' });
    await order(folder, 'submit', fault, { ms: fault === 'late' ? 300 : 400 });
    await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    const job = (await lookedUp(adapter, key)) ?? (await adapter.submit(key, request(2), { fence: 2 }));
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect(await starts(folder)).toHaveLength(count);
  });

  test.each(['busy', 'redirect', 'forbidden'])('answered with %s began nothing and is made later', async (fault) => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { find: undefined });
    await order(folder, 'submit', fault);
    await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    await adapter.submit(key, request(2), { fence: 2 });
    expect(await starts(folder)).toEqual([key]);
  });

  test('that the device refuses is a trial that failed, in its words', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(2_000), { fence: 1 });
    expect(await adapter.status(job)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('x = 2000 is too hot'),
    });
    expect(await starts(folder)).toEqual([]);
  });

  test('whose reply was lost by a device that cannot be asked is unknown', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { find: undefined });
    await order(folder, 'submit', 'dropAfter');
    await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    const job = await adapter.submit(key, request(2), { fence: 2 });
    expect((await adapter.status(job)).state).toBe('unknown');
    expect(await starts(folder)).toEqual([key]);
  });

  test('that the device made twice is told, and none is followed', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    await order(folder, 'submit', 'duplicate');
    await adapter.submit(key, request(2), { fence: 1 });
    await rm(join(folder), { recursive: true });
    await mkdir(folder);
    await expect(open(folder).find!(key, { fence: 1 })).rejects.toThrow(
      "the device has 2 jobs of key 'c/r1/p1/g1/run': j1, j2",
    );
  });

  test('nobody listens: nothing was begun', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { url: 'http://127.0.0.1:1/', find: undefined });
    await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toThrow('ECONNREFUSED');
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    expect(await adapter.health!()).toMatchObject({ ok: false });
  });
});

describe('a job', () => {
  test('outlives the device, which is killed and started again', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(2, 200), { fence: 1 });
    await device.kill();
    await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    await start();
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect(await starts(folder)).toEqual([key]);
  });

  test.each(['html', 'truncate', 'fail', 'dropAfter', 'huge'])('is followed on after a reply of %s', async (fault) => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(2, 0), { fence: 1 });
    await order(folder, 'status', fault);
    await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect((await adapter.result(job)).values).toEqual({ y: 4 });
  });

  test('in a state that the settings do not know is unknown, with the word', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(14, 0), { fence: 1 });
    const { state, message } = await ended(adapter, job);
    expect(state).toBe('unknown');
    expect(message).toContain('"calibrating"');
  });

  test('that the device has never heard of is unknown', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { submit: { ...settings.submit, job: undefined } });
    const job = await adapter.submit(key, request(2), { fence: 1 });
    expect(await adapter.status(job)).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('status 404'),
    });
  });

  test('that failed says why, and of which kind', async () => {
    const adapter = open(await newFolder());
    const job = await adapter.submit(key, request(13, 0), { fence: 1 });
    await ended(adapter, job);
    expect((await adapter.result(job)).cause).toEqual({
      class: 'chemistry',
      code: 'precipitated',
      message: 'it fell out',
    });
  });
});

describe('a result', () => {
  test.each([
    [20, 'y: out.y: "NaN" stands there; a number is wanted'],
    [21, 'y: out.y: null stands there'],
    [23, 'y: out.y: an object stands there'],
  ])('that is none (%d) is refused with words, and kept', async (x, words) => {
    const adapter = open(await newFolder());
    const job = await adapter.submit(key, request(x, 0), { fence: 1 });
    await ended(adapter, job);
    const { values, details, artefacts } = await adapter.result(job);
    expect(values.y).not.toBeTypeOf('undefined');
    expect(Number.isFinite(values.y)).toBe(false);
    expect(details!.refused).toEqual([expect.stringContaining(words)]);
    expect(Object.keys(artefacts!)).toEqual(['reply.json']);
  });

  test('has files fetched beside it as they come; one that is cut is fetched again, one that is not there is told', async () => {
    const folder = await newFolder();
    const raw = {
      'trace.raw': { path: '/jobs/{job}/trace', mediaType: 'text/plain' },
      'gone.raw': { path: '/jobs/{job}/gone' },
    };
    const adapter = adapterOf(folder, { raw });
    await order(folder, 'trace', 'half');
    const job = await adapter.submit(key, request(2, 0), { fence: 1 });
    await expect(ended(adapter, job)).rejects.toThrow(/GET http:.*\/trace: /);
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, details, artefacts = {} } = await adapter.result(job);
    expect([values, Object.keys(artefacts)]).toEqual([{ y: 4 }, ['reply.json', 'trace.raw']]);
    expect(artefacts['trace.raw']).toMatchObject({ size: 4 * 2 ** 20, mediaType: 'text/plain' });
    const content = await contentOf(artefacts['trace.raw']);
    expect([content.length, content[2 ** 16], content.at(-1)]).toEqual([4 * 2 ** 20, 1, 63]);
    expect(details!.artefactsLeft).toEqual(['gone.raw: cannot be read: the file was answered with status 404']);
    expect(
      await http.check!(http.settings.parse({ url: url(folder), ...settings, raw: { a: { path: '/{x}' } } })),
    ).toEqual([]);
  });

  test('tells what was reached and what was around it, in units', async () => {
    const beside = {
      achieved: { x: { path: 'log.x', unit: 'K' }, ms: { path: 'log.none', optional: true } },
      contexts: { humidity: { path: 'room.rh', unit: '%' }, pressure: { path: 'room.p', unit: 'Pa', as: 'kPa' } },
    };
    const folder = await newFolder();
    const adapter = adapterOf(folder, beside);
    const asked = { ...request(27, 0), units: { x: '°C' } };
    const job = await adapter.submit(key, asked, { fence: 1 });
    await ended(adapter, job);
    const { achieved, contexts, values } = await adapterOf(folder, beside).result(job);
    expect(values).toEqual({ y: 54 });
    expect(achieved!.x).toBeCloseTo(28.5, 9);
    expect(contexts).toEqual({ humidity: { value: 41, unit: '%' }, pressure: { value: 101.3, unit: 'kPa' } });
    const wrong = { achieved: { x: { path: 'room.rh', unit: { path: 'log.unit' } } } };
    const other = adapterOf(await newFolder(), wrong);
    const bad = await other.submit(key, asked, { fence: 1 });
    await ended(other, bad);
    expect(await other.result(bad)).toMatchObject({
      achieved: { x: Number.NaN },
      details: { refused: [expect.stringMatching(/^achieved x: .*a unit is wanted/)] },
    });
    const scope = {
      parameters: [{ name: 'x', type: 'continuous' as const, bounds: [0, 1] as [number, number], unit: 's' }],
      objectives: ['y'],
    };
    const given = http.settings.parse({
      url: url(folder),
      ...settings,
      achieved: { x: { path: 'a', unit: 'K' }, z: 'b' },
    });
    const faults = (await http.check!(given, scope)).filter(({ path }) => path.startsWith('achieved'));
    expect(faults.map(({ path }) => path)).toEqual(['achieved.x', 'achieved.z']);
  });

  test('that was HTML twice is asked for again, and measured', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(2, 0), { fence: 1 });
    for (let tries = 0; tries < 2; tries++) await order(folder, 'result', 'html');
    await ended(adapter, job);
    expect((await adapter.result(job)).values).toEqual({ y: expect.closeTo(4, 12) });
  });

  test('that stays HTML is refused, and kept', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(2, 0), { fence: 1 });
    for (let tries = 0; tries < 3; tries++) await order(folder, 'result', 'html');
    await ended(adapter, job);
    const { values, details, artefacts } = await adapter.result(job);
    expect(values).toEqual({ y: Number.NaN });
    expect(details!.refused).toEqual([expect.stringContaining('is HTML or XML, not JSON: <!doctype html>')]);
    expect(Buffer.from(bytesOf(artefacts!['reply.json'])).toString()).toContain('Login');
  });

  test('in another unit than the settings want is refused, in the same kind converted', async () => {
    const values = { y: { path: 'out.y', unit: { path: 'out.unit' }, as: 'g' } };
    const adapter = adapterOf(await newFolder(), { values, cost: 'cost' });
    const [good, bad] = [
      await adapter.submit(key, request(2, 0), { fence: 1 }),
      await adapter.submit(`${key}2`, request(22, 0), { fence: 1 }),
    ];
    await ended(adapter, good);
    await ended(adapter, bad);
    expect(await adapter.result(good)).toMatchObject({ values: { y: 0.004 }, cost: 1.5 });
    expect((await adapter.result(bad)).details!.refused).toEqual(["y: 'furlong' cannot be told in 'g'"]);
  });
});

describe('secrets', () => {
  const auth = { auth: { bearer: { from: 'ATHANOR_TEST_TOKEN' } } };
  beforeAll(() => {
    process.env.ATHANOR_TEST_TOKEN = 'open-sesame-16';
  });
  afterAll(() => {
    delete process.env.ATHANOR_TEST_TOKEN;
  });

  test('are sent, and kept nowhere, though the device repeats them', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, auth);
    const job = await adapter.submit(key, request(2, 0), { fence: 1 });
    await order(folder, 'result', 'echo');
    await ended(adapter, job);
    const text = Buffer.from(bytesOf((await adapter.result(job)).artefacts!['reply.json'])).toString();
    expect(text).toContain('Bearer ***');
    expect(text).not.toContain('open-sesame');
    const seen = (await (await fetch(url(folder, '/seen'))).json()) as { headers: Record<string, string> };
    expect(seen.headers.authorization).toBe('Bearer open-sesame-16');
    await order(folder, 'submit', 'forbidden');
    const refusal = adapter.submit(`${key}2`, request(2), { fence: 1 });
    await expect(refusal).rejects.toThrow('bad token Bearer ***');
  });

  test('that the worker lacks are told, and nothing is sent', async () => {
    const folder = await newFolder();
    const lacking = { auth: { bearer: { from: 'ATHANOR_NO_TOKEN' } } };
    const parsed = http.settings.parse({ url: url(folder), ...settings, ...lacking });
    expect(http.lacks!(parsed, {})).toMatchObject([
      { path: 'auth.bearer', message: expect.stringContaining('ATHANOR_NO_TOKEN') },
    ]);
    await expect(adapterOf(folder, lacking).validate(request(2))).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await starts(folder)).toEqual([]);
  });
});

describe('settings', () => {
  const parameters = [{ name: 'x', type: 'continuous', bounds: [0, 1], unit: 's' }] as Parameter[];
  const faults = async (more: object) => {
    const parsed = http.settings.parse({ url: 'http://device.lab', ...settings, ...more });
    return (await http.check!(parsed, { parameters, objectives: ['y'] })).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  };

  test('are checked as a whole, with paths', async () => {
    const submit = { path: '/jobs/{job}', body: { x: '{x as K}', z: ['{z}'] }, headers: { 'x-key': '{key' } };
    const status = { path: '/jobs/{x}', state: 's', states: { running: ['a'], failed: ['a'] } };
    expect(
      await faults({ submit, status, values: { z: { path: 'a', as: 'K' } }, resume: undefined, ca: '/none.pem' }),
    ).toEqual([
      "values.z: 'as: K' without 'unit'",
      'values: none of y is taken from the answer',
      'submit.path: {job}: nothing of that name has a value',
      expect.stringContaining('submit.headers.x-key: a'),
      "submit.body.x: {x as K}: 's' cannot be told in 'K'",
      'submit.body.z[0]: {z}: nothing of that name has a value',
      'status.path: {x}: nothing of that name has a value',
      "status.states: no word means 'succeeded'",
      'status.states: "a" means two states',
      'resume: pause and resume come together',
      'ca: /none.pem holds no certificates that can be read',
      'ca: certificates, but an address without TLS',
    ]);
  });

  test.each([
    [{ url: 'ftp://device' }, 'url'],
    [{ url: 'http://me:secret@device' }, 'url'],
    [{ find: { path: '/jobs', list: 'items' } }, 'find'],
    [{ values: { y: 'a..b' } }, 'values'],
    [{ auth: { bearer: 'plain' } }, 'auth'],
  ])('%j is refused', (more, path) => {
    const parsed = http.settings.safeParse({ url: 'http://device', ...settings, ...more });
    expect(parsed.error?.issues[0]?.path[0]).toBe(path);
  });

  test('two fidelities that differ in all but the address use one instrument', () => {
    expect(http.incidental).not.toContain('url');
    expect(http.incidental).toContain('submit');
  });
});

test('a campaign on it, with replies lost on the way, measures each trial once', async () => {
  const folder = await newFolder();
  const file = `name: reactor
seed: 16
space: {parameters: [{name: x, type: continuous, bounds: [0, 12]}]}
objectives: [{name: y, direction: maximise}]
fidelities:
  - name: robot
    adapter: http
    settings: ${JSON.stringify({ ...settings, url: url(folder), submit: { ...settings.submit, body: { key: '{key}', x: '{x}', ms: 5 } } })}
    cost: 1
budget: {trials: 6}
`;
  for (const fault of ['dropAfter', 'html', 'busy']) await order(folder, 'submit', fault);
  const trials = await trialsOf(folder, file);
  expect(trials.map(({ observation }) => observation?.outcome)).toEqual(Array(6).fill('measured'));
  const all = await starts(folder);
  expect(new Set(all).size).toBe(6);
  expect(all).toHaveLength(6);
});
