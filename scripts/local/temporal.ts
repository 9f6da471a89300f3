import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { retriesUntilClosed } from '../durable/retries-until-closed.js';
import type { TemporalAccess } from '../durable/temporal-access.js';
import { homeError, writeFileAtomically } from '../home.js';
import { endProcess, freePort, isRunning, processStart, startDetached, until } from './process.js';
import { readState, type TemporalState, updateState } from './state.js';
import { fetchTemporalProgram, findTemporalProgram, type TemporalProgram } from './temporal-program.js';
import { tlsTrouble } from './tls-trouble.js';
import { UnavailableError } from './unavailable-error.js';

/** A local Temporal server that answers. */
export interface LocalTemporal {
  /** host:port of its gRPC service. */
  readonly address: string;
  /** Its page for people. */
  readonly ui: string;
}

/** How long a server may take to let us in, and until it is asked whether TLS is the trouble, milliseconds. */
const connectMs = 10_000;
const tlsDoubtMs = 2_000;

/**
 * Checks a Temporal server that somebody else runs: it answers and has the namespace.
 *
 * @param patienceMs - how long it is waited for
 * @throws {UnavailableError} that says which of these fails
 */
export async function checkTemporal(
  address: string,
  namespace: string,
  access: TemporalAccess = {},
  patienceMs = connectMs,
): Promise<{ version: string }> {
  let connection: Connection;
  try {
    connection = await connected(address, access, patienceMs);
  } catch (cause) {
    if (cause instanceof UnavailableError) throw cause;
    const trouble = isRefusal(cause) ? refusal : await tlsTrouble(address, access);
    if (trouble !== null) throw shutOut(address, trouble, { cause });
    throw new UnavailableError(
      `no Temporal server answers at ${address} (TEMPORAL_ADDRESS): ${(cause as Error).message}; start it, correct the ` +
        'address, or unset it for a local server',
      { cause },
    );
  }
  try {
    await connection.withDeadline(Date.now() + 10_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    return { version: serverVersion ?? 'unknown' };
  } catch (cause) {
    if (isRefusal(cause)) throw shutOut(address, refusal, { cause });
    throw new UnavailableError(
      `the Temporal server at ${address} has no namespace '${namespace}' for us: ${(cause as Error).message}; make it ` +
        `(temporal operator namespace create -n ${namespace}) or set TEMPORAL_NAMESPACE`,
      { cause },
    );
  } finally {
    await connection.close();
  }
}

/**
 * A connection to a server; where it takes its time, TLS that does not fit is told at once, as no waiting mends that.
 *
 * @throws {UnavailableError} for that; else what Temporal's client throws
 */
async function connected(address: string, access: TemporalAccess, patienceMs: number): Promise<Connection> {
  const connecting = Connection.connect({
    ...access,
    address,
    connectTimeout: patienceMs,
    interceptors: retriesUntilClosed,
  });
  const over = new AbortController();
  const doubted = delay(tlsDoubtMs, undefined, { signal: over.signal })
    .then(() => tlsTrouble(address, access))
    .catch(() => null);
  try {
    const orTrouble = doubted.then(async (trouble): Promise<Connection | string> => trouble ?? connecting);
    const first = await Promise.race([connecting, orTrouble]);
    if (typeof first !== 'string') return first;
    connecting.then((late) => late.close()).catch(() => undefined);
    throw shutOut(address, first);
  } finally {
    over.abort();
  }
}

function shutOut(address: string, trouble: string, options?: ErrorOptions): UnavailableError {
  return new UnavailableError(
    `the Temporal server at ${address} (TEMPORAL_ADDRESS) does not let us in: ${trouble}`,
    options,
  );
}

const refusal = 'check TEMPORAL_API_KEY, or the client certificate, and what they may do in this namespace';

/** Whether the server knows us not, or lets us do nothing (gRPC codes 16 and 7). */
function isRefusal(error: unknown): boolean {
  const from = [error, (error as Error | null)?.cause].map((one) => (one as { code?: unknown } | null)?.code);
  return from.includes(16) || from.includes(7);
}

/** The home's own Temporal server if that is running, is ours and answers; else null. */
export async function findTemporal(home: string): Promise<LocalTemporal | null> {
  const temporal = (await readState(home)).temporal ?? (await runningServer(home));
  if (temporal === null || !(await isRunning(temporal))) return null;
  const id = await clusterId(temporal.port);
  if (id === null || (temporal.clusterId !== null && id !== temporal.clusterId)) return null;
  return describe(temporal);
}

/** Records again a server of the home that runs and is not recorded any more. Call it under the home's lock. */
export async function adoptTemporal(home: string): Promise<void> {
  if ((await readState(home)).temporal !== null) return;
  const server = await runningServer(home);
  const id = server && (await clusterId(server.port));
  if (server !== null && id !== null) await updateState(home, { temporal: { ...server, clusterId: id } });
}

/** The program for a local server: on the PATH, cached in the home, or downloaded into it. */
export async function temporalProgram(home: string, log: (line: string) => void): Promise<TemporalProgram> {
  const cache = path.join(home, 'bin');
  return (await findTemporalProgram(cache, process.env.PATH ?? '')) ?? fetchTemporalProgram(cache, log);
}

/** What of a server is other than by default. */
export interface ServerSettings {
  readonly pragmas?: Readonly<Record<string, string>>;
  readonly dynamic?: Readonly<Record<string, string>>;
}

/**
 * Starts the home's own Temporal server, which keeps everything in one file of the home. Call it under the home's lock,
 * after `findTemporal` found nothing. The ports of last time are taken again if they are free, so that workers that
 * lost the server find it again.
 *
 * @param settings - of SQLite for that file, and of the server's dynamic configuration
 * @throws {UnavailableError | HomeError} if it cannot be started; says why, and where its log is
 */
export async function startTemporal(
  home: string,
  program: TemporalProgram,
  namespace: string,
  settings: ServerSettings = {},
  attempts = 3,
): Promise<LocalTemporal> {
  const folder = path.join(home, 'temporal');
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw homeError(folder, error);
  });
  const file = databaseFile(home);
  const logFile = path.join(folder, 'server.log');
  // Two servers on one file would ruin it: end what a command that died while starting it, or a hung server, left.
  await stopTemporal(home);

  const last = (await readState(home)).temporal ?? (await lastPorts(home));
  const port = await freePort(last?.port ?? null);
  const uiPort = await freePort(last?.uiPort ?? null);
  await writeFileAtomically(portsFile(home), `${JSON.stringify({ port, uiPort })}\n`, 0o600);
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  args.push('--db-filename', file, '--log-level', 'error');
  for (const [name, value] of Object.entries(settings.pragmas ?? {})) args.push('--sqlite-pragma', `${name}=${value}`);
  for (const [name, value] of Object.entries(settings.dynamic ?? {}))
    args.push('--dynamic-config-value', `${name}=${JSON.stringify(value)}`);
  if (namespace !== 'default') args.push('--namespace', namespace);
  const server = await startDetached(program.file, args, { logFile, cwd: folder, umask: 0o077 });
  const state: TemporalState = { ...server, port, uiPort, clusterId: null, program: program.file };
  await updateState(home, { temporal: state });

  let id: string | null = null;
  await until(async () => {
    id = await clusterId(port);
    return id !== null || !(await isRunning(server));
  }, 60_000);
  if (id === null) {
    await endProcess(server, [['SIGKILL', 5_000]]);
    const words = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-8).join('\n');
    // Between the choice of a free port and its use, another program may take it; the server also chooses ports itself.
    if (attempts > 1 && words.includes('address already in use'))
      return startTemporal(home, program, namespace, settings, attempts - 1);
    throw new UnavailableError(
      `the local Temporal server does not come up; its log is ${logFile}. Its last words:\n${words}`,
    );
  }
  await updateState(home, { temporal: { ...state, clusterId: id } });
  return describe(state);
}

