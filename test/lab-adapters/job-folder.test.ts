import { execFile, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Ended, JobKind, Plan } from '../../lab-adapters/internal/job.js';
import { JobFolder } from '../../lab-adapters/internal/job-folder.js';
import { isAlive } from '../../lab-adapters/internal/process-table.js';
import { quote } from '../../lab-adapters/internal/wrapper.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import { isRunning, moleculeRequest, scratchFolder, starts, until } from './local-jobs.js';

const request = moleculeRequest('C');
const kind: JobKind = {
  environment: { PATH: process.env.PATH! },
  parse: async ({ folder, code, timedOut, durationMs }): Promise<Ended> => {
    const out = await readFile(join(folder, 'program.out'), 'utf8');
    if (code !== 0)
      return {
        state: 'failed',
        values: {},
        cost: 0,
        durationMs,
        cause: { class: 'device', code: `${timedOut}`, message: out },
      };
    return { state: 'succeeded', values: { y: Number(out) }, cost: 1, durationMs };
  },
  spent: async () => 7,
};
const plan =
  (script: string, timeoutMs = 60_000) =>
  async (): Promise<Plan> => ({ script, files: {}, timeoutMs });

async function finished(jobs: JobFolder, job: string): Promise<Ended> {
  const seen: Ended[] = [];
  await until(async () => {
    const look = await jobs.look(job);
    if (typeof look !== 'string') seen.push(look);
    return seen.length > 0;
  });
  return seen[0]!;
}

/** Waits until a program in a job has written a file. */
const written = (file: string) => until(async () => (await readFile(file, 'utf8').catch(() => '')) !== '');

