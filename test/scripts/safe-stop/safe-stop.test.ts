import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { isRunning, until } from '../../../scripts/local/process.js';
import { guard } from '../../../scripts/safe-stop/guard.js';
import { callGuard, endGuard, startGuard } from '../../../scripts/safe-stop/guard-client.js';
import { onLines, say, variableHashes } from '../../../scripts/safe-stop/guard-words.js';
import { keepGuard } from '../../../scripts/safe-stop/keep-guard.js';
import { keepInstrument, keepLabs } from '../../../scripts/safe-stop/kept-instruments.js';
import { latchedBy, untoldActs } from '../../../scripts/safe-stop/latch.js';
import { safeStop } from '../../../scripts/safe-stop/safe-stop.js';
import type { StopRow } from '../../../scripts/safe-stop/stop-instruments.js';
import { systemClock } from '../../../scripts/simulate/clock.js';
import { callCli } from '../../support/cli.js';
import { type Counterpart, startCounterpart } from '../../support/counterparts.js';

const program = fileURLToPath(new URL('../../counterparts/http-device.mjs', import.meta.url));
const limitMs = 600_000;
let home: string;
let device: Counterpart;
const undo: (() => unknown)[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'athanor-stop-'));
  device = await startCounterpart(process.execPath, [program, home, '0']);
});
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
  await endGuard(home);
  await device.kill();
  // A guard that was started beside another and is slow to begin may write into its folder still, until it finds its home gone.
  await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const settings = (url: string, more: object = {}) => ({
  url,
  timeout: '120s',
  poll: '20ms',
  submit: { path: '/jobs', body: { key: '{key}', x: '{x}', ms: '{ms}' }, job: 'id' },
  find: { path: '/jobs?key={key}', list: 'items', match: 'meta.key', job: 'id' },
  status: {
    path: '/jobs/{job}',
    state: 'status',
    states: { running: ['busy'], paused: ['held'], succeeded: ['done'], failed: ['broken'], cancelled: ['aborted'] },
  },
  result: { path: '/jobs/{job}/result' },
  values: { y: { path: 'out.y' } },
  cancel: { path: '/jobs/{job}' },
  ...more,
});

/** Keeps an instrument of the device, as a worker that drives it does. */
async function instrument(id: string, more: object = {}, url = `http://127.0.0.1:${device.line}/wet`) {
  const folder = join(home, 'instruments', encodeURIComponent(id));
  await mkdir(folder, { recursive: true });
  const kept = { id, adapter: 'http', settings: settings(url, more), modules: [], folder };
  keepInstrument(home, kept);
  return createRegistry().create('http', kept.settings, { clock: systemClock, folder, log: () => {} });
}

