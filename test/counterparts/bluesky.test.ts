import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import {
  type Counterpart,
  debianCounterpart,
  freePort,
  pythonCounterpart,
  startCounterpart,
} from '../support/counterparts.js';
import { foldersIn, keyedBy, keysOf, trialsOf } from '../support/devices.js';
import { faultyFront } from '../support/faulty-front.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-bluesky-'));
const debian = await debianCounterpart('redis-server');
const python =
  'lacking' in debian
    ? debian
    : await pythonCounterpart(
        'bluesky==1.15.1',
        'bluesky-queueserver==0.0.25',
        'bluesky-httpserver==0.0.14',
        'ophyd==1.11.2',
        'pandas',
      );
const lacking = 'lacking' in python ? python.lacking : null;
const [redisPort, controlPort, infoPort, port] = [
  await freePort(),
  await freePort(),
  await freePort(),
  await freePort(),
];
const documents = join(base, 'documents');
const startup = join(base, 'startup');
process.env.ATHANOR_TEST_BLUESKY = 'opensesame16';

let manager: Counterpart;
const others: Counterpart[] = [];
const startManager = async () => {
  manager = await startCounterpart(
    join(bin(), 'start-re-manager'),
    [
      '--startup-dir',
      startup,
      '--redis-addr',
      `127.0.0.1:${redisPort}`,
      '--zmq-control-addr',
      `tcp://127.0.0.1:${controlPort}`,
      '--zmq-info-addr',
      `tcp://127.0.0.1:${infoPort}`,
    ],
    { ready: /Waiting for requests|ZMQ server/, env: { ATHANOR_DOCUMENTS: documents, HOME: base } },
  );
};
const bin = () => (python as { bin: string }).bin;
const ask = async (method: string, path: string, body?: object) => {
  const reply = await fetch(`http://127.0.0.1:${port}/api${path}`, {
    method,
    headers: { authorization: 'ApiKey opensesame16', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of a foreign server in a test
  return (await reply.json()) as any;
};
const until = async (isSo: (status: Record<string, unknown>) => boolean) => {
  for (let i = 0; i < 6_000; i++) {
    const status = (await ask('GET', '/status').catch(() => ({}))) as Record<string, unknown>;
    if (isSo(status)) return;
    await systemClock.sleep(100);
  }
  throw new Error('the queue server does not come to it');
};
const openEnvironment = async () => {
  await until((status) => status.manager_state === 'idle');
  await ask('POST', '/environment/open', {});
  await until((status) => status.worker_environment_exists === true && status.manager_state === 'idle');
};
if (lacking === null) {
  await Promise.all([documents, startup].map((folder) => mkdir(folder)));
  const profile = join(bin(), '../lib/python3.11/site-packages/bluesky_queueserver/profile_collection_sim');
  const permissions = await readFile(join(profile, 'user_group_permissions.yaml'), 'utf8').catch(() => '');
  await writeFile(
    join(startup, 'user_group_permissions.yaml'),
    permissions.replace('- ":^func_for_test"', '- ":^func_for_test"\n      - ":documents$"'),
  );
  await copyFile(fileURLToPath(new URL('./bluesky_startup.py', import.meta.url)), join(startup, 'startup.py'));
  others.push(
    await startCounterpart(
      'redis-server',
      ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', base],
      { ready: /Ready to accept/, env: 'env' in debian ? debian.env : {} },
    ),
  );
  await startManager();
  others.push(
    await startCounterpart(
      join(bin(), 'python'),
      ['-m', 'uvicorn', '--host', '127.0.0.1', '--port', String(port), 'bluesky_httpserver.server:app'],
      {
        ready: /Uvicorn running/,
        cwd: base,
        env: {
          HOME: base,
          QSERVER_HTTP_SERVER_SINGLE_USER_API_KEY: 'opensesame16',
          QSERVER_ZMQ_CONTROL_ADDRESS: `tcp://127.0.0.1:${controlPort}`,
          QSERVER_ZMQ_INFO_ADDRESS: `tcp://127.0.0.1:${infoPort}`,
        },
      },
    ),
  );
  await openEnvironment();
}
const front = await faultyFront(`http://127.0.0.1:${port}`);
afterAll(async () => {
  front.close();
  if (lacking === null) await ask('POST', '/manager/stop', { option: 'safe_off' }).catch(() => {});
  for (const each of [manager, ...others]) await each?.kill();
  await rm(base, { recursive: true, force: true });
});

const newFolder = foldersIn(base);
const settings = {
  url: `http://127.0.0.1:${port}`,
  auth: { apiKey: { from: 'ATHANOR_TEST_BLUESKY' } },
  timeout: '10s',
  poll: '100ms',
  plan: 'react',
  kwargs: { kelvin: '{temperature as K}', seconds: '{seconds}', key: '{key}' },
  meta: { operator: 'athanor', ligand: { smiles: 'CC{{}}' } },
  values: { yield: 'runs[0].start.yield' },
  exceptions: { chemistry: ['Precipitated'] },
};
/** All folders are one server's: so that keys of the laws differ, those of each folder get a mark of their own. */
const adapterOf = (folder: string, more: object = {}): Adapter => {
  const adapter = createRegistry().create(
    'bluesky',
    { ...settings, ...more },
    { clock: systemClock, folder, log: () => {} },
  );
  return keyedBy(folder, adapter);
};
const open = (folder: string) => adapterOf(folder);
const request = (temperature: number, seconds = 0.1): JobRequest => ({
  design: { temperature, seconds },
  rowId: null,
  substances: {},
  units: { temperature: '°C', seconds: 's' },
  fidelity: 'beamline',
  objectives: ['yield'],
});
const starts = async (folder: string) =>
  keysOf(folder, (await readFile(join(documents, 'ledger'), 'utf8').catch(() => '')).split('\n'));
const key = 'c/r1/p1/g1/run';
const waitFor = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 600_000, interval: 100 });
const ended = (adapter: Adapter, job: string) =>
  waitFor(async () => {
    const status = await adapter.status(job);
    expect(['succeeded', 'failed', 'cancelled', 'unknown'], JSON.stringify(status)).toContain(status.state);
    return status;
  });
const reach = (adapter: Adapter, job: string, state: string) =>
  waitFor(async () => expect(await adapter.status(job)).toMatchObject({ state }));
/** The server calls a plan running before its first step is done. */
const begun = (folder: string) => waitFor(async () => expect(await starts(folder)).toEqual([key]));

/** A plan that somebody has put into the queue themselves. */
const beginByHand = async () => {
  const kwargs = { kelvin: 343.15, seconds: 0.1, key: 'by hand' };
  const added = await ask('POST', '/queue/item/add', { item: { item_type: 'plan', name: 'react', kwargs } });
  await ask('POST', '/queue/start', {});
  return (added as { item: { item_uid: string } }).item.item_uid;
};

describe.skipIf(lacking !== null)('bluesky-queueserver 0.0.25', () => {
  describeAdapterLaws('bluesky', {
    newFolder,
    clock: systemClock,
    starts,
    limitMs: 300_000,
    succeeds: { open, request: request(70) },
    another: request(90),
    beginByHand,
    fails: { open, request: request(500) },
    refused: { open, request: { ...request(70), design: { seconds: 1 } } },
    runsLong: { open, request: request(70, 600) },
  });

  test('a refusal has status 200: a plan that is not there, a wrong keyword and a wrong type are trials that failed', async () => {
    for (const [more, words] of [
      [{ plan: 'nonesuch' }, /'nonesuch' is not in the list of allowed plans/],
      [{ kwargs: { ...settings.kwargs, bogus: 1 } }, /bogus/],
      [{ kwargs: { ...settings.kwargs, seconds: 'abc' } }, /seconds/],
    ] as const) {
      const adapter = adapterOf(await newFolder(), more);
      const job = await adapter.submit(key, request(70), { fence: 1 });
      const status = await adapter.status(job);
      expect(status.state).toBe('failed');
      expect(status.message).toMatch(words);
    }
  });

  test('without the right key nothing is begun, and the trial waits', async () => {
    process.env.ATHANOR_TEST_OTHER = 'wrong-sesame-16';
    const adapter = adapterOf(await newFolder(), { auth: { apiKey: { from: 'ATHANOR_TEST_OTHER' } } });
    await expect(adapter.submit(key, request(70), { fence: 1 })).rejects.toThrow(/status 401/);
    expect(await adapter.health!()).toMatchObject({ ok: false });
  });

  test('a plan that fails tells why, and is not run again though the server puts it back', async () => {
    const [one, other] = [await newFolder(), await newFolder()];
    const adapter = open(one);
    const job = await adapter.submit(key, request(500), { fence: 1 });
    await until((status) => status.manager_state === 'idle' && status.items_in_queue === 1);
    // Another trial starts the queue before anybody has looked.
    const next = open(other);
    const second = await next.submit(key, request(60), { fence: 1 });
    expect((await ended(next, second)).state).toBe('succeeded');
    await ended(adapter, job);
    expect((await adapter.result(job)).cause).toEqual({
      class: 'chemistry',
      code: 'Precipitated',
      message: 'Plan failed: it fell out at 773.15 K',
    });
    expect(await starts(one)).toEqual([key]);
    expect((await ask('GET', '/queue/get')).items).toEqual([]);
  });

  test('a job is found in the queue, while it runs and in the history, by its key alone', async () => {
    const [one, other] = [await newFolder(), await newFolder()];
    const [first, second] = [open(one), open(other)];
    const a = await first.submit(key, request(70, 10), { fence: 1 });
    const b = await second.submit(key, request(71, 0.1), { fence: 1 });
    await reach(first, a, 'running');
    expect((await second.status(b)).state).toBe('queued');
    for (const folder of [one, other]) {
      await rm(folder, { recursive: true });
      await mkdir(folder);
      expect(await open(folder).find!(key, { fence: 1 })).toMatch(/^[0-9a-f]{32}$/);
      expect(await open(folder).find!(`${key}2`, { fence: 1 })).toBeNull();
    }
    await ended(open(other), b);
    await rm(one, { recursive: true });
    await mkdir(one);
    const again = open(one);
    expect(await again.find!(key, { fence: 1 })).toBe(a);
    expect(await again.submit(key, request(70, 10), { fence: 9 })).toBe(a);
    expect((await again.result(a)).values).toEqual({ yield: 70 });
    expect(await starts(one)).toEqual([key]);
  });

  test.each(['loseReply', 'html', 'truncate'] as const)(
    'a plan whose adding was answered with %s does not stand in a queue that nobody starts',
    async (what) => {
      const folder = await newFolder();
      const adapter = adapterOf(folder, { url: front.url });
      front.order(/POST \/api\/queue\/item\/add/, what);
      const job = await adapter.submit(key, request(70), { fence: 1 });
      expect((await ended(adapter, job)).state).toBe('succeeded');
      expect(await starts(folder)).toEqual([key]);
    },
  );

  test.each(
    (['html', 'truncate', 'huge'] as const).flatMap((what) =>
      ['status', 'queue/get', 'history/get'].map((path) => [what, path] as const),
    ),
  )('a look that is answered with %s at %s says nothing of the plan, and is taken again', async (what, path) => {
    const adapter = adapterOf(await newFolder(), { url: front.url });
    const job = await adapter.submit(key, request(70, 1), { fence: 1 });
    front.order(new RegExp(`^GET /api/${path}`), what);
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect((await adapter.result(job)).values).toEqual({ yield: expect.any(Number) });
  });

  test('a call that was lost on its way began nothing, and is made again when that is certain', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { url: front.url, timeout: '2s' });
    front.order(/POST \/api\/queue\/item\/add/, 'loseCall');
    await expect(adapter.submit(key, request(70), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await waitFor(() => adapter.find!(key, { fence: 1 }))).toBeNull();
    expect((await ended(adapter, await adapter.submit(key, request(70), { fence: 2 }))).state).toBe('succeeded');
    expect(await starts(folder)).toEqual([key]);
  });

  test('the same key twice in the server is told, and none is followed', async () => {
    const folder = await newFolder();
    const item = {
      item_type: 'plan',
      name: 'react',
      kwargs: { kelvin: 300, seconds: 0 },
      meta: { athanor_key: `${folder}:${key}` },
    };
    for (let i = 0; i < 2; i++) await ask('POST', '/queue/item/add', { item });
    await expect(open(folder).find!(key, { fence: 1 })).rejects.toThrow(/has 2 plans of key/);
    await ask('POST', '/queue/clear', {});
  });

  test('a plan that somebody pauses at the server is paused, and goes on', async () => {
    const adapter = open(await newFolder());
    const job = await adapter.submit(key, request(70, 15), { fence: 1 });
    await reach(adapter, job, 'running');
    await ask('POST', '/re/pause', { option: 'immediate' });
    await reach(adapter, job, 'paused');
    await ask('POST', '/re/resume', {});
    expect((await ended(adapter, job)).state).toBe('succeeded');
  });

  test('a plan that waits can be cancelled; it never runs', async () => {
    const [one, other] = [await newFolder(), await newFolder()];
    const [first, second] = [open(one), open(other)];
    const a = await first.submit(key, request(70, 10), { fence: 1 });
    const b = await second.submit(key, request(71), { fence: 1 });
    await second.cancel!(b, { fence: 9 });
    expect((await second.status(b)).state).toBe('cancelled');
    expect((await ended(first, a)).state).toBe('succeeded');
    expect(await starts(other)).toEqual([]);
  });

  test('a queue that a person has locked takes nothing, and the trial waits', async () => {
    const adapter = open(await newFolder());
    await ask('POST', '/lock', { queue: true, lock_key: 'abc', note: 'service' });
    await expect(adapter.submit(key, request(70), { fence: 1 })).rejects.toThrow(/does not take plans now: .*lock/i);
    await ask('POST', '/unlock', { lock_key: 'abc' });
    expect(await adapter.find!(key, { fence: 1 })).toBeNull();
    expect((await ended(adapter, await adapter.submit(key, request(70), { fence: 2 }))).state).toBe('succeeded');
  });

  test.each([
    ['nan', {}, /NaN and infinity are not JSON/],
    ['text', {}, /"71.2" stands there/],
    ['nothing', {}, /null stands there/],
    [
      'unit',
      { values: { yield: { path: 'runs[0].start.yield', unit: { path: 'runs[0].start.unit' }, as: '°C' } } },
      /'furlong' cannot be told in '°C'|'furlong'/,
    ],
    ['good', { documents: 'broken_documents' }, /are no list of runs/],
    ['good', { documents: 'run_documents', values: { yield: 'runs[1].start.yield' } }, /nothing stands there/],
  ] as const)('documents with %s %j are refused with words, and kept', async (said, more, words) => {
    const adapter = adapterOf(await newFolder(), { kwargs: { ...settings.kwargs, said }, ...more });
    const job = await adapter.submit(key, request(70), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values, details, artefacts } = await adapter.result(job);
    expect(Number.isFinite(values.yield)).toBe(false);
    expect(details!.refused).toEqual([expect.stringMatching(words)]);
    expect(Object.keys(artefacts!)).toEqual(said === 'nan' ? ['item.json'] : ['item.json', 'documents.json']);
  });

  test('a campaign in °C', async () => {
    const folder = await newFolder();
    const trials = await trialsOf(
      folder,
      `name: beamline
seed: 3
space: {parameters: [{name: temperature, type: continuous, bounds: [20, 140], unit: °C}]}
objectives: [{name: yield, direction: maximise}]
fidelities: [{name: beamline, adapter: bluesky, cost: 1, settings: ${JSON.stringify({ ...settings, kwargs: { kelvin: '{temperature as K}', seconds: 0, key: '{key}' } })}}]
budget: {trials: 4}
`,
    );
    expect(trials).toHaveLength(4);
    for (const { proposal, observation } of trials)
      expect(observation?.values.yield).toBeCloseTo(proposal.design.temperature as number, 9);
  });

  test('a worker process that is lost: the server calls the plan failed, we unknown, and nothing runs again', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(70, 60), { fence: 1 });
    await begun(folder);
    await ask('POST', '/environment/destroy', {});
    expect(await ended(adapter, job)).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('destroyed'),
    });
    const next = open(await newFolder());
    await expect(next.submit(key, request(60), { fence: 1 }).then((id) => next.status(id))).resolves.toMatchObject({
      state: 'queued',
      message: expect.stringContaining('closed'),
    });
    await openEnvironment();
    await ask('POST', '/queue/start', {});
    await until((status) => status.items_in_queue === 0 && status.manager_state === 'idle');
    expect(await starts(folder)).toEqual([key]);
  });

  test('a manager killed in mid-plan and started again has lost how it ended: unknown, begun once', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(70, 60), { fence: 1 });
    await begun(folder);
    await reach(adapter, job, 'running');
    const begunBy = await processesOf(manager.pid);
    // It is gone when they are, who hold its output.
    const gone = manager.kill();
    begunBy.forEach(killed);
    await gone;
    // The HTTP server answers with what it has heard a moment ago.
    await waitFor(() => expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' }));
    await expect(open(await newFolder()).submit(key, request(71), { fence: 1 })).rejects.toMatchObject({
      code: 'ADAPTER',
    });
    await startManager();
    await until((status) => status.manager_state === 'idle');
    expect(await ended(adapter, job)).toMatchObject({ state: 'unknown', message: expect.stringContaining('restart') });
    expect(await starts(folder)).toEqual([key]);
  });
});

test('where the server cannot be had it is said why', ({ skip }) => {
  if (lacking !== null) skip(lacking);
});

/** Processes that a process has started, whichever of its threads did. */
async function processesOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''));
  return (await Promise.all(lists)).flatMap((text) => text.split(' ').filter(Boolean).map(Number));
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
