import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createRegistry } from '../../lab-adapters/registry.js';
import { AthanorError } from '../../models/domain/errors.js';
import { isRunning, until } from '../local/process.js';
import { stopServices } from '../local/services.js';
import { readState } from '../local/state.js';
import { callGuard } from '../safe-stop/guard-client.js';
import { keepInstrument } from '../safe-stop/kept-instruments.js';
import { clearStop } from '../safe-stop/safe-stop.js';
import { systemClock } from '../simulate/clock.js';
import type { BenchResult } from './contract.js';
import { type StoppableDevice, stoppableDevice } from './safe-stop-device.js';

/** Half of them with the servers alive, half without. */
const tries = 100;
/** Further ones without a guard either. */
const aloneTries = 50;
/** What the 99th percentile of all tries with a guard has to be below, milliseconds: the last device, and the whole command. */
const limitMs = 1_000;
const deviceCount = 3;
const waitMs = 60_000;
const command = fileURLToPath(new URL('../cli.js', import.meta.url));

/** One stop: until the last device had its stop, and until the command had ended, milliseconds from the start of its process. */
export interface Try {
  readonly left: 'all' | 'guard' | 'nothing';
  readonly deviceMs: number;
  readonly commandMs: number;
  /** What starting Node alone took right before, which tells how busy the machine was. */
  readonly nodeMs: number;
}

/**
 * How long `athanor lab stop` takes: 100 times the whole command, on three devices of HTTP with a job each. In the first half
 * a worker and both servers run; before the second all of them are killed with kill -9, and the guard alone is left. Then, 50 times
 * more, it is killed too, and the command asks the devices itself. The first 100 have a limit.
 */
export async function benchSafeStop(log: (line: string) => void): Promise<BenchResult> {
  const home = await mkdtemp(path.join(tmpdir(), 'athanor-bench-'));
  const devices = await Promise.all(Array.from({ length: deviceCount }, stoppableDevice));
  devices.forEach(({ settings }, i) => {
    const id = `bench/device${i}`;
    const folder = path.join(home, 'instruments', encodeURIComponent(id));
    keepInstrument(home, { id, adapter: 'http', settings, modules: [], folder });
  });
  const environment = { ...process.env, ATHANOR_HOME: home, DATABASE_URL: '', TEMPORAL_ADDRESS: '' };
  // Names that are there, and empty, are no servers.
  const { DATABASE_URL: _, TEMPORAL_ADDRESS: __, ...env } = environment;
  const worker = spawn(process.execPath, [command, 'worker'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    for await (const line of createInterface({ input: worker.stderr })) if (line.startsWith('worker ready')) break;
    if (!(await until(async () => (await callGuard(home))?.destroy() !== undefined, waitMs)))
      throw new AthanorError('BENCH', 'no guard was started');
    const done: Try[] = [];
    for (let i = 0; i < tries + aloneTries; i++) {
      if (i === tries / 2) await killAll(home, worker);
      if (i === tries) await killGuard(home);
      const left = i < tries / 2 ? 'all' : i < tries ? 'guard' : 'nothing';
      done.push(await tryOnce(home, devices, { env, left, key: `bench/r${i + 1}/p1/g1/run` }));
      if ((i + 1) % 25 === 0) log(`${i + 1} of ${tries + aloneTries}`);
    }
    return judged(done);
  } finally {
    worker.kill('SIGKILL');
    for (const device of devices) device.close();
    await stopServices(home);
    await rm(home, { recursive: true, force: true });
  }
}

/** The figures, and which limits they miss. */
export function judged(done: readonly Try[]): BenchResult {
  const of = (...left: readonly Try['left'][]) => summary(done.filter((one) => left.includes(one.left)));
  const [all, up, down, alone] = [of('all', 'guard'), of('all'), of('guard'), of('nothing')];
  const text = (name: string, { device, command: whole, node }: ReturnType<typeof summary>) =>
    `${name.padEnd(13)}  last device p50 ${device.p50} p99 ${device.p99} max ${device.max} ms; command p50 ${whole.p50} p99 ${whole.p99} max ${whole.max} ms; Node alone p50 ${node.p50} p99 ${node.p99} ms`;
  const missed = (['device', 'command'] as const)
    .filter((what) => all[what].p99 >= limitMs)
    .map(
      (what) =>
        `p99 of the ${what === 'device' ? 'last device' : 'command'} is ${all[what].p99} ms, not below ${limitMs} ms`,
    );
  return {
    figures: { all, up, down, alone, limitMs, missed },
    lines: [
      text('all', all),
      text('servers up', up),
      text('servers down', down),
      text('no guard', alone),
      `wanted: p99 below ${limitMs} ms over ${tries} tries, servers down in half: ${missed.length === 0 ? 'held' : 'MISSED'}`,
    ],
    missed,
  };
}

async function tryOnce(
  home: string,
  devices: readonly StoppableDevice[],
  { env, left, key }: { readonly env: NodeJS.ProcessEnv; readonly left: Try['left']; readonly key: string },
): Promise<Try> {
  for (const [i, { settings }] of devices.entries()) {
    const folder = path.join(home, 'instruments', encodeURIComponent(`bench/device${i}`));
    const adapter = createRegistry().create('http', settings, { clock: systemClock, folder, log: () => undefined });
    const request = { design: {}, rowId: null, substances: {}, fidelity: 'bench', objectives: ['y'] };
    await adapter.submit(key, request, { fence: 1 });
    await adapter.close();
  }
  const idle = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  const begun = performance.now();
  const child = spawn(process.execPath, [command, 'lab', 'stop', '--why', 'bench', '--json'], { env, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  const ended = performance.now();
  const stops = devices.map((device) => device.stoppedAt());
  if (code !== 0 || stops.includes(null))
    throw new AthanorError('BENCH', `lab stop ended with ${code}, and a job runs on`);
  clearStop(home, { lab: null, who: 'bench', why: 'bench' });
  return {
    left,
    deviceMs: Math.max(...(stops as number[])) - begun,
    commandMs: ended - begun,
    nodeMs: begun - idle,
  };
}

/** Kills the worker first, as it would start its servers again. */
async function killAll(home: string, worker: ReturnType<typeof spawn>): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  const { postgres, temporal } = await readState(home);
  for (const server of [postgres, temporal]) {
    if (server === null) throw new AthanorError('BENCH', 'a server was not of this home');
    process.kill(server.pid, 'SIGKILL');
    if (!(await until(async () => !(await isRunning(server)), waitMs)))
      throw new AthanorError('BENCH', 'a server lives on');
  }
}

async function killGuard(home: string): Promise<void> {
  const file = path.join(home, 'safe-stop', 'guard.json');
  process.kill((JSON.parse(await readFile(file, 'utf8')) as { pid: number }).pid, 'SIGKILL');
  if (!(await until(async () => (await callGuard(home)) === null, waitMs)))
    throw new AthanorError('BENCH', 'the guard lives on');
}

function summary(done: readonly Try[]) {
  const of = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share: number) =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!);
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  };
  return {
    device: of(done.map(({ deviceMs }) => deviceMs)),
    command: of(done.map(({ commandMs }) => commandMs)),
    node: of(done.map(({ nodeMs }) => nodeMs)),
  };
}