/** An instrument that takes connections and says nothing. */
async function mute(id: string) {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as net.AddressInfo;
  await instrument(id, { safeStop: { path: '/stop' } }, `http://127.0.0.1:${port}`);
  return {
    asked: once(server, 'connection'),
    hangUp: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

const begin = async (adapter: Awaited<ReturnType<typeof instrument>>) => {
  const request = { design: { x: 2, ms: 600_000 }, rowId: null, substances: {}, fidelity: 'f', objectives: ['y'] };
  return adapter.submit('c/r1/p1/g1/run', request, { fence: 1 });
};
const words = async () =>
  (await readFile(join(home, 'device.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { word: string }).word);
const stop = async (...args: string[]) => {
  const { code, stdout, stderr } = await callCli(['lab', 'stop', ...args, '--why', 'smoke', '--as', 'ada', '--json'], {
    // Servers that are not there.
    env: { ATHANOR_HOME: home, DATABASE_URL: 'postgresql://u@127.0.0.1:9/x', TEMPORAL_ADDRESS: '127.0.0.1:9' },
  });
  const rows = stdout === '' ? [] : (JSON.parse(stdout) as { instruments: StopRow[] }).instruments;
  return { code, stderr, rows: Object.fromEntries(rows.map((row) => [row.instrument, row])) };
};
const guardPid = async () =>
  (JSON.parse(await readFile(join(home, 'safe-stop', 'guard.json'), 'utf8')) as { pid: number }).pid;
const guarded = () => until(async () => (await callGuard(home))?.destroy() !== undefined, limitMs);

describe('lab stop, with no server to be had', () => {
  test.each(['no guard', 'a guard'])(
    '%s: ends what runs, and names what does not answer and what cannot',
    async (who) => {
      const job = await begin(await instrument('wet/reactor'));
      await mute('wet/pump');
      await instrument('dry/oven', { cancel: undefined });
      if (who === 'a guard') {
        await startGuard(home);
        expect(await guarded()).toBe(true);
      }
      const { code, rows } = await stop('--deadline', '1s');
      expect(code).toBe(5);
      expect(rows['wet/reactor']).toMatchObject({ outcome: 'stopped', message: null });
      expect(rows['wet/pump']).toMatchObject({
        outcome: 'silent',
        message: expect.stringContaining('no answer within 1 s'),
      });
      expect(rows['dry/oven']).toMatchObject({ outcome: 'cannot', message: expect.stringContaining('no safe stop') });
      expect(await words()).toEqual(['start', 'cancel']);
      expect((await (await instrument('wet/reactor')).status(job)).state).toBe('cancelled');
      const log = await readFile(join(home, 'safe-stop', 'guard.log'), 'utf8').catch(() => '');
      expect(log.includes('wet/reactor: stopped')).toBe(who === 'a guard');
    },
  );

  test('of one lab leaves the others alone; nothing begins until a person clears it', async () => {
    await begin(await instrument('wet/reactor'));
    await instrument('dry/oven');
    const { code, rows } = await stop('wet');
    expect([code, Object.keys(rows)]).toEqual([0, ['wet/reactor']]);
    expect([latchedBy(home, 'wet/reactor'), latchedBy(home, 'dry/oven')]).toEqual([
      expect.stringContaining('smoke'),
      null,
    ]);
    const clear = (...args: string[]) => callCli(['lab', 'clear', ...args], { env: { ATHANOR_HOME: home } });
    expect((await clear('--why', 'aired')).code).toBe(3);
    expect((await clear('--lab', 'wet')).code).toBe(2);
    const cleared = await clear('--lab', 'wet', '--why', 'aired');
    expect([cleared.code, cleared.stdout]).toEqual([0, expect.stringContaining('stopped by ada')]);
    expect(latchedBy(home, 'wet/reactor')).toBeNull();
  });

  test('names what is of the lab and driven from elsewhere alone, and ends with 5', async () => {
    await begin(await instrument('wet/reactor'));
    const device = { adapter: 'http', settings: {}, can: [], slots: 1, uses: {}, maintenance: [] };
    const instruments = {
      reactor: device,
      oven: { ...device, worker: 'lab-pc' },
      table: { ...device, adapter: 'dataset' },
    };
    keepLabs(home, [{ name: 'wet', definition: { instruments } }]);
    const { code, rows } = await stop('wet');
    expect([code, Object.keys(rows)]).toEqual([5, ['wet/oven', 'wet/reactor']]);
    expect(rows['wet/reactor']).toMatchObject({ outcome: 'stopped' });
    expect(rows['wet/oven']).toMatchObject({
      outcome: 'elsewhere',
      message: expect.stringContaining('never driven from here'),
    });
    const all = await callCli(['lab', 'stop', '--why', 'smoke'], { env: { ATHANOR_HOME: home } });
    expect([all.code, all.stdout]).toEqual([0, expect.stringContaining('NOT ASKED  wet/oven')]);
  });

  test('of a lab that is not known says that nothing was stopped, which labs there are, and ends with 5', async () => {
    await begin(await instrument('wet-lab/reactor'));
    const env = { ATHANOR_HOME: home };
    const { code, stdout } = await callCli(['lab', 'stop', 'wetlab', '--why', 'smoke'], { env });
    expect(code).toBe(5);
    expect(stdout).toContain("NOTHING WAS STOPPED: no lab 'wetlab' is known here; did you mean wet-lab?");
    expect(stdout).not.toContain('nothing begins');
    expect(await words()).toEqual(['start']);
    const json = await callCli(['lab', 'stop', 'wetlab', '--why', 'smoke', '--json'], { env });
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([5, { instruments: [], labs: ['wet-lab'] }]);
  });

  test('is noted for other homes before any device has answered', async () => {
    const device = await mute('wet/pump');
    const asked = { lab: 'wet', who: 'ada', why: 'smoke', deadlineMs: limitMs };
    const stopping = safeStop(home, asked, { log: () => {}, onRow: () => {} });
    await device.asked;
    const told = () => untoldActs(home).map(({ act }) => `${act.act} ${act.lab}`);
    expect(told()).toEqual(['stop wet']);
    device.hangUp();
    await stopping;
    expect(told()).toEqual(['stop wet', 'stopped wet']);
  });

  test('refuses what makes no sense, every fault at once, and stops nothing then', async () => {
    await begin(await instrument('wet/reactor'));
    const { code, stderr } = await stop('no/lab', '--deadline', 'soon');
    expect(code).toBe(2);
    for (const word of ['no/lab', 'soon']) expect(stderr).toContain(word);
    expect(await words()).toEqual(['start']);
  });
});

describe('the guard', () => {
  test('is started with a worker that drives something, and outlives it, killed with kill -9', async () => {
    const worker = () => {
      const code = `import('${new URL('../../../dist/scripts/safe-stop/keep-guard.js', import.meta.url).href}').then((m) => m.keepGuard(process.argv[1], console.error)); setInterval(() => {}, 1e6);`;
      const child = spawn(process.execPath, ['-e', code, home], { stdio: 'inherit' });
      undo.push(() => child.kill('SIGKILL'));
      return child;
    };
    const adapter = await instrument('wet/reactor');
    const first = worker();
    expect(await guarded()).toBe(true);
    const pid = await guardPid();
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await isRunning({ pid, started: await startOf(pid) })).toBe(true);
    await begin(adapter);
    expect((await stop()).rows['wet/reactor']).toMatchObject({ outcome: 'stopped' });
    // The next worker finds it, and has another where it died.
    worker();
    process.kill(pid, 'SIGKILL');
    expect(await until(async () => (await guardPid()) !== pid, limitMs)).toBe(true);
  });

  test('is one a home, however many are started', async () => {
    await instrument('wet/reactor');
    await Promise.all([1, 2, 3].map(() => startGuard(home)));
    expect(await guarded()).toBe(true);
    const pid = await guardPid();
    await guard(home, { environment: {}, log: () => {} });
    expect(await guardPid()).toBe(pid);
  });

  test('ends when nobody has worked for the home for a while, and not before', async () => {
    await instrument('wet/reactor');
    const over = guard(home, { environment: {}, log: () => {}, aloneMs: 30_000 });
    expect(await guarded()).toBe(true);
    await endGuard(home);
    await over;
    await guard(home, { environment: {}, log: () => {}, aloneMs: 1 });
    const again = guard(home, { environment: {}, log: () => {}, aloneMs: 1_000 });
    const socket = await until(async () => (await callGuard(home)) !== null, limitMs).then(() => callGuard(home));
    say(socket!, { say: 'work', variables: {} });
    await once(socket!, 'data');
    socket!.destroy();
    await again;
  });

  test('that dies with words unread ends no worker: the next is found', async () => {
    await instrument('wet/reactor');
    // It answers nothing and reads nothing: its end is a reset of the connection.
    await startGuard(home);
    expect(await guarded()).toBe(true);
    const pid = await guardPid();
    process.kill(pid, 'SIGSTOP');
    const kept = keepGuard(home, () => {});
    undo.push(() => kept.leave());
    const socket = (await callGuard(home))!;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    onLines(socket, () => {});
    say(socket, { say: 'work', variables: {} });
    process.kill(pid, 'SIGKILL');
    await closed;
    expect(await until(async () => (await guardPid()) !== pid && (await guarded()), limitMs)).toBe(true);
  });

  test('that lacks a secret which a worker has gives way to one that has it', async () => {
    await instrument('wet/reactor', { headers: { 'X-Key': { from: 'REACTOR_KEY' } }, safeStop: { path: '/health' } });
    delete process.env.REACTOR_KEY;
    await startGuard(home);
    expect(await guarded()).toBe(true);
    const pid = await guardPid();
    expect((await stop()).rows['wet/reactor']).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('REACTOR_KEY'),
    });
    process.env.REACTOR_KEY = 'correct-horse-battery';
    undo.push(() => delete process.env.REACTOR_KEY);
    expect(JSON.stringify(variableHashes(home, process.env))).not.toContain('correct');
    const kept = keepGuard(home, () => {});
    undo.push(() => kept.leave());
    expect(await until(async () => (await guardPid()) !== pid && (await guarded()), limitMs)).toBe(true);
    expect((await stop()).rows['wet/reactor']).toMatchObject({ outcome: 'stopped' });
    expect(await readFile(join(home, 'safe-stop', 'guard.log'), 'utf8')).not.toContain('correct-horse');
  });

  test("is ended with the home's servers, and stays so until another worker comes", async () => {
    await instrument('wet/reactor');
    const kept = keepGuard(home, () => {});
    undo.push(() => kept.leave());
    expect(await guarded()).toBe(true);
    expect((await callCli(['down'], { env: { ATHANOR_HOME: home } })).code).toBe(0);
    expect(await callGuard(home)).toBeNull();
    kept.look();
    expect(await callGuard(home)).toBeNull();
  });

  test('is not brought back by a worker that was about to find it, nor begins late for one', async () => {
    await instrument('wet/reactor');
    const since = Date.now();
    const kept = keepGuard(home, () => {});
    undo.push(() => kept.leave());
    // Nobody guards yet: the worker has asked for one, which has not begun.
    await endGuard(home);
    await guard(home, { environment: {}, log: () => {}, since });
    const next = guard(home, { environment: {}, log: () => {} });
    expect(await guarded()).toBe(true);
    await endGuard(home);
    await next;
    expect(await callGuard(home)).toBeNull();
  });
});

async function startOf(pid: number): Promise<string | null> {
  const { processStart } = await import('../../../scripts/local/process.js');
  return processStart(pid);
}
