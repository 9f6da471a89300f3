import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { openStore, type Store } from '../../../activities/store/client.js';
import { connect } from '../../../scripts/durable/control.js';
import type { Control } from '../../../scripts/durable/control-contract.js';
import { retriesUntilClosed } from '../../../scripts/durable/retries-until-closed.js';
import { withLock } from '../../../scripts/local/lock.js';
import { startPostgres } from '../../../scripts/local/postgres.js';
import { isRunning, until } from '../../../scripts/local/process.js';
import { readState } from '../../../scripts/local/state.js';
import { startTemporal, temporalProgram } from '../../../scripts/local/temporal.js';
import { type TemporaryHome, temporaryHome } from '../../support/home.js';
import { BenchDevice } from './device.js';
import { benchLab, type InstrumentName, instruments } from './lab.js';
import { Line } from './line.js';
import { type BenchWorkerSettings, StoppableWorker } from './stoppable-worker.js';

/** What a run may kill. `adapter`: the process in which the adapter of the reactor is, a worker on the network of the lab. */
export const victims = ['worker', 'adapter', 'device', 'PostgreSQL', 'Temporal'] as const;
/** One of them. */
export type Victim = (typeof victims)[number];

/** The lab's name in the store. */
export const labName = 'bench';

/** A lab with everything that it needs: servers, workers and instruments, each in a process of its own. One run at a time. */
export interface Lane {
  readonly control: Control;
  readonly client: Client;
  readonly store: Store;
  readonly devices: Readonly<Record<InstrumentName, BenchDevice>>;
  /** Decides, and drives all but the reactor. */
  readonly worker: StoppableWorker;
  /** Drives the reactor. */
  readonly adapter: StoppableWorker;
  /** Lines to the servers, for workers that are started `overLines`. */
  readonly lines: { readonly postgres: Line; readonly temporal: Line };
  /** Ends one with SIGKILL, and waits until it is gone. @param device - which of the instruments */
  kill(victim: Victim, device: InstrumentName): Promise<void>;
  /** Starts it again, as whoever supervises it does. */
  restart(victim: Victim, device: InstrumentName): Promise<void>;
  /** Starts both workers anew, with their servers at the end of lines that can be cut. */
  overLines(hurry: number): Promise<void>;
  /** Starts them anew as they were. */
  direct(): Promise<void>;
  close(): Promise<void>;
}

/** The program of the server is kept where the tests keep it. */
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'athanor-test');

/** Starts a lane. */
export async function openLane(): Promise<Lane> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    return { ...(await fill(opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(opened: (() => Promise<unknown>)[]): Promise<Omit<Lane, 'close'>> {
  const made = async (): Promise<TemporaryHome> => {
    const home = await temporaryHome();
    opened.push(() => home.remove());
    return home;
  };
  const [home, labHome] = [await made(), await made()];
  await mkdir(path.join(cache, 'bin'), { recursive: true });
  const program = await withLock(cache, 300_000, () => temporalProgram(cache, () => undefined));
  // What is written outlives the death of a process, whether the disk has it or not.
  const startServer = {
    PostgreSQL: () => startPostgres(home.path, { fsync: 'off' }),
    Temporal: () => startTemporal(home.path, program, 'default', { pragmas: { synchronous: 'OFF' } }),
  };
  const databaseUrl = await startServer.PostgreSQL();
  const { address: temporalAddress } = await startServer.Temporal();
  const lines = { postgres: new Line(portOf(databaseUrl)), temporal: new Line(portOf(`tcp://${temporalAddress}`)) };
  for (const line of Object.values(lines)) {
    await line.open();
    opened.push(() => line.refuse());
  }
  const names = instruments.map(
    (name) => [name, new BenchDevice(name, path.join(home.path, 'devices', name))] as const,
  );
  const devices = Object.fromEntries(names) as Record<InstrumentName, BenchDevice>;
  for (const device of Object.values(devices)) {
    opened.push(() => device.close());
    await device.open();
  }
  const servers = { databaseUrl, temporalAddress };
  const control = await connect(servers);
  opened.push(() => control.close());
  const connection = await Connection.connect({ address: temporalAddress, interceptors: retriesUntilClosed });
  opened.push(() => connection.close());
  const store = openStore(databaseUrl, { connections: 2 });
  opened.push(() => store.close());
  const ports = Object.fromEntries(names.map(([name, { line }]) => [name, line.port]));
  const both: Record<'worker' | 'adapter', BenchWorkerSettings> = {
    worker: { ...servers, home: home.path },
    adapter: { ...servers, home: labHome.path, instruments: ['reactor'] },
  };
  const workers = { worker: new StoppableWorker(both.worker), adapter: new StoppableWorker(both.adapter) };
  for (const worker of Object.values(workers)) opened.push(() => worker.kill());
  await workers.worker.start();
  await control.labs.up(benchLab(labName, ports as Record<InstrumentName, number>), 'bench');
  await workers.adapter.start();
  const anew = async (change: Partial<BenchWorkerSettings>) => {
    for (const name of ['worker', 'adapter'] as const) {
      await workers[name].kill();
      await workers[name].start({ ...both[name], ...change });
    }
  };
  const lined = () => {
    const url = new URL(databaseUrl);
    url.port = String(lines.postgres.port);
    return { databaseUrl: url.href, temporalAddress: `127.0.0.1:${lines.temporal.port}` };
  };
  return {
    control,
    client: new Client({ connection }),
    store,
    devices,
    ...workers,
    lines,
    kill: async (victim, device) => {
      if (victim === 'worker' || victim === 'adapter') return workers[victim].kill();
      if (victim === 'device') return devices[device].kill();
      return killServer(home.path, victim === 'PostgreSQL' ? 'postgres' : 'temporal');
    },
    restart: async (victim, device) => {
      if (victim === 'worker' || victim === 'adapter') await workers[victim].start();
      else if (victim === 'device') await devices[device].start();
      else await startServer[victim]();
    },
    overLines: (hurry) => anew({ ...lined(), hurry }),
    direct: () => anew({}),
  };
}

async function killServer(home: string, server: 'postgres' | 'temporal'): Promise<void> {
  const running = (await readState(home))[server]!;
  process.kill(running.pid, 'SIGKILL');
  if (!(await until(async () => !(await isRunning(running)), 10_000))) throw new Error(`${server} cannot be killed`);
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
