import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { type Counterpart, freePort, pythonCounterpart, startCounterpart } from '../support/counterparts.js';
import { ended, foldersIn, keysOf, lookedUp, trialsOf } from '../support/devices.js';
import { faultyFront } from '../support/faulty-front.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-madsci-'));
const program = fileURLToPath(new URL('./madsci_node.py', import.meta.url));
const python = await pythonCounterpart('madsci-node-module==0.8.1', 'pydantic<2.13');
const lacking = 'lacking' in python ? python.lacking : null;
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
let node: Counterpart | undefined;
const startNode = async () => {
  node = await startCounterpart(
    join((python as { bin: string }).bin, 'python'),
    [program, '--node_name', 'reactor', '--module_name', 'reactor', '--node_type', 'device', '--node_url', `${url}/`],
    {
      ready: /Uvicorn running|Application startup complete/,
      cwd: base,
      env: { HOME: base, ATHANOR_LEDGER: join(base, 'ledger'), PYTHONDONTWRITEBYTECODE: '1' },
    },
  );
  for (let i = 0; i < 6_000; i++) {
    const status = await fetch(`${url}/status`).then(
      (reply) => reply.json() as Promise<{ ready?: boolean }>,
      () => ({}),
    );
    if ('ready' in status && status.ready) return;
    await systemClock.sleep(100);
  }
};
if (lacking === null) await startNode();

const front = await faultyFront(url);
afterAll(async () => {
  await node?.kill();
  front.close();
  await rm(base, { recursive: true, force: true });
});

const emptyFolder = foldersIn(base);
const newFolder = async () => {
  // The node is one for all, and what was stopped may end a moment later.
  for (let i = 0; lacking === null && i < 6_000; i++) {
    const status = (await fetch(`${url}/status`).then(
      (reply) => reply.json(),
      () => ({}),
    )) as { ready?: boolean };
    if (status.ready) break;
    await systemClock.sleep(50);
  }
  return emptyFolder();
};
const settings = (folder: string) => ({
  url: front.url,
  timeout: '5s',
  poll: '50ms',
  action: 'react',
  args: { celsius: '{temperature as °C}', seconds: '{seconds}', key: `${folder}:{key}` },
  admin: ['cancel', 'pause', 'resume'],
  values: { yield: 'json_result.yield' },
  errors: { chemistry: ['Precipitated'] },
});
const adapterOf = (folder: string, more: object = {}): Adapter =>
  createRegistry().create('madsci', { ...settings(folder), ...more }, { clock: systemClock, folder, log: () => {} });
const open = (folder: string) => adapterOf(folder);
const request = (temperature: number, seconds = 0.05): JobRequest => ({
  design: { temperature, seconds },
  rowId: null,
  substances: {},
  units: { temperature: 'K', seconds: 's' },
  fidelity: 'reactor',
  objectives: ['yield'],
});
const starts = async (folder: string) =>
  keysOf(folder, (await readFile(join(base, 'ledger'), 'utf8').catch(() => '')).split('\n'));
const key = 'c/r1/p1/g1/run';
const idOf = async (folder: string) => {
  const file = (await readdir(folder)).find((name) => name.endsWith('.action'))!;
  return (JSON.parse(await readFile(join(folder, file), 'utf8')) as { action: string }).action;
};
const post = async (path: string) => (await fetch(`${url}${path}`, { method: 'POST' })).json();

/** An action that somebody has started on the node itself. */
const beginByHand = async () => {
  const args = { celsius: 70, seconds: 0.05, key: 'by hand' };
  const created = await fetch(`${url}/action/react`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ args }),
  });
  const { action_id: id } = (await created.json()) as { action_id: string };
  await post(`/action/react/${id}/start`);
  return id;
};