/** Ends the home's own Temporal server; false if none was running. */
export async function stopTemporal(home: string): Promise<boolean> {
  const { temporal } = await readState(home);
  const isRecorded = temporal !== null && (await isRunning(temporal));
  const servers = isRecorded ? [temporal] : await serversOn(databaseFile(home));
  for (const server of servers)
    await endProcess(server, [
      ['SIGTERM', 15_000],
      ['SIGKILL', 5_000],
    ]);
  return servers.length > 0;
}

function describe(state: TemporalState): LocalTemporal {
  return { address: `127.0.0.1:${state.port}`, ui: `http://127.0.0.1:${state.uiPort}` };
}

/** The id of the server at a local port, which it keeps in its file; null if nothing of the kind answers. */
async function clusterId(port: number): Promise<string | null> {
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({
      address: `127.0.0.1:${port}`,
      connectTimeout: 3_000,
      interceptors: retriesUntilClosed,
    });
    const info = await connection.withDeadline(Date.now() + 3_000, async () =>
      (connection as Connection).workflowService.getClusterInfo({}),
    );
    return info.clusterId ?? null;
  } catch {
    return null;
  } finally {
    await connection?.close();
  }
}

function databaseFile(home: string): string {
  return path.join(home, 'temporal', 'temporal.db');
}

function portsFile(home: string): string {
  return path.join(home, 'temporal', 'ports.json');
}

const portsSchema = z.object({ port: z.number().int(), uiPort: z.number().int() });

/** The ports of last time, kept beside the server's data, so that they outlive our record of it. */
async function lastPorts(home: string): Promise<z.infer<typeof portsSchema> | null> {
  const text = await readFile(portsFile(home), 'utf8').catch(() => 'null');
  try {
    return portsSchema.nullable().parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A server that runs on the home's data, by its command line; null where none does. */
async function runningServer(home: string): Promise<TemporalState | null> {
  return (await serversOn(databaseFile(home)))[0] ?? null;
}

/** Servers that run on a database file, by their command lines; none where there is no /proc. */
async function serversOn(file: string): Promise<TemporalState[]> {
  const found: TemporalState[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const command = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const after = (flag: string) => command[command.indexOf(flag) + 1] ?? '';
    if (!command.includes('--db-filename') || after('--db-filename') !== file) continue;
    const pid = Number(name);
    const ports = { port: Number(after('--port')), uiPort: Number(after('--ui-port')) };
    found.push({ pid, started: await processStart(pid), ...ports, clusterId: null, program: command[0]! });
  }
  return found;
}
