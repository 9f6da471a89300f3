import { appendFile, chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { files } from '../../lab-adapters/files/index.js';
import { inWindow, spectrumIn } from '../../lab-adapters/files/spectrum.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, startCounterpart } from '../support/counterparts.js';
import { ended, foldersIn, trialsOf } from '../support/devices.js';
import { bytesOf, contentOf } from '../support/raw-output.js';

const program = fileURLToPath(new URL('../counterparts/file-device.mjs', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'athanor-files-'));
const running: Counterpart[] = [];
const emptyFolder = foldersIn(base);
const newDevice = async () => {
  const folder = await emptyFolder();
  running.push(await startCounterpart(process.execPath, [program, folder]));
  return folder;
};
/** Started before each test, as a law looks at what processes there are. */
let spare: string[] = [];
beforeEach(async () => {
  spare = await Promise.all([newDevice(), newDevice()]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.kill()));
});
afterAll(() => rm(base, { recursive: true }));
const newFolder = async () => spare.pop() ?? newDevice();
const starts = async (folder: string) =>
  (await readFile(join(folder, 'starts.log'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

const settings = {
  request: { name: '{key}.json', content: { key: '{key}', x: '{x}', ms: '{ms}' } },
  moved: ['../taken'],
  result: { name: '{key}*.json', format: 'json', stable: '40ms', limit: '20s', maxBytes: 100_000 },
  failed: '{key}.err',
  values: { y: 'y' },
  poll: '10ms',
};
const opened = (folder: string, more: object = {}): Adapter =>
  createRegistry().create(
    'files',
    { requests: join(folder, 'in'), results: join(folder, 'out'), ...settings, ...more },
    { clock: systemClock, folder: join(folder, 'adapter'), log: () => {} },
  );
const request = (x: number, ms = 20): JobRequest => ({
  design: { x, ms },
  rowId: null,
  substances: {},
  units: { x: '°C' },
  fidelity: 'box',
  objectives: ['y'],
});
const key = 'c/r1/p1/g1/run';
const plain = encodeURIComponent(key);
const open = (folder: string) => opened(folder);

describeAdapterLaws('files', {
  newFolder,
  clock: systemClock,
  starts,
  limitMs: 300_000,
  succeeds: { open, request: request(2) },
  another: request(3),
  fails: { open, request: request(13) },
  refused: { open, request: { ...request(2), design: { ms: 1 } } },
  // It cannot be ended before its time, so the laws wait for it.
  runsLong: { open, request: request(2, 2_000) },
});

describe('a request', () => {
  test('is a whole file from the moment that it has its name, readable for others, and no other file is left', async () => {
    const folder = await newFolder();
    await running[0]!.kill();
    await running[1]!.kill();
    const csv = {
      name: '{name}.csv',
      format: 'csv',
      content: [{ id: '{key}', t: '{x as K, 2 decimals}', note: '=1+1, "a"' }],
    };
    const adapter = opened(folder, { request: csv });
    const job = await adapter.submit(key, request(2), { fence: 1 });
    expect(await readdir(join(folder, 'in'))).toEqual([`${job}.csv`]);
    expect(await readFile(join(folder, 'in', `${job}.csv`), 'utf8')).toBe(`id,t,note\n${key},275.15,"=1+1, ""a"""\n`);
    expect((await stat(join(folder, 'in', `${job}.csv`))).mode & 0o444).toBe(0o444);
    expect(await adapter.status(job)).toMatchObject({ state: 'queued' });
  });

  test('that a worker wrote before it died is found, whether or not the device took it', async () => {
    const folder = await newFolder();
    const first = opened(folder);
    await first.submit(key, request(2, 200), { fence: 1 });
    await rm(join(folder, 'adapter'), { recursive: true });
    const job = await opened(folder).find!(key, { fence: 1 });
    expect(job).not.toBeNull();
    await ended(opened(folder), job!);
    await rm(join(folder, 'adapter'), { recursive: true });
    expect(await opened(folder).find!(key, { fence: 1 })).toBe(job);
    expect(await starts(folder)).toEqual([key]);
  });

  test('whose result is there already, or that stands there with another content, is refused', async () => {
    const folder = await newFolder();
    await Promise.all(running.map((each) => each.kill()));
    await writeFile(join(folder, 'out', `${plain}.json`), '{"y": 1}');
    const adapter = opened(folder);
    const stale = await adapter.submit(key, request(2), { fence: 1 });
    expect((await adapter.result(stale)).cause).toMatchObject({ class: 'operator', code: 'resultExists' });
    await writeFile(join(folder, 'in', `${plain}2.json`), '{}');
    const other = await adapter.submit(`${key}2`, request(2), { fence: 1 });
    expect((await adapter.result(other)).cause).toMatchObject({ code: 'requestExists' });
  });

  test('to a folder that is gone began nothing', async () => {
    const folder = await newFolder();
    const adapter = opened(folder, { requests: join(folder, 'none'), removes: true });
    await expect(adapter.submit(key, request(2), { fence: 1 })).rejects.toThrow('cannot be used: ENOENT');
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    expect(await adapter.health!()).toMatchObject({ ok: false });
  });
});

describe('a result', () => {
  test('written in parts is waited for', async () => {
    const folder = await newFolder();
    const adapter = opened(folder);
    const job = await adapter.submit(key, request(20), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, artefacts } = await adapter.result(job);
    expect(values).toEqual({ y: 40 });
    expect(Buffer.from(bytesOf(artefacts![`${plain}.json`])).toString()).toContain('"y":40');
  });

  test.each([
    [21, 'is not one JSON document'],
    [23, 'are both of this key, and differ'],
    [24, 'NaN and Infinity are not JSON'],
    [25, 'at most 100000 are read'],
    [28, 'y: y: "hot" stands there; a number is wanted'],
    [29, "y: 'furlong' cannot be told in 'mg'"],
    [30, 'is HTML or XML, not JSON'],
    [31, 'y: unit: 7 stands there; a unit is wanted'],
  ])('that is none (%d) is refused with words, and kept', async (x, words) => {
    const folder = await newFolder();
    const inUnit = { y: { path: 'y', unit: { path: 'unit' }, as: 'mg' } };
    const adapter = opened(folder, x < 28 ? {} : { values: inUnit });
    const job = await adapter.submit(key, request(x), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, details, artefacts = {} } = await adapter.result(job);
    expect(values).toEqual({ y: x === 28 ? 'hot' : Number.NaN });
    expect(details!.refused).toEqual([expect.stringContaining(words)]);
    expect(Object.keys(artefacts)).toHaveLength(x === 23 ? 2 : 1);
    if (x === 25) expect((await contentOf(artefacts[`${plain}.json`])).length).toBeGreaterThan(300_000);
  });

  test('has raw files beside it kept whole, without holding them; one that does not come is told', async () => {
    const folder = await newFolder();
    const raw = ['{key}.fid', '{key}.log'];
    const adapter = opened(folder, { raw });
    const job = await adapter.submit(key, request(26), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, details, artefacts = {} } = await adapter.result(job);
    expect(values).toEqual({ y: 52 });
    expect(details!.rawMissing).toEqual([`${plain}.log`]);
    // The device may put another in its place.
    await rm(join(folder, 'out'), { recursive: true });
    const fid = artefacts[`${plain}.fid`]!;
    expect(fid).toMatchObject({ size: 4 * 2 ** 20, at: expect.stringContaining(folder) });
    const content = await contentOf((await opened(folder, { raw }).result(job)).artefacts![`${plain}.fid`]);
    expect([content.length, content[0], content.at(-1)]).toEqual([4 * 2 ** 20, 1, 2]);
  });

  test('has what is larger than is kept left where it is, and says so', async () => {
    const folder = await newFolder();
    const small = createRegistry().create(
      'files',
      { requests: join(folder, 'in'), results: join(folder, 'out'), ...settings, raw: ['{key}.fid'] },
      { clock: systemClock, folder: join(folder, 'adapter'), log: () => {}, rawFileBytes: 1_000 },
    );
    const job = await small.submit(key, request(26), { fence: 1 });
    expect((await ended(small, job)).state).toBe('succeeded');
    const { values, details, artefacts = {} } = await small.result(job);
    expect([values, Object.keys(artefacts)]).toEqual([{ y: 52 }, [`${plain}.json`]]);
    expect(details!.artefactsLeft).toEqual([
      `${plain}.fid: ${4 * 2 ** 20} bytes; at most 1000 of one file are kept; it is left at ${join(folder, 'out', `${plain}.fid`)}`,
    ]);
  });

  test('that is there twice, alike, is one', async () => {
    const adapter = opened(await newFolder());
    const job = await adapter.submit(key, request(22), { fence: 1 });
    await ended(adapter, job);
    expect((await adapter.result(job)).values).toEqual({ y: 44 });
  });

  test('stays what it was when another file of the key appears later', async () => {
    const folder = await newFolder();
    const adapter = opened(folder);
    const job = await adapter.submit(key, request(2), { fence: 1 });
    await ended(adapter, job);
    await writeFile(join(folder, 'out', `${plain}-2.json`), '{"y": 99}');
    expect((await opened(folder).result(job)).values).toEqual({ y: 4 });
  });

  test('with a mark is read when the mark is there', async () => {
    const folder = await newFolder();
    await Promise.all(running.map((each) => each.kill()));
    const result = { name: '{name}.csv', format: 'csv', done: '{name}.done' };
    const adapter = opened(folder, { result, values: { y: { path: 'rows[-1].y', sd: 'rows[-1].sd' } } });
    const job = await adapter.submit(key, request(2), { fence: 1 });
    await writeFile(join(folder, 'out', `${job}.csv`), 'y;sd\n1,5;0,1\n');
    expect(await adapter.status(job)).toMatchObject({ message: expect.stringContaining(`${job}.done is waited for`) });
    await appendFile(join(folder, 'out', `${job}.csv`), '2,5;0,25\n');
    await writeFile(join(folder, 'out', `${job}.done`), '');
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect(await adapter.result(job)).toMatchObject({ values: { y: 2.5 }, noise: { y: 0.25 } });
  });

  test('that is locked is waited for', async ({ skip }) => {
    if (process.getuid?.() === 0) return skip('root reads everything');
    const folder = await newFolder();
    await Promise.all(running.map((each) => each.kill()));
    const adapter = opened(folder);
    const job = await adapter.submit(key, request(2), { fence: 1 });
    const file = join(folder, 'out', `${plain}.json`);
    await writeFile(file, '{"y": 1}', { mode: 0 });
    await adapter.status(job);
    await systemClock.sleep(60);
    expect(await adapter.status(job)).toMatchObject({
      state: 'running',
      message: expect.stringContaining('is locked (EACCES)'),
    });
    await chmod(file, 0o600);
    expect((await ended(adapter, job)).state).toBe('succeeded');
  });

  test('that never comes is a failure of the device at the limit', async () => {
    const adapter = opened(await newFolder(), { result: { ...settings.result, limit: '60ms' } });
    const job = await adapter.submit(key, request(2, 60_000), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('failed');
    expect((await adapter.result(job)).cause).toMatchObject({ class: 'device', code: 'timeout' });
  });
});

const jcamp = (points: readonly (readonly [number, number])[], more = '') => `##TITLE=film 7
##JCAMP-DX=4.24
##DATA TYPE=INFRARED SPECTRUM
##XUNITS=1/CM
##YUNITS=ABSORBANCE
##FIRSTX=${points[0]![0]}
##LASTX=${points.at(-1)![0]}
##XFACTOR=1
##YFACTOR=1
##NPOINTS=${points.length}
${more}##XYPOINTS=(XY..XY)
${points.map(([x, y]) => `${x}, ${y}`).join('\n')}
##END=
`;
/** A triangle of height 2 on a slope of 1 in 100, peak at 1700. */
const points = Array.from({ length: 41 }, (_, i) => {
  const x = 1600 + 5 * i;
  return [x, (x - 1600) / 100 + Math.max(0, 2 - Math.abs(x - 1700) / 25)] as const;
});

describe('a spectrum', () => {
  test('gives height, position, area and mean of a window, with and without a line below', () => {
    const spectrum = spectrumIn(jcamp(points));
    if ('refusal' in spectrum) throw new Error(spectrum.refusal);
    expect(spectrum).toMatchObject({ title: 'film 7', xUnits: expect.stringMatching(/1\/CM/i) });
    const taken = (take: 'height' | 'position' | 'area' | 'mean', baseline: 'none' | 'linear' = 'linear') =>
      inWindow(spectrum, { window: [1600, 1800], take, baseline });
    expect(taken('height')).toBeCloseTo(2, 9);
    expect(taken('height', 'none')).toBeCloseTo(3, 9);
    expect(taken('position')).toBe(1700);
    expect(taken('area')).toBeCloseTo(100, 9);
    expect(taken('area', 'none')).toBeCloseTo(300, 9);
    expect(taken('mean')).toBeCloseTo(0.5, 9);
    expect(inWindow(spectrum, { window: [3000, 3100], take: 'height', baseline: 'none' })).toBeNull();
  });

  test('with equal steps, and a factor, is read too', () => {
    const head = jcamp([
      [1600, 0],
      [1605, 3],
      [1610, 4],
    ])
      .replace('YFACTOR=1', 'YFACTOR=0.5')
      .split('##XYPOINTS')[0];
    const spectrum = spectrumIn(`${head}##DELTAX=5\n##XYDATA=(X++(Y..Y))\n1600 0 3 4\n##END=\n`);
    expect(spectrum).toMatchObject({ x: [1600, 1605, 1610], y: [0, 1.5, 2] });
  });

  test.each([
    ['<html>', 'does not begin with ##TITLE='],
    [jcamp(points).replace('##END=', ''), 'has no ##END='],
    [jcamp(points).replace('##NPOINTS=41', '##NPOINTS=99'), 'announces 99 points and has 41'],
    [`##TITLE=x\n##END=\n`, 'no spectrum stands in it'],
  ])('that is none is refused with words', (text, words) => {
    expect(spectrumIn(text)).toEqual({ refusal: expect.stringContaining(words) });
  });

  test('is taken from a file, and kept', async () => {
    const folder = await newFolder();
    await Promise.all(running.map((each) => each.kill()));
    const adapter = opened(folder, {
      result: { name: '{name}.jdx', format: 'jcamp', stable: '20ms' },
      values: {
        y: { window: [1600, 1800], take: 'area', baseline: 'linear', sd: 1 },
        z: { window: [1, 2], take: 'mean' },
      },
    });
    const job = await adapter.submit(key, request(2), { fence: 1 });
    await writeFile(join(folder, 'out', `${job}.jdx`), jcamp(points));
    await ended(adapter, job);
    expect(await adapter.result(job)).toMatchObject({
      values: { y: expect.closeTo(100, 9) },
      noise: { y: 1 },
      artefacts: { [`${job}.jdx`]: expect.any(Uint8Array) },
    });
  });
});

test('settings are checked as a whole, with paths', async () => {
  const parsed = files.settings.parse({
    ...settings,
    requests: '/none',
    results: base,
    request: { name: '{key}*', content: { x: '{z}' } },
    result: { name: '{key}-{x}', format: 'csv' },
    values: { z: { window: [1, 2], take: 'area' } },
  });
  const parameters = [{ name: 'x', type: 'continuous', bounds: [0, 1] }] as Parameter[];
  const faults = await files.check!(parsed, { parameters, objectives: ['y'] });
  expect(faults.map(({ path }) => path)).toEqual([
    'values',
    'request.content.x',
    'requests',
    'result.name',
    'request.name',
    'values.z',
  ]);
  for (const name of ['fixed.json', '../{key}', 'a/{name}'])
    expect(files.settings.safeParse({ ...settings, requests: '/', results: '/', failed: name }).success).toBe(false);
});

test('a campaign on it measures each trial once', async () => {
  const folder = await newFolder();
  const trials = await trialsOf(
    folder,
    `name: box
seed: 16
space: {parameters: [{name: x, type: continuous, bounds: [0, 12]}]}
objectives: [{name: y, direction: maximise}]
fidelities:
  - name: box
    adapter: files
    settings: ${JSON.stringify({ ...settings, requests: 'in', results: 'out', request: { name: '{key}.json', content: { key: '{key}', x: '{x}', ms: 5 } } })}
    cost: 1
budget: {trials: 5}
`,
  );
  expect(trials.map(({ observation }) => observation?.outcome)).toEqual(Array(5).fill('measured'));
  expect(await starts(folder)).toHaveLength(5);
});
