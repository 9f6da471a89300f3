import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { withoutPassword } from '../../models/domain/redaction.js';
import { HomeError, homeError, writeFileAtomically } from '../home.js';
import { clusterFolder } from './cluster-folder.js';
import { type PostgresPrograms, postgresPrograms } from './postgres-programs.js';
import { endProcess, freePort, isRunning, type ProcessId, processStart, startDetached, until } from './process.js';
import { readState, updateState } from './state.js';
import { UnavailableError } from './unavailable-error.js';

const run = promisify(execFile);
const superuser = 'athanor';
const database = 'athanor';
const oldestMajor = 14;
/** A new cluster takes 40 MB and writes ahead in files of 16 MB. */
const roomForClusterBytes = 128 * 2 ** 20;

/**
 * Checks a PostgreSQL that somebody else runs: it answers, lets us in, and is of version 14 or later.
 *
 * @throws {UnavailableError} that says which of these fails
 */
export async function checkPostgres(url: string): Promise<{ version: string }> {
  const shown = withoutPassword(url);
  const { version } = await ask<{ version: string }>(url, "select current_setting('server_version') as version").catch(
    (cause: Error) => {
      throw new UnavailableError(
        `PostgreSQL at ${shown} (DATABASE_URL) does not let us in: ${cause.message}; correct or unset it`,
        {
          cause,
        },
      );
    },
  );
  if (Number.parseInt(version, 10) < oldestMajor) {
    throw new UnavailableError(
      `PostgreSQL at ${shown} (DATABASE_URL) is ${version}; version ${oldestMajor} or later is needed`,
    );
  }
  return { version };
}

/**
 * Connection string of the home's own PostgreSQL if that is running and is the cluster of this home; else null. Where it
 * listens is read from the server's own pid file, so that it is found even if our record of it is lost.
 */
export async function findPostgres(home: string): Promise<string | null> {
  const folder = path.join(home, 'postgres');
  const port = (await pidFile(path.join(folder, 'data')))?.port ?? null;
  const password = await readFile(path.join(folder, 'password'), 'utf8').catch(() => null);
  const identifier = await systemIdentifier(path.join(folder, 'data'));
  if (port === null || password === null || identifier === null) return null;
  const url = localUrl(port, password.trim());
  return (await isCluster(url, identifier)) ? url : null;
}

/**
 * Starts the home's own PostgreSQL, initialising its cluster if there is none yet. Call it under the home's lock, after
 * `findPostgres` found nothing. The port of last time is taken again if it is free, so that workers that lost the server
 * find it again.
 *
 * @param settings - further server settings, as `postgres -c name=value`
 * @returns its connection string
 * @throws {UnavailableError | HomeError} if it cannot be started; says why, and where its log is
 */