describe.skipIf(lacking !== null)('a MADSci node 0.8.1', () => {
  describeAdapterLaws('madsci', {
    newFolder,
    clock: systemClock,
    starts,
    limitMs: 300_000,
    succeeds: { open, request: request(343.15) },
    another: request(353.15),
    beginByHand,
    fails: { open, request: request(900) },
    refused: { open, request: { ...request(343.15), design: { seconds: 1 } } },
    runsLong: { open, request: request(343.15, 600) },
  });

  test.each(['loseCall', 'loseReply', 'html', 'truncate'] as const)('a start with %s begins once', async (what) => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { timeout: '500ms' });
    front.order(/POST .*\/start/, what);
    const job =
      (await adapter.submit(key, request(343.15), { fence: 1 }).catch((error: { code: string }) => {
        expect(error.code).toBe('ADAPTER');
      })) ??
      (await lookedUp(adapter, key)) ??
      (await adapter.submit(key, request(343.15), { fence: 2 }));
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect(await starts(folder)).toEqual([key]);
  });

  test.each(['loseCall', 'loseReply', 'html', 'truncate'] as const)('creating with %s begins nothing', async (what) => {
    const folder = await newFolder();
    const adapter = open(folder);
    front.order(/POST \/action\/react$/, what);
    await expect(adapter.submit(key, request(343.15), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    expect((await ended(adapter, await adapter.submit(key, request(343.15), { fence: 2 }))).state).toBe('succeeded');
    expect(await starts(folder)).toEqual([key]);
  });

  test('a second start of an action says that it failed, while the first goes on: it is not believed', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(343.15, 1), { fence: 1 });
    expect(await post(`/action/react/${await idOf(folder)}/start`)).toMatchObject({ status: 'failed' });
    expect((await adapter.status(job)).state).toBe('running');
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect(await starts(folder)).toEqual([key]);
  });

  test('a busy or locked node is not ready: nothing was begun, and the trial waits', async () => {
    const folder = await newFolder();
    await post('/admin/lock');
    const adapter = open(folder);
    await expect(adapter.submit(key, request(343.15), { fence: 1 })).rejects.toThrow(/the node is not ready: .*lock/i);
    expect(await adapter.health!()).toMatchObject({ ok: false });
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    await post('/admin/unlock');
    expect((await ended(adapter, await adapter.submit(key, request(343.15), { fence: 2 }))).state).toBe('succeeded');
    expect(await starts(folder)).toEqual([key]);
  });

  test('an exception puts the node out of order until it is reset; a failed action does not', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(200, 0.5), { fence: 1 });
    expect(await ended(adapter, job)).toMatchObject({ state: 'failed' });
    expect((await adapter.result(job)).cause).toMatchObject({ class: 'unknown', code: 'ValueError' });
    await expect(adapter.submit(`${key}2`, request(343.15), { fence: 1 })).rejects.toThrow('the node is not ready');
    await post('/admin/reset');
    const next = await adapter.submit(`${key}3`, request(900), { fence: 2 });
    await ended(adapter, next);
    expect((await adapter.result(next)).cause).toEqual({
      class: 'chemistry',
      code: 'Precipitated',
      message: 'it fell out',
    });
    expect(await adapter.health!()).toMatchObject({ ok: true });
  });

  test('wrong arguments and an action that is not there are trials that failed, in its words', async () => {
    for (const more of [{ args: { ...settings('').args, celsius: 'hot' } }, { action: 'nonesuch' }]) {
      const adapter = adapterOf(await newFolder(), more);
      const job = await adapter.submit(key, request(343.15), { fence: 1 });
      expect(await adapter.status(job)).toMatchObject({
        state: 'failed',
        message: expect.stringMatching(/the node refused: .*status (422|404)/),
      });
    }
  });

  test.each([
    ['text', {}, /"71.2" stands there/],
    ['nothing', {}, /null stands there/],
    ['flag', {}, /true stands there/],
    [
      'unit',
      { values: { yield: { path: 'json_result.yield', unit: { path: 'json_result.unit' }, as: 'K' } } },
      /'furlong'/,
    ],
  ] as const)('a result with %s is refused with words, and kept', async (said, more, words) => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { args: { ...settings(folder).args, said }, ...more });
    const job = await adapter.submit(key, request(343.15), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, details, artefacts } = await adapter.result(job);
    expect(Number.isFinite(values.yield)).toBe(false);
    expect(details!.refused).toEqual([expect.stringMatching(words)]);
    expect(Object.keys(artefacts!)).toEqual(['result.json']);
  });

  test.each([
    ['nan', /NaN and Infinity are not JSON/],
    ['huge', /has more than 4194304 bytes/],
  ] as const)('a result with %s will not get better: it is refused with words', async (fault, words) => {
    const adapter = open(await newFolder());
    const job = await adapter.submit(key, request(343.15), { fence: 1 });
    front.order(/\/result$/, fault);
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, details } = await adapter.result(job);
    expect(values).toEqual({ yield: Number.NaN });
    expect(details!.refused).toEqual([expect.stringMatching(words)]);
  });

  test('NaN that the node itself measured is no value', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { args: { ...settings(folder).args, said: 'nan' } });
    const job = await adapter.submit(key, request(343.15), { fence: 1 });
    await ended(adapter, job);
    const { values, details } = await adapter.result(job);
    expect(Number.isFinite(values.yield)).toBe(false);
    expect(details!.refused).toHaveLength(1);
  });

  test.each(['html', 'truncate', 'loseReply'] as const)(
    'looks and results answered with %s are asked for again',
    async (what) => {
      const adapter = adapterOf(await newFolder(), { cost: 'json_result.cost' });
      const job = await adapter.submit(key, request(343.15), { fence: 1 });
      await systemClock.sleep(300);
      for (const path of [/\/status$/, /\/result$/]) {
        front.order(path, what);
        await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
      }
      expect((await ended(adapter, job)).state).toBe('succeeded');
      expect(await adapter.result(job)).toMatchObject({ values: { yield: expect.closeTo(70, 9) }, cost: 2.5 });
    },
  );

  test('a campaign in K on a node in °C', async () => {
    const folder = await newFolder();
    const own = settings(folder);
    const trials = await trialsOf(
      folder,
      `name: reactor
seed: 3
space: {parameters: [{name: temperature, type: continuous, bounds: [295, 415], unit: K}]}
objectives: [{name: yield, direction: maximise}]
fidelities: [{name: reactor, adapter: madsci, cost: 1, settings: ${JSON.stringify({ ...own, args: { ...own.args, seconds: 0 } })}}]
budget: {trials: 4}
`,
    );
    expect(trials).toHaveLength(4);
    for (const { proposal, observation } of trials)
      expect(observation?.values.yield).toBeCloseTo((proposal.design.temperature as number) - 273.15, 9);
  });

  test('a node that was started again has forgotten what it ran: unknown, and begun once', async () => {
    const [one, other] = [await newFolder(), await newFolder()];
    const adapter = open(one);
    await ended(adapter, await adapter.submit(`${key}0`, request(343.15), { fence: 1 }));
    const job = await adapter.submit(key, request(343.15, 60), { fence: 1 });
    await node!.kill();
    await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    await expect(open(other).submit(key, request(350), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await starts(one)).toEqual([`${key}0`, key]);
    await startNode();
    expect(await ended(adapter, job)).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('started again'),
    });
    expect(await starts(one)).toEqual([`${key}0`, key]);
  });

  test('a reply lost together with the node is unknown too, and not begun again', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { timeout: '500ms' });
    await ended(adapter, await adapter.submit(`${key}0`, request(343.15), { fence: 1 }));
    front.order(/POST .*\/start|GET .*\/status/, 'loseReply');
    const lost = adapter.submit(key, request(343.15, 60), { fence: 1 });
    await lost.catch(() => {});
    await node!.kill();
    await startNode();
    const job = (await lookedUp(adapter, key)) ?? (await adapter.submit(key, request(343.15, 60), { fence: 2 }));
    expect((await ended(adapter, job)).state).toBe('unknown');
    expect(await starts(folder)).toEqual([`${key}0`, key]);
  });
});

test('where the node cannot be had it is said why', ({ skip }) => {
  if (lacking !== null) skip(lacking);
});