describe('a folder of jobs', () => {
  it('runs a job once, keeps its result and removes the scratch files', async () => {
    const folder = await scratchFolder();
    const jobs = new JobFolder(folder, kind);
    const job = await jobs.accept('c/r1/p1', request, plan('echo 42; echo scratch > scratch'));
    expect(await finished(jobs, job)).toMatchObject({ state: 'succeeded', values: { y: 42 } });
    expect(await jobs.accept('c/r1/p1', request, plan('echo 43'))).toBe(job);
    expect(await finished(new JobFolder(folder, kind), job)).toEqual(await jobs.look(job));
    expect(await starts(folder)).toEqual({ 'c/r1/p1': 1 });
    expect((await readdir(join(folder, 'jobs', job))).sort()).toEqual(['pid', 'request.json', 'result.json']);
    expect(await readdir(join(folder, 'staging'))).toEqual([]);
  });

  it('accepts a key once for processes that come one after another while it is accepted', async () => {
    const folder = await scratchFolder();
    const processes = Array.from({ length: 8 }, () => new JobFolder(folder, kind));
    const done = async (): Promise<Ended> => ({ state: 'succeeded', values: { y: 1 }, cost: 1, durationMs: 1 });
    for (let k = 0; k < 40; k++) {
      const accepted = processes.map(async (jobs, i) => {
        await delay((7 * i + k) % 13);
        return jobs.accept(`k${k}`, request, done);
      });
      expect(new Set(await Promise.all(accepted)).size).toBe(1);
    }
    expect(await readdir(join(folder, 'staging'))).toEqual([]);
  });

  it('refuses the same key with another request, and jobs never accepted', async () => {
    const folder = await scratchFolder();
    const jobs = new JobFolder(folder, kind);
    await finished(jobs, await jobs.accept('k', request, plan('echo 1')));
    await expect(jobs.accept('k', moleculeRequest('CC'), plan('echo 1'))).rejects.toThrow(ContractError);
    expect(await jobs.find('other')).toBeNull();
    for (const unknown of ['x', '../k', JobFolder.nameOf('other')]) {
      await expect(jobs.look(unknown)).rejects.toThrow(ContractError);
      await expect(jobs.cancel(unknown)).rejects.toThrow(ContractError);
    }
  });

  it('starts one job for one key, whatever many objects do at once', async () => {
    const folder = await scratchFolder();
    const many = Array.from({ length: 8 }, () => new JobFolder(folder, kind));
    const names = await Promise.all(many.map((jobs) => jobs.accept('k', request, plan('echo 5'))));
    expect(new Set(names).size).toBe(1);
    const results = await Promise.all(many.map((jobs) => finished(jobs, names[0]!)));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(await starts(folder)).toEqual({ k: 1 });
  });

  it('starts a job that was accepted by a process that died before starting it', async () => {
    const folder = await scratchFolder();
    const first = new JobFolder(folder, { ...kind, environment: { PATH: '/nowhere' } });
    // Without a PATH the wrapper cannot claim the job: for everybody else it was accepted and not started.
    const job = await first.accept('k', request, plan('echo 6'));
    const complaint: string[] = [];
    await until(async () => {
      await first.look(job).catch((error: Error) => complaint.push(error.message));
      return complaint.length > 0;
    });
    expect(complaint[0]).toContain('could not claim it');
    expect(await finished(new JobFolder(folder, kind), job)).toMatchObject({ values: { y: 6 } });
    expect(await starts(folder)).toEqual({ k: 1 });
  });

  it('belongs to no worker: a second one finds it running and goes on', async () => {
    const folder = await scratchFolder();
    const gate = join(folder, 'gate');
    const jobs = new JobFolder(folder, kind);
    const job = await jobs.accept('k', request, plan(`until [ -e ${quote(gate)} ]; do sleep 0.02; done; echo 9`));
    const identity = join(folder, 'jobs', job, 'pid');
    await written(identity);
    expect(await isAlive(await readFile(identity, 'utf8'))).toBe(true);
    const { stdout } = await promisify(execFile)('ps', [
      '-o',
      'sid=',
      '-p',
      (await readFile(identity, 'utf8')).split(' ')[0]!,
    ]);
    // A session of its own: no signal to the worker's group or terminal reaches it.
    expect(stdout.trim()).toBe((await readFile(identity, 'utf8')).split(' ')[0]);
    const second = new JobFolder(folder, kind);
    expect(await second.find('k')).toBe(job);
    expect(await second.look(job)).toBe('running');
    await writeFile(gate, '');
    expect(await finished(second, job)).toMatchObject({ values: { y: 9 } });
  });

  it('takes a job whose processes were killed as failed, and never starts it again', async () => {
    const folder = await scratchFolder();
    const jobs = new JobFolder(folder, kind);
    const job = await jobs.accept('k', request, plan('echo $$ > child; sleep 60'));
    const inside = join(folder, 'jobs', job);
    await written(join(inside, 'child'));
    const child = await readFile(join(inside, 'child'), 'utf8');
    process.kill(Number((await readFile(join(inside, 'pid'), 'utf8')).split(' ')[0]), 'SIGKILL');
    expect(await finished(jobs, job)).toMatchObject({
      state: 'failed',
      cost: 7,
      cause: { class: 'device', code: 'killed' },
    });
    await writeFile(join(folder, 'child'), child);
    expect(await isRunning(join(folder, 'child'))).toBe(false);
    await jobs.accept('k', request, plan('echo 1'));
    expect(await finished(jobs, job)).toMatchObject({ state: 'failed' });
    expect(await starts(folder)).toEqual({ k: 1 });
  });

  it('does not take a recycled process id for the job', async () => {
    const own = await readFile('/proc/self/stat', 'utf8');
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const started = own.slice(own.lastIndexOf(')') + 2).split(' ')[19];
    expect(await isAlive(`${process.pid} ${started} ${boot}\n`)).toBe(true);
    expect(await isAlive(`${process.pid} ${Number(started) - 1} ${boot}\n`)).toBe(false);
    expect(await isAlive(`${process.pid} ${started} another-boot\n`)).toBe(false);
    expect(await isAlive('cancelled')).toBe(false);
  });

  it('kills the whole group at the time limit, and what left the group', async () => {
    const folder = await scratchFolder();
    const pids = ['child', 'escaped'].map((name) => join(folder, name));
    const jobs = new JobFolder(folder, kind);
    const script = `sh -c 'echo $$ > ${pids[0]}; sleep 60' & setsid sh -c 'echo $$ > ${pids[1]}; sleep 60' & wait`;
    const job = await jobs.accept('k', request, plan(script, 2000));
    expect(await finished(jobs, job)).toMatchObject({ state: 'failed', cause: { code: 'true' } });
    for (const pid of pids) expect(await isRunning(pid)).toBe(false);
  });

  it('cancels a running job with all its processes, again and again', async () => {
    const folder = await scratchFolder();
    const pids = ['child', 'escaped'].map((name) => join(folder, name));
    const jobs = new JobFolder(folder, kind);
    const script = `sh -c 'echo $$ > ${pids[0]}; sleep 60' & env -i sh -c 'echo $$ > ${pids[1]}; sleep 60' & wait`;
    const job = await jobs.accept('k', request, plan(script));
    for (const pid of pids) await written(pid);
    await Promise.all([jobs.cancel(job), new JobFolder(folder, kind).cancel(job)]);
    await jobs.cancel(job);
    expect(await jobs.look(job)).toMatchObject({ state: 'cancelled', cost: 7 });
    for (const pid of pids) expect(await isRunning(pid)).toBe(false);
  });

  it('leaves a job that has ended as it is when cancelled', async () => {
    const folder = await scratchFolder();
    const jobs = new JobFolder(folder, kind);
    const job = await jobs.accept('k', request, plan('echo 3'));
    await written(join(folder, 'jobs', job, 'ended'));
    await jobs.cancel(job);
    expect(await jobs.look(job)).toMatchObject({ state: 'succeeded', values: { y: 3 } });
  });

  it('never starts a job that was cancelled before it started', async () => {
    const folder = await scratchFolder();
    const job = await new JobFolder(folder, { ...kind, environment: { PATH: '/nowhere' } }).accept(
      'k',
      request,
      plan('echo 1'),
    );
    const jobs = new JobFolder(folder, kind);
    await jobs.cancel(job);
    expect(await jobs.look(job)).toMatchObject({ state: 'cancelled', durationMs: 0 });
    await jobs.accept('k', request, plan('echo 1'));
    expect(await starts(folder)).toEqual({});
  });

  it('names folder and remedy when it cannot write, and leaves nothing behind', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'file'), '');
    const blocked = new JobFolder(join(folder, 'file'), kind);
    await expect(blocked.accept('k', request, plan('echo 1'))).rejects.toThrow(/a file stands/);
    await expect(blocked.accept('k', request, plan('echo 1'))).rejects.toThrow(AdapterError);
  });

  it('accepts nothing on a full disk, and works again when there is room', async (test) => {
    const mount = join(await scratchFolder(), 'small');
    await mkdir(mount);
    const mounted = await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mount]).then(
      () => true,
      () => false,
    );
    if (!mounted) return test.skip('no permission to mount a small file system');
    try {
      const jobs = new JobFolder(mount, kind);
      const big: Plan = { script: 'echo 1', files: { big: 'x'.repeat(1_000_000) }, timeoutMs: 60_000 };
      await expect(jobs.accept('k', request, async () => big)).rejects.toThrow(/ENOSPC.*disk is full/);
      expect(await jobs.find('k')).toBeNull();
      expect(await readdir(join(mount, 'staging'))).toEqual([]);
      const job = await jobs.accept('k', request, plan('echo 8'));
      expect(await finished(jobs, job)).toMatchObject({ values: { y: 8 } });
    } finally {
      await promisify(execFile)('umount', [mount]);
      await rm(mount, { recursive: true, force: true });
    }
  });

  it('says so when the folder is read-only', async (test) => {
    const mount = join(await scratchFolder(), 'fixed');
    await mkdir(mount);
    const mounted = await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', mount]).then(
      () => true,
      () => false,
    );
    if (!mounted) return test.skip('no permission to mount a read-only file system');
    try {
      await expect(new JobFolder(mount, kind).accept('k', request, plan('echo 1'))).rejects.toThrow(/EROFS.*read-only/);
    } finally {
      await promisify(execFile)('umount', [mount]);
    }
  });

  it('quotes anything for the shell', async () => {
    const word = `a'b "c" $HOME \`ls\` \\ * \n;é`;
    const child = spawn('/bin/sh', ['-c', `printf %s ${quote(word)}`]);
    let text = '';
    for await (const chunk of child.stdout) text += String(chunk);
    expect(text).toBe(word);
  });
});