export async function startPostgres(home: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const programs = await postgresPrograms();
  const folder = await clusterFolder(home, programs.runAs);
  const data = path.join(folder, 'data');
  const identifier = (await systemIdentifier(data)) ?? (await initialise(folder, programs));
  await checkMajor(data, programs);
  const password = (await readFile(path.join(folder, 'password'), 'utf8')).trim();
  const lastPort = (await readState(home)).postgres?.port ?? (await pidFile(data))?.port ?? null;
  // One that runs but does not answer is ended: two servers cannot share a cluster.
  await stopPostgres(home);
  await removeStalePidFile(data);

  const port = await freePort(lastPort);
  const flags = { listen_addresses: '127.0.0.1', unix_socket_directories: '', log_checkpoints: 'off', ...settings };
  const logFile = path.join(folder, 'server.log');
  const start = () =>
    startDetached(
      programs.postgres,
      ['-D', data, '-p', String(port), ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { logFile, cwd: folder, env: { ...process.env, LC_ALL: 'C' }, runAs: programs.runAs },
    );

  // A server killed a moment ago leaves children that hold the shared memory a little longer: then it is tried again.
  let server = await start();
  const patience = Date.now() + 15_000;
  const admin = localUrl(port, password, 'postgres');
  let ready = false;
  await until(async () => {
    ready = await isCluster(admin, identifier);
    if (ready || (await isRunning(server))) return ready;
    if (Date.now() > patience) return true;
    server = await start();
    return false;
  }, 120_000);
  if (!ready) {
    await endProcess(server, [
      ['SIGINT', 5_000],
      ['SIGKILL', 5_000],
    ]);
    throw new UnavailableError(
      `PostgreSQL does not come up; its log is ${logFile}. Its last words:\n${await tail(logFile)}`,
    );
  }
  await updateState(home, { postgres: { ...server, port } });
  await createDatabase(admin);
  return localUrl(port, password);
}

/** Ends the home's own PostgreSQL, letting it write down what it holds; false if none was running. */
export async function stopPostgres(home: string): Promise<boolean> {
  const server = await runningServer(home);
  return server === null
    ? false
    : endProcess(server, [
        ['SIGINT', 20_000],
        ['SIGQUIT', 10_000],
        ['SIGKILL', 5_000],
      ]);
}

/** Connections to a server but the one that asks. */
export async function connectionsTo(url: string): Promise<number> {
  const others = "backend_type = 'client backend' and pid <> pg_backend_pid()";
  return (await ask<{ count: number }>(url, `select count(*)::int as count from pg_stat_activity where ${others}`))
    .count;
}

/** Records again a server of the home that runs and is not recorded any more. Call it under the home's lock. */
export async function adoptPostgres(home: string): Promise<void> {
  const port = (await pidFile(path.join(home, 'postgres', 'data')))?.port ?? null;
  const server = await runningServer(home);
  if (server !== null && port !== null) await updateState(home, { postgres: { ...server, port } });
}

/** The server that runs on the home's data, by the server's own pid file, which outlives our records. */
async function runningServer(home: string): Promise<ProcessId | null> {
  const { postgres } = await readState(home);
  if (postgres !== null && (await isRunning(postgres))) return postgres;
  const pid = await postmasterPid(path.join(home, 'postgres', 'data'));
  return pid === null ? null : { pid, started: await processStart(pid) };
}

/** The process named in `postmaster.pid` if it is alive and is a server on that very folder. */
async function postmasterPid(data: string): Promise<number | null> {
  const file = await pidFile(data);
  if (file === null) return null;
  const command = await readFile(`/proc/${file.pid}/cmdline`, 'utf8').catch(() => null);
  if (command === null) return process.platform === 'linux' ? null : file.pid;
  return command.includes('postgres') && command.includes(`\0${file.folder}\0`) ? file.pid : null;
}

/** The server's own record in its data folder: pid, folder, start and port, a line each. */
async function pidFile(data: string): Promise<{ pid: number; folder: string; port: number | null } | null> {
  const lines = (await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, folder: lines[1] ?? '', port: Number(lines[3]) || null };
}

/** A pid file left by a crash can name a process of ours that came later; the server would then refuse to start. */
async function removeStalePidFile(data: string): Promise<void> {
  if (process.platform === 'linux' && (await postmasterPid(data)) === null) {
    await rm(path.join(data, 'postmaster.pid'), { force: true });
  }
}

/** Makes a cluster whole or not at all: initdb works in a folder beside it, which is then renamed. */
async function initialise(folder: string, programs: PostgresPrograms): Promise<string> {
  const { runAs } = programs;
  const data = path.join(folder, 'data');
  if (await stat(data).catch(() => null)) {
    throw new UnavailableError(`${data} is there but holds no PostgreSQL cluster; move it away, or give DATABASE_URL`);
  }
  const work = path.join(folder, `new-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Whatever the umask is, the server's user must be able to enter, and nobody else.
    if (runAs !== null) await chown(folder, process.getuid!(), runAs.gid);
    await chmod(folder, runAs === null ? 0o700 : 0o710);
    const free = await statfs(folder);
    const freeBytes = free.bavail * free.bsize;
    if (freeBytes < roomForClusterBytes) {
      throw new HomeError(
        `${folder} has ${Math.floor(freeBytes / 2 ** 20)} MB free and a new PostgreSQL cluster needs ` +
          `${roomForClusterBytes / 2 ** 20} MB; free some, set ATHANOR_HOME to a folder elsewhere, or give DATABASE_URL`,
      );
    }
    const password = randomBytes(24).toString('hex');
    await mkdir(work, { mode: 0o700 });
    await writeFile(path.join(work, 'password'), `${password}\n`, { mode: 0o600 });
    if (runAs !== null) {
      await chown(path.join(work, 'password'), runAs.uid, runAs.gid);
      await chown(work, runAs.uid, runAs.gid);
    }
    await initdb(work, programs);
    await writeFileAtomically(path.join(folder, 'password'), `${password}\n`, 0o600);
    await rename(path.join(work, 'data'), data);
  } catch (error) {
    if (error instanceof HomeError || error instanceof UnavailableError) throw error;
    throw homeError(folder, error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const identifier = await systemIdentifier(data);
  if (identifier === null) throw new UnavailableError(`initdb left no cluster in ${data}`);
  return identifier;
}

async function initdb(work: string, programs: PostgresPrograms): Promise<void> {
  const args = [
    `--pgdata=${path.join(work, 'data')}`,
    `--username=${superuser}`,
    `--pwfile=${path.join(work, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order of texts on every machine, whatever locales it has.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  const options = { cwd: work, env: { ...process.env, LC_ALL: 'C' }, ...(programs.runAs ?? {}) };
  await run(programs.initdb, args, options).catch((cause: Error & { stderr?: string }) => {
    throw new UnavailableError(`initdb failed: ${(cause.stderr ?? cause.message).trim()}`, { cause });
  });
}

/** The cluster's own number, drawn by initdb, first in its control file; null if there is no cluster. */
async function systemIdentifier(data: string): Promise<string | null> {
  try {
    const handle = await open(path.join(data, 'global', 'pg_control'), 'r');
    try {
      const head = Buffer.alloc(8);
      await handle.read(head, 0, 8, 0);
      return head.readBigUInt64LE().toString();
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}

/** Whether what answers at the address is that cluster, and not something else that took the port. */
async function isCluster(url: string, identifier: string): Promise<boolean> {
  const sql = 'select system_identifier::text as id from pg_control_system()';
  return ask<{ id: string }>(url, sql).then(
    (row) => row.id === identifier,
    () => false,
  );
}

async function createDatabase(admin: string): Promise<void> {
  await ask(admin, `create database ${database}`).catch((error: { code?: string }) => {
    if (error.code !== '42P04') throw error; // duplicate_database
  });
}

async function checkMajor(data: string, programs: PostgresPrograms): Promise<void> {
  const stored = (await readFile(path.join(data, 'PG_VERSION'), 'utf8')).trim();
  const program = /(\d+)\./.exec((await run(programs.postgres, ['--version'])).stdout)?.[1];
  if (stored !== program) {
    throw new UnavailableError(
      `${data} was made by PostgreSQL ${stored} and this is ${program}; carry it over with pg_dump of the old version, ` +
        'or give the old one as DATABASE_URL',
    );
  }
}

async function ask<Row>(url: string, sql: string): Promise<Row> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows[0] as Row;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function localUrl(port: number, password: string, name: string = database): string {
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/${name}`;
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-8).join('\n');
}
