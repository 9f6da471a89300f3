import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { close, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { UnavailableError } from './unavailable-error.js';

/** A process that can be told apart from a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  /** When it started, in the kernel's own words; null where that cannot be read. */
  readonly started: string | null;
}

/** Who runs the program, for a process started as root that must not be root. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Starts a server that lives on when this process ends: own session, no pipe to us, output appended to a file.
 *
 * @param logFile - absolute path, made if absent
 * @param umask - of the server; ours where absent
 * @throws {UnavailableError} if the program cannot be started
 */
export async function startDetached(
  program: string,
  args: readonly string[],
  options: { logFile: string; cwd: string; env?: NodeJS.ProcessEnv; runAs?: RunAs | null; umask?: number },
): Promise<ProcessId> {
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    const start = () =>
      spawn(program, args, {
        cwd: options.cwd,
        detached: true,
        stdio: ['ignore', log, log],
        env: options.env ?? process.env,
        ...(options.runAs ?? {}),
      });
    const child = options.umask === undefined ? start() : withUmask(options.umask, start);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) =>
        reject(new UnavailableError(`cannot start ${program}: ${cause.message}`, { cause })),
      );
    });
    child.unref();
    const pid = child.pid as number;
    return { pid, started: await processStart(pid) };
  } finally {
    close(log);
  }
}

/** Does something at once with another umask, which a process that is made then takes over. */
function withUmask<T>(umask: number, work: () => T): T {
  const before = process.umask(umask);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}

/** When a process started, from /proc; null if it is gone, or where there is no /proc. */
export async function processStart(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; what follows the last parenthesis is field 3 onwards.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Whether that very process still runs; a zombie and a recycled number do not count. */
export async function isRunning(id: ProcessId): Promise<boolean> {
  if (process.platform === 'linux') return id.started !== null && (await processStart(id.pid)) === id.started;
  try {
    process.kill(id.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Ends a process: the given signals one after another, each with its own time to take effect.
 *
 * @returns false if it was gone already
 * @throws {UnavailableError} if it outlives the last signal
 */
export async function endProcess(id: ProcessId, signals: readonly [NodeJS.Signals, number][]): Promise<boolean> {
  if (!(await isRunning(id))) return false;
  for (const [signal, graceMs] of signals) {
    try {
      process.kill(id.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
      throw new UnavailableError(`cannot end process ${id.pid}: ${(error as Error).message}`, { cause: error });
    }
    if (await until(async () => !(await isRunning(id)), graceMs)) return true;
  }
  throw new UnavailableError(`process ${id.pid} does not end, not even on ${signals.at(-1)?.[0]}`);
}

/** Asks again and again, more slowly each time up to 250 ms, until true; false when the time is up. */
export async function until(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(250, pauseMs * 1.5)) {
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await wait(pauseMs);
  }
}

/** Where ports are drawn from: below those that systems give to connections, which may take the port of a server that is down. */
const drawn = { from: 12_000, count: 18_000, tries: 50 };
/** How long a server that has ended may hold its port, milliseconds: the threads of one that was killed end after it is gone. */
const heldMs = 5_000;

/** A port of the loopback address that nobody listens on: the preferred one if it is free or soon is, else any. */
export async function freePort(preferred: number | null): Promise<number> {
  if (preferred !== null && (await until(async () => (await listenOnce(preferred)) !== null, heldMs))) return preferred;
  for (let i = 0; i < drawn.tries; i++) {
    const port = await listenOnce(randomInt(drawn.from, drawn.from + drawn.count));
    if (port !== null) return port;
  }
  const port = await listenOnce(0);
  if (port === null) throw new UnavailableError('no free port on 127.0.0.1');
  return port;
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const given = (server.address() as net.AddressInfo).port;
      server.close(() => resolve(given));
    });
  });
}
