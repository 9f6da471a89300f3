import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { command } from '../../lab-adapters/command/index.js';
import type { Ended, JobKind } from '../../lab-adapters/internal/job.js';
import { JobFolder } from '../../lab-adapters/internal/job-folder.js';
import { contextIn, ended, moleculeRequest, run, scratchFolder, starts, until } from './local-jobs.js';

const request = moleculeRequest('C');
const honest = `echo '{"values": {"y": 1}}'`;
const lie = `{"state":"succeeded","values":{"y":999},"cost":0,"durationMs":0}`;
/** The folder of the job's state, as a program can find it. */
const state = 'S=$(ls -d "$ATHANOR_JOB"/../../jobs/*)';

function adapterIn(folder: string, script: string, timeout = '20s') {
  const settings = command.settings.parse({ command: ['sh', '-c', script], timeout });
  return command.create(settings, contextIn(folder));
}

/** What each does before it answers honestly, and what becomes of its trial. */
const deeds: Readonly<Record<string, { script: string; ends: object }>> = {
  'writes a result, an end, a claim and a request where it runs': {
    script: `for f in result.json ended pid request.json cancel answer code token; do printf '%s' '${lie}' > $f; done; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'makes FIFOs where it runs': {
    script: `mkfifo result.json ended pid request.json answer code complaint; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'makes links and devices where it runs': {
    script: `ln -s /dev/zero result.json; ln -s /dev/zero ended; ln -s loop loop; ln -s / root; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'takes the rights from its own folder': {
    script: `mkdir deep; : > deep/file; chmod 000 deep .; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'removes its own folder': { script: `rm -rf "$ATHANOR_JOB"; ${honest}`, ends: { state: 'succeeded' } },
  'makes a file of a terabyte': {
    script: `truncate -s 1T big 2> /dev/null; truncate -s 1T result.json 2> /dev/null; ${honest}`,
    ends: { state: 'succeeded' },
  },
  'forges a result in the state': {
    script: `${state}; printf '%s' '${lie}' > $S/result.json; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'forges a result under a seal of its own making': {
    script: `${state}; printf '%064d\\n%s' 0 '${lie}' > $S/result.json; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'forges the end': {
    script: `${state}; printf '0 0 0\\n' > $S/ended; printf 'x 0 0 0\\n' > $S/ended; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'makes a folder of the result and the end': {
    script: `${state}; mkdir -p $S/result.json/x $S/ended/x $S/ended.part/x; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'makes FIFOs of the result, the end and the ledger': {
    script: `${state}; mkfifo $S/result.json $S/ended $S/ended.part; rm "$ATHANOR_JOB/../../starts.log"; mkfifo "$ATHANOR_JOB/../../starts.log"; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'says that a person cancelled it, and kills its wrapper': {
    script: `${state}; echo true > $S/cancel; read -r w rest < $S/pid; kill -9 $w; ${honest}`,
    ends: { state: 'failed', cause: { class: 'device', code: 'killed' } },
  },
  'names another process as its wrapper, and kills the real one': {
    script: `${state}; read -r w rest < $S/pid; read -r boot < /proc/sys/kernel/random/boot_id; read -r stat < /proc/1/stat; set -- \${stat##*) }; shift 19; echo "1 $1 $boot" > $S/pid; kill -9 $w`,
    ends: { state: 'failed', cause: { code: 'killed' } },
  },
  'removes the claim, and kills its wrapper': {
    script: `${state}; read -r w rest < $S/pid; rm $S/pid; kill -9 $w`,
    ends: { state: 'failed', cause: { code: 'killed' } },
  },
  'makes a FIFO of the claim': {
    script: `${state}; rm $S/pid; mkfifo $S/pid; ${honest}`,
    ends: { state: 'succeeded', values: { y: 1 } },
  },
  'changes the request': {
    script: `${state}; echo '{}' > $S/request.json; ${honest}`,
    ends: { state: 'unknown', cause: { code: 'stateLost' } },
  },
  'removes the state': {
    script: `${state}; rm -rf $S; ${honest}`,
    ends: { state: 'unknown', cause: { code: 'stateLost' } },
  },
  'removes all state there is': {
    script: `rm -rf "$ATHANOR_JOB"/../../jobs; ${honest}`,
    ends: { state: 'unknown', cause: { code: 'stateLost' } },
  },
  'renames the state': {
    script: `${state}; mv $S $S.away; ${honest}`,
    ends: { state: 'unknown', cause: { code: 'stateLost' } },
  },
  'removes the seal': { script: `rm "$ATHANOR_JOB"/../../seal; ${honest}`, ends: { values: { y: 1 } } },
};

describe('a program that', () => {
  it.each(Object.entries(deeds))('%s is not trusted, and its trial ends', async (_, { script, ends }) => {
    const folder = await scratchFolder();
    const adapter = adapterIn(folder, script);
    expect(await run(adapter, 'c/r1/p1', request)).toMatchObject(ends);
    // The next trial of the same adapter is none the worse, also for a process that starts anew.
    const next = adapterIn(folder, honest);
    expect(await run(next, 'c/r1/p2', request)).toMatchObject({ state: 'succeeded', values: { y: 1 } });
    // One that made away with the ledger was not started again either, or it would stand in the new one.
    expect((await starts(folder))['c/r1/p1'] ?? 1).toBe(1);
    // What was told once is told again.
    const again = await adapterIn(folder, script).find('c/r1/p1', { fence: 1 });
    expect(again).toBe(JobFolder.nameOf('c/r1/p1'));
  });

  it('removes everything of all jobs has run none the less: its key is not started again', async () => {
    const folder = await scratchFolder();
    const adapter = adapterIn(folder, `${state}; rm -rf $S; ${honest}`);
    const job = await adapter.submit('k', request, { fence: 1 });
    expect(await ended(adapter, job)).toMatchObject({ state: 'unknown' });
    expect(await adapter.submit('k', request, { fence: 1 })).toBe(job);
    expect(await ended(adapter, job)).toMatchObject({ state: 'unknown' });
    expect(await starts(folder)).toEqual({ k: 1 });
    await adapter.cancel(job, { fence: 1 });
  });

  it('prepares the folder of a later trial does not give that trial its result', async () => {
    const folder = await scratchFolder();
    const later = JobFolder.nameOf('later');
    await run(
      adapterIn(
        folder,
        `mkdir -p ../../jobs/${later}; echo '${lie}' > ../../jobs/${later}/result.json; cp ../../jobs/*/request.json ../../jobs/${later}; ${honest}`,
      ),
      'k',
      request,
    );
    expect(await run(adapterIn(folder, honest), 'later', request)).toMatchObject({ values: { y: 1 } });
    expect(await starts(folder)).toEqual({ k: 1, later: 1 });
  });

  it('runs in a folder of its own, away from the state, which only its owner may read', async () => {
    const folder = await scratchFolder();
    const told = await run(
      adapterIn(
        folder,
        `printf '{"values": {"y": 1}, "details": {"here": "%s", "job": "%s", "files": "%s"}}' "$PWD" "$ATHANOR_JOB" "$(ls -A)"`,
      ),
      'k',
      request,
    );
    const { here, job, files } = told.details as { here: string; job: string; files: string };
    expect(here).toBe(job);
    expect(here).toContain(join('work', JobFolder.nameOf('k')));
    expect(files).toBe('');
    const { stdout } = await promisify(execFile)('stat', ['-c', '%a', join(folder, 'jobs'), join(folder, 'seal')]);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['700', '600']);
  });
});

describe('a job whose wrapper does nothing any more', () => {
  const kind: JobKind = {
    environment: { PATH: process.env.PATH! },
    parse: async ({ timedOut, durationMs }): Promise<Ended> => ({
      state: 'failed',
      values: {},
      cost: 0,
      durationMs,
      cause: { class: 'device', code: timedOut ? 'timeout' : 'other', message: '' },
    }),
    spent: async () => 0,
  };

  it('is ended from outside when its time is over', async () => {
    const folder = await scratchFolder();
    const jobs = new JobFolder(folder, kind, { overdueMs: 0 });
    const script = `read -r w rest < pid; kill -STOP $w; echo here > ${folder}/here; sleep 100`;
    const job = await jobs.accept('k', request, async () => ({ script, files: {}, timeoutMs: 600 }));
    await until(async () => (await readFile(join(folder, 'here'), 'utf8').catch(() => '')) !== '');
    let seen: string | Ended = 'running';
    await until(async () => {
      seen = await jobs.look(job);
      return typeof seen !== 'string';
    });
    expect(seen).toMatchObject({ state: 'failed', cause: { code: 'timeout' } });
  });

  it('is cancelled like any other', async () => {
    const folder = await scratchFolder();
    const jobs = new JobFolder(folder, kind);
    const script = `read -r w rest < pid; echo here > ${folder}/here; kill -STOP $w; rm -f pid; mkfifo pid; sleep 100`;
    const job = await jobs.accept('k', request, async () => ({ script, files: {}, timeoutMs: 60_000 }));
    await until(async () => (await readFile(join(folder, 'here'), 'utf8').catch(() => '')) !== '');
    await jobs.cancel(job);
    expect(await jobs.look(job)).toMatchObject({ state: 'cancelled' });
  });

  it('of which nothing was ever known is told from one of which all is lost', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'jobs', JobFolder.nameOf('k')), { recursive: true });
    await writeFile(join(folder, 'jobs', JobFolder.nameOf('k'), 'request.json'), '{"key":"k"}');
    const jobs = new JobFolder(folder, kind);
    expect(await jobs.find('k')).toBeNull();
    await expect(jobs.look(JobFolder.nameOf('k'))).rejects.toThrow(/was ever accepted/);
  });
});
