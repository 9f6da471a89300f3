import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKeptWorker } from '../../../scripts/commands/kept-worker.js';
import { type Config, readConfig } from '../../../scripts/config.js';
import { connect } from '../../../scripts/durable/control.js';
import { keepServices } from '../../../scripts/local/keep-services.js';
import { isRunning, until } from '../../../scripts/local/process.js';
import {
  deadServers,
  ensurePostgres,
  ensureServices,
  findServices,
  leaveEnded,
  stopServices,
} from '../../../scripts/local/services.js';
import { readState } from '../../../scripts/local/state.js';
import { type TemporaryHome, temporaryHome } from '../../support/home.js';
import { temporalProgramForTests } from '../../support/services.js';
import { eventually, problemCampaign } from '../../workflows/durable-host.js';

let home: TemporaryHome;
let config: Config;

beforeAll(async () => {
  home = await temporaryHome();
  config = readConfig({ ATHANOR_HOME: home.path });
  // Not downloaded once more for this home.
  const program = await temporalProgramForTests();
  await mkdir(path.join(home.path, 'bin'));
  await symlink(program.file, path.join(home.path, 'bin', 'temporal'));
});

afterAll(() => home.remove());

async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

async function withTemporal<T>(address: string, action: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await action(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Another process that ensures the servers and prints what it got; its end does not end them. */
async function ensureElsewhere(): Promise<{ databaseUrl: string; temporalAddress: string; notes: string[] }> {
  const program = `
    const { ensureServices } = await import(process.argv[1]);
    const { readConfig } = await import(process.argv[2]);
    console.log(JSON.stringify(await ensureServices(readConfig({ ATHANOR_HOME: process.argv[3] }))));
  `;
  const dist = (name: string) => fileURLToPath(new URL(`../../../dist/scripts/${name}`, import.meta.url));
  const args = ['--input-type=module', '-e', program, dist('local/services.js'), dist('config.js'), home.path];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  return JSON.parse(text) as { databaseUrl: string; temporalAddress: string; notes: string[] };
}

describe('local servers', () => {
  it('are started once by two commands at the same time, and outlive both', async () => {
    const [one, two] = await Promise.all([ensureElsewhere(), ensureElsewhere()]);
    expect(two.databaseUrl).toBe(one.databaseUrl);
    expect(two.temporalAddress).toBe(one.temporalAddress);
    const started = [...one.notes, ...two.notes].filter((note) => note.includes('started'));
    expect(started).toHaveLength(2);

    expect(await findServices(config)).toMatchObject({
      databaseUrl: one.databaseUrl,
      temporalAddress: one.temporalAddress,
    });
    expect(one.databaseUrl).toMatch(/^postgresql:\/\/athanor:[0-9a-f]{48}@127\.0\.0\.1:\d+\/athanor$/);
    await sql(one.databaseUrl, 'create table kept (value float8); insert into kept values (0.1)');
    await withTemporal(one.temporalAddress, (client) =>
      client.workflow.start('absent', { taskQueue: 'none', workflowId: 'kept' }),
    );
  });

  it('refuse a wrong password and keep the right one from others', async () => {
    const { databaseUrl } = await ensureServices(config);
    await expect(sql(databaseUrl.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
    expect((await stat(path.join(home.path, 'postgres', 'password'))).mode & 0o077).toBe(0);
  });

  it('come back on the same ports with the same data after kill -9', async () => {
    const before = await ensureServices(config);
    const state = await readState(home.path);
    for (const server of [state.postgres!, state.temporal!]) {
      process.kill(server.pid, 'SIGKILL');
      expect(await until(async () => !(await isRunning(server)), 600_000)).toBe(true);
    }
    expect(await findServices(config)).toEqual({ databaseUrl: null, temporalAddress: null, temporalUi: null });

    const after = await ensureServices(config);
    expect(after.databaseUrl).toBe(before.databaseUrl);
    expect(after.temporalAddress).toBe(before.temporalAddress);
    expect(after.temporalUi).toBe(before.temporalUi);
    expect(await sql(after.databaseUrl, 'select value from kept')).toEqual([{ value: 0.1 }]);
    const status = await withTemporal(after.temporalAddress, (client) =>
      client.workflow
        .getHandle('kept')
        .describe()
        .then((description) => description.status.name),
    );
    expect(status).toBe('RUNNING');
  });

  it('are found by their data when the record of them is lost', async () => {
    const before = await readState(home.path);
    await rm(path.join(home.path, 'services.json'));
    const { databaseUrl } = await ensureServices(config);
    expect(await sql(databaseUrl, 'select value from kept')).toEqual([{ value: 0.1 }]);
    // No second server on the same files, nor another one on another port.
    const after = await readState(home.path);
    expect(await isRunning(before.temporal!)).toBe(true);
    expect(after.temporal).toEqual(before.temporal);
  });

  it('come back on the same ports after kill -9 when the record of them is lost, too', async () => {
    const before = await ensureServices(config);
    const state = await readState(home.path);
    await rm(path.join(home.path, 'services.json'));
    for (const server of [state.postgres!, state.temporal!]) {
      process.kill(server.pid, 'SIGKILL');
      expect(await until(async () => !(await isRunning(server)), 600_000)).toBe(true);
    }
    const after = await ensureServices(config);
    expect([after.databaseUrl, after.temporalAddress, after.temporalUi]).toEqual([
      before.databaseUrl,
      before.temporalAddress,
      before.temporalUi,
    ]);
  });

  it('are brought back by whoever keeps them, but not where a person ended them', async () => {
    const services = await ensureServices(config);
    const over = new AbortController();
    const said: string[] = [];
    const kept = keepServices(config, services, {
      log: (line) => said.push(line),
      onMoved: () => said.push('moved'),
      onEnded: () => said.push('ended'),
      signal: over.signal,
    });
    try {
      for (const name of ['temporal', 'postgres'] as const) {
        const server = (await readState(home.path))[name]!;
        process.kill(server.pid, 'SIGKILL');
        const isBack = async () => (await deadServers(config, true)).length === 0 && !(await isRunning(server));
        expect(await until(isBack, 600_000)).toBe(true);
      }
      expect(said.filter((line) => /has died; starting again/.test(line))).toHaveLength(2);
      expect(said).not.toContain('moved');
      expect(await findServices(config)).toMatchObject({
        databaseUrl: services.databaseUrl,
        temporalAddress: services.temporalAddress,
      });
      await stopServices(home.path);
      expect(await deadServers(config, true)).toEqual([]);
      await kept;
      expect(said.at(-1)).toBe('ended');
    } finally {
      over.abort();
      await kept;
    }
    expect(await findServices(config)).toMatchObject({ databaseUrl: null, temporalAddress: null });
  });

  it('are ended again after they were started to read alone, unless others use them or somebody wants them', async () => {
    const lines: string[] = [];
    const leave = () => leaveEnded(config, (line) => lines.push(line));
    const { url } = await ensurePostgres(config);
    const reader = new pg.Client({ connectionString: url });
    await reader.connect();
    await leave();
    expect(await findServices(config)).toMatchObject({ databaseUrl: url, temporalAddress: null });
    await reader.end();
    await leave();
    expect(await findServices(config)).toMatchObject({ databaseUrl: null, temporalAddress: null });
    expect(lines).toEqual([expect.stringContaining('left running'), expect.stringContaining('ended again')]);
    await ensureServices(config);
    await leave();
    expect(await deadServers(config)).toEqual([]);
    expect(lines).toHaveLength(2);
  });

  it('are waited for by a worker when a person ends them, in one line, and it goes on when they run again', async () => {
    const services = await ensureServices(config);
    const said: string[] = [];
    const worker = await startKeptWorker(config, services, (line) => said.push(line));
    const { databaseUrl, temporalAddress } = services;
    const control = await connect({ databaseUrl, temporalAddress });
    try {
      await control.start(problemCampaign('waiting', { budget: { trials: 6 }, settings: { delayMs: 400 } }));
      await eventually(async () => (await control.status('waiting')).measured >= 1);
      await stopServices(home.path);
      await eventually(async () => said.length > 0);
      await ensureServices(config);
      const report = await control.waitUntilStopped('waiting', undefined, { pollMs: 100 });
      expect(report).toMatchObject({ measured: 6, failed: 0, quarantined: 0 });
      expect(said).toEqual([
        `the servers of ${config.home} are gone ('athanor down'); waiting until they run again`,
        'the servers run again; going on',
      ]);
    } finally {
      await control.close();
      await worker.shutdown();
    }
  });

  it('are not confused by a pid file that names another process', async () => {
    await stopServices(home.path);
    await writeFile(path.join(home.path, 'postgres', 'data', 'postmaster.pid'), `${process.pid}\n/elsewhere\n`);
    const { databaseUrl } = await ensureServices(config);
    expect(await sql(databaseUrl, 'select value from kept')).toEqual([{ value: 0.1 }]);
  });

  it('take another port when theirs is taken, and do not take a stranger for their own', async () => {
    const before = await ensureServices(config);
    const old = (await readState(home.path)).postgres!.port;
    await stopServices(home.path);
    const net = await import('node:net');
    const stranger = net.createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')).listen(old, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      const { databaseUrl } = await ensureServices(config);
      expect(databaseUrl).not.toBe(before.databaseUrl);
      expect(await sql(databaseUrl, 'select value from kept')).toEqual([{ value: 0.1 }]);
    } finally {
      stranger.close();
    }
  });

  it('are used as they are when the environment gives them', async () => {
    const own = await ensureServices(config);
    const given = readConfig({
      ATHANOR_HOME: path.join(home.path, 'unused'),
      DATABASE_URL: own.databaseUrl,
      TEMPORAL_ADDRESS: own.temporalAddress,
    });
    const services = await ensureServices(given);
    expect(services.databaseUrl).toBe(own.databaseUrl);
    expect(services.temporalAddress).toBe(own.temporalAddress);
    expect(services.notes[0]).toMatch(/^PostgreSQL 18\..*athanor:\*\*\*@.*\(DATABASE_URL\)$/);
    expect(services.notes[1]).toMatch(/\(TEMPORAL_ADDRESS\), namespace default$/);
    await expect(stat(path.join(home.path, 'unused'))).rejects.toThrow(/ENOENT/);

    await expect(ensureServices({ ...given, temporalNamespace: 'absent' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringMatching(/namespace 'absent'.*temporal operator namespace create/s),
    });
    await expect(ensureServices({ ...given, databaseUrl: 'postgresql://a:b@127.0.0.1:1/x' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringMatching(/a:\*\*\*@127\.0\.0\.1:1\/x.*ECONNREFUSED/s),
    });
    await expect(ensureServices({ ...given, temporalAddress: '127.0.0.1:1' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringMatching(/no Temporal server answers at 127\.0\.0\.1:1/),
    });
  });

  it('are not used or ended from a copy of the home, but where it was moved to', async () => {
    const { temporalAddress } = await ensureServices(config);
    const [copy, moved] = [`${home.path}-copy`, `${home.path}-moved`];
    const at = (place: string) => readConfig({ ATHANOR_HOME: place });
    try {
      await cp(home.path, copy, { recursive: true, filter: (file) => !/\.sock$/.test(file) });
      for (const act of [() => ensureServices(at(copy)), () => findServices(at(copy)), () => stopServices(copy)])
        await expect(act()).rejects.toThrow(/is a copy of another campaign home, whose servers run/);
      expect((await findServices(config)).temporalAddress).toBe(temporalAddress);
      await rename(home.path, moved);
      expect((await findServices(at(moved))).temporalAddress).toBe(temporalAddress);
      await rename(moved, home.path);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });

  it('end on stop, and their data stay', async () => {
    await ensureServices(config);
    const { postgres, temporal } = await readState(home.path);
    expect(await stopServices(home.path)).toEqual({ postgres: true, temporal: true });
    expect(await isRunning(postgres!)).toBe(false);
    expect(await isRunning(temporal!)).toBe(false);
    expect(await stopServices(home.path)).toEqual({ postgres: false, temporal: false });
    const { databaseUrl } = await ensureServices(config);
    expect(await sql(databaseUrl, 'select value from kept')).toEqual([{ value: 0.1 }]);
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('local servers of root (skipped: needs root)', () => {
  it('keep the cluster where the server user can reach it when the home is private', async () => {
    const hidden = await temporaryHome();
    try {
      const { chmod } = await import('node:fs/promises');
      await chmod(hidden.path, 0o700);
      const { ensurePostgres } = await import('../../../scripts/local/services.js');
      const { url } = await ensurePostgres(readConfig({ ATHANOR_HOME: hidden.path }));
      const folder = await readlink(path.join(hidden.path, 'postgres'));
      expect(folder).toMatch(/^\/var\/lib\/athanor\/[0-9a-f]{16}$/);
      await sql(url, 'create table kept (value float8)');
      await stopServices(hidden.path);
      const again = await ensurePostgres(readConfig({ ATHANOR_HOME: hidden.path }));
      expect(await sql(again.url, 'select * from kept')).toEqual([]);
      await stopServices(hidden.path);
      await rm(folder, { recursive: true });
      expect((await stat(hidden.path)).mode & 0o777).toBe(0o700);
    } finally {
      await hidden.remove();
    }
  });
});

it('reads a damaged record as nothing recorded', async () => {
  const damaged = await temporaryHome();
  await writeFile(path.join(damaged.path, 'services.json'), '{"version": 1, "postgres": {"po');
  expect(await readState(damaged.path)).toEqual({ version: 1, postgres: null, temporal: null });
  expect(await readFile(path.join(damaged.path, 'services.json'), 'utf8')).toContain('"po');
  await damaged.remove();
});
