import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { bytesOf } from '../support/raw-output.js';
import { startSlurm } from './slurm.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-slurm-'));
const slurm = await startSlurm(join(base, 'cluster'));
const cluster = 'through' in slurm ? slurm : null;
afterAll(async () => {
  await cluster?.end();
  await rm(base, { recursive: true, force: true });
});

let made = 0;
const newFolder = async () => {
  const folder = join(base, `lab${++made}`);
  await mkdir(join(folder, 'jobs'), { recursive: true });
  return folder;
};
const settings = (folder: string) => ({
  folder: join(folder, 'jobs'),
  through: cluster?.through,
  request: { kelvin: '{temperature as K}', seconds: '{seconds}', ligand: 'a {{b}} $(c) "d"' },
  variables: { KELVIN: '{temperature as K}', SECONDS: '{seconds}', SLY: "it's $(touch gone) `x` {seconds}" },
  run: `echo "$ATHANOR_KEY" >> ../../ledger
[ "$SLY" = "it's \\$(touch gone) \\\`x\\\` $SECONDS" ] || exit 9
sleep "$SECONDS"
[ "$KELVIN" != 773.15 ] || { echo "it boiled over" >&2; exit 3; }
printf '{"data": {"yield": %s, "unit": "%%"}}' "$KELVIN" > .result && mv .result result.json`,
  values: { yield: 'data.yield' },
  exits: { chemistry: [3] },
  settle: '2s',
  timeout: '20s',
  poll: '150ms',
});
const adapterOf = (folder: string, more: object = {}): Adapter =>
  createRegistry().create('slurm', { ...settings(folder), ...more }, { clock: systemClock, folder, log: () => {} });
const open = (folder: string) => adapterOf(folder);
const request = (temperature: number, seconds = 0.1): JobRequest => ({
  design: { temperature, seconds },
  rowId: null,
  substances: {},
  units: { temperature: '°C', seconds: 's' },
  fidelity: 'cluster',
  objectives: ['yield'],
});
const starts = async (folder: string) =>
  (await readFile(join(folder, 'ledger'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
const key = 'c/r1/p1/g1/run';
/** Waits, bounded, while a look fails too: a busy controller is asked again, as a host does. */
const waitFor = <T>(look: () => Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 600_000, interval: 100 }).catch(async (error: Error) => {
    error.message += `\n${await cluster!.told()}`;
    throw error;
  });
const ended = (adapter: Adapter, job: string) =>
  waitFor(async () => {
    const status = await adapter.status(job);
    expect(['succeeded', 'failed', 'cancelled', 'unknown'], JSON.stringify(status)).toContain(status.state);
    return status;
  });
const until = (adapter: Adapter, job: string, state: string) =>
  waitFor(async () => expect(await adapter.status(job)).toMatchObject({ state }));
const begun = (folder: string) => waitFor(async () => expect(await starts(folder)).not.toEqual([]));
const idOf = async (folder: string) => {
  const [name] = await readdir(join(folder, 'jobs'));
  return (await readFile(join(folder, 'jobs', name!, 'submitted'), 'utf8')).trim();
};
/** Does what it is told, but its answer is lost where a file says so. */
const losing = (folder: string) => ({
  through: [
    'sh',
    '-c',
    `if mv ${folder}/lose ${folder}/lost 2> /dev/null; then "$@" > /dev/null; exit 1; fi; exec "$@"`,
    'sh',
    ...cluster!.through,
  ],
});

/** What may become of a run under a controller that is killed: it goes on, or is ended by the restarted one, which may have forgotten it. */
const isHonest = /second time|not by us|did not write|nobody can tell|ended with exit code 137/;

describe.skipIf(cluster === null)('Slurm 22.05', () => {
  // A node that one test left out of service is no matter of the next.
  beforeEach(() => cluster!.ready());

  describeAdapterLaws('slurm', {
    newFolder,
    clock: systemClock,
    starts,
    limitMs: 300_000,
    succeeds: { open, request: request(70) },
    another: request(90),
    fails: { open, request: request(500) },
    refused: { open, request: { ...request(70), design: { seconds: 1 } } },
    runsLong: { open, request: request(70, 600) },
    losesReply: {
      open: async (folder) => {
        if ((await starts(folder)).length === 0 && !(await readdir(folder)).includes('lost'))
          await writeFile(join(folder, 'lose'), '');
        return adapterOf(folder, losing(folder));
      },
      request: request(70),
    },
  });

  test('the key is in the comment, and what a job was asked for stands beside it', async () => {
    const folder = await newFolder();
    const adapter = adapterOf(folder, { options: ['--time={seconds, 0 decimals}', '--nice=10'] });
    const job = await adapter.submit(key, request(20, 300), { fence: 1 });
    expect(await cluster!.ask('squeue', '-h', '-j', await idOf(folder), '-o', '%k %l')).toBe(`${key} 5:00:00`);
    expect(JSON.parse(await readFile(join(folder, 'jobs', job, 'request.json'), 'utf8'))).toEqual({
      kelvin: 293.15,
      seconds: 300,
      ligand: 'a {b} $(c) "d"',
    });
    await adapter.cancel!(job, { fence: 9 });
  });

  test('a controller killed right after a submission launches the job again, which begins once', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(70, 15), { fence: 1 });
    await begun(folder);
    await cluster!.controller.kill();
    await expect(adapter.status(job)).rejects.toThrow(
      /squeue could not be asked: .*Unable to contact slurm controller/,
    );
    await expect(adapter.submit('other', request(70), { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await adapter.health!()).toMatchObject({ ok: false });
    await cluster!.startController();
    const { state, message } = await ended(adapter, job);
    expect(await starts(folder)).toEqual([key]);
    // Whether its state was written down before the controller died is a matter of chance: the first run goes on, or is ended.
    expect([state, message ?? '']).toEqual(
      expect.toSatisfy(([is, said]: [string, string]) => is === 'succeeded' || isHonest.test(said)),
    );
    // The node may be taken out of service a little later only.
    await cluster!.ready(10);
  });

  test('a job that ends while the controller is down is read without it', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(70, 1), { fence: 1 });
    await begun(folder);
    await cluster!.controller.kill();
    await waitFor(async () => expect(await readdir(join(folder, 'jobs', job))).toContain('ended'));
    expect((await ended(adapter, job)).state).toBe('succeeded');
    expect((await adapter.result(job)).values).toEqual({ yield: 343.15 });
    await cluster!.startController();
  });

  test('a job outlives the daemon of its node', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(70, 2), { fence: 1 });
    await begun(folder);
    await cluster!.node.kill();
    expect((await adapter.status(job)).state).toBe('running');
    await cluster!.startNode();
    expect((await ended(adapter, job)).state).toBe('succeeded');
  });

  test('a node that fails is no fault of the design', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(70, 60), { fence: 1 });
    await begun(folder);
    const node = await cluster!.ask('sinfo', '-h', '-o', '%n');
    await cluster!.ask('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    await ended(adapter, job);
    expect((await adapter.result(job)).cause).toMatchObject({ class: 'device', code: 'nodeFailed' });
  });

  test('a job that somebody cancels at the cluster is cancelled', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(70, 60), { fence: 1 });
    await begun(folder);
    await cluster!.ask('scancel', await idOf(folder));
    expect(await ended(adapter, job)).toMatchObject({
      state: 'cancelled',
      message: expect.stringContaining('not by us'),
    });
  });

  test('a job that is put back into the queue does not begin again, unless it may', async () => {
    const folders = [await newFolder(), await newFolder()] as const;
    const [once, again] = [open(folders[0]), adapterOf(folders[1], { again: true })];
    const jobs = [
      await once.submit(key, request(70, 60), { fence: 1 }),
      await again.submit(key, request(70, 3), { fence: 1 }),
    ] as const;
    await Promise.all(folders.map(begun));
    await cluster!.ask('scontrol', 'requeue', await idOf(folders[1]));
    // Slurm refuses to requeue a job that was submitted with --no-requeue.
    await expect(cluster!.ask('scontrol', 'requeue', await idOf(folders[0]))).rejects.toThrow(/[Rr]equest/);
    await until(again, jobs[1], 'queued');
    const id = await idOf(folders[1]);
    // A node refuses what is launched again within the second in which its first run was ended.
    const second = () => Math.floor(Date.now() / 1000);
    const endedIn = second();
    await waitFor(async () => expect(second()).toBeGreaterThan(endedIn));
    await cluster!.ask('scontrol', 'update', `jobid=${id}`, 'StartTime=now');
    expect((await ended(again, jobs[1])).state).toBe('succeeded');
    expect(await starts(folders[1])).toEqual([key, key]);
    await once.cancel!(jobs[0], { fence: 9 });
    expect(await starts(folders[0])).toEqual([key]);
  });

  test('a submission that comes late, after another or after a cancel, begins nothing', async () => {
    const folder = await newFolder();
    const adapter = open(folder);
    const job = await adapter.submit(key, request(70, 0.5), { fence: 1 });
    const again = () =>
      cluster!.ask(
        'sbatch',
        '--parsable',
        `--chdir=${join(folder, 'jobs', job)}`,
        '--output=/dev/null',
        join(folder, 'jobs', job, 'job.sh'),
      );
    const second = await again();
    expect((await ended(adapter, job)).state).toBe('succeeded');
    // Whichever of the two came first did it.
    await waitFor(async () => {
      const codes = await Promise.all(
        [await idOf(folder), second].map(async (id) =>
          /JobState=(\S+) .* ExitCode=(\S+)/.exec(await cluster!.ask('scontrol', 'show', 'job', id, '-o')),
        ),
      );
      expect(codes.map((each) => each?.slice(1).join(' ')).sort()).toEqual(['COMPLETED 0:0', 'FAILED 75:0']);
    });
    expect(await starts(folder)).toEqual([key]);
    const third = await again();
    await waitFor(async () =>
      expect(await cluster!.ask('scontrol', 'show', 'job', third, '-o')).toContain('ExitCode=75:0'),
    );
    expect(await starts(folder)).toEqual([key]);
  });

  test('a key that somebody used before is refused', async () => {
    const folder = await newFolder();
    await ended(open(folder), await open(folder).submit(key, request(70), { fence: 1 }));
    const elsewhere = await newFolder();
    const adapter = adapterOf(elsewhere, { folder: join(folder, 'jobs') });
    const job = await adapter.submit(key, request(80), { fence: 1 });
    expect(await adapter.status(job)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('somebody used the key'),
    });
    expect(await starts(folder)).toEqual([key]);
  });

  test('what the controller refuses is a trial that failed, in its words', async () => {
    const adapter = adapterOf(await newFolder(), { options: ['--partition=nonesuch'] });
    const job = await adapter.submit(key, request(70), { fence: 1 });
    expect(await adapter.status(job)).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/sbatch refused the job: .*[Ii]nvalid partition name/),
    });
  });

  test.each([
    ['NaN', `printf '{"data": {"yield": NaN}}' > result.json`, /is not one JSON document .*NaN/],
    ['HTML', `echo '<!doctype html>' > result.json`, /is HTML or XML/],
    ['nothing', 'true', /wrote no result.json/],
    ['half', `printf '{"data": {"yi' > result.json`, /is not one JSON document/],
    ['too much', 'head -c 3000 /dev/zero > result.json', /has 3000 bytes/],
    ['a text', `echo '{"data": {"yield": "71.2"}}' > result.json`, /a number is wanted/],
    [
      'another unit',
      `echo '{"data": {"yield": 1, "unit": "furlong"}}' > result.json`,
      /'furlong' cannot be told in 'g'/,
    ],
  ])('a result of %s is refused with words, and kept', async (_, run, words) => {
    const values = {
      yield: { path: 'data.yield', ...(run.includes('furlong') ? { unit: { path: 'data.unit' }, as: 'g' } : {}) },
    };
    const adapter = adapterOf(await newFolder(), { run, values, limit: 2_000, settle: '1s' });
    const job = await adapter.submit(key, request(70), { fence: 1 });
    expect((await ended(adapter, job)).state).toBe('succeeded');
    const { values: given, details } = await adapter.result(job);
    expect(Number.isFinite(given.yield)).toBe(false);
    expect(details!.refused).toEqual([expect.stringMatching(words)]);
  });

  test('raw outputs are kept, and secrets of the worker do not reach jobs', async () => {
    process.env.ATHANOR_TEST_SECRET = 'open-sesame-16';
    const adapter = adapterOf(await newFolder(), {
      run: `#!/usr/bin/env bash
env > all.txt; echo said; echo '{"data": {"yield": 1e400}}' > result.json`,
      keep: ['all.txt'],
    });
    const job = await adapter.submit(key, request(70), { fence: 1 });
    await ended(adapter, job);
    delete process.env.ATHANOR_TEST_SECRET;
    const { artefacts, details } = await adapter.result(job);
    const text = Object.fromEntries(
      Object.entries(artefacts!).map(([name, bytes]) => [name, Buffer.from(bytesOf(bytes)).toString()]),
    );
    expect(text.output).toBe('said\n');
    expect(text['all.txt']).toContain(`ATHANOR_KEY=${key}`);
    expect(text['all.txt']).not.toContain('open-sesame');
    expect(details!.refused).toHaveLength(1);
  });

  describe('jobs that are submitted together go as one array', () => {
    const batched = (folder: string, more: object = {}) =>
      adapterOf(folder, { batch: { upTo: 20, within: '1s' }, ...more });
    const keys = [1, 2, 3, 4].map((i) => `c/r1/p${i}/g1/run`);
    const submitted = async (folder: string, jobs: readonly string[]) =>
      Promise.all(jobs.map(async (job) => (await readFile(join(folder, 'jobs', job, 'submitted'), 'utf8')).trim()));

    test('one submission, of which each job is found, told and measured by itself', async () => {
      const folder = await newFolder();
      const adapter = batched(folder);
      const jobs = await Promise.all(
        keys.map((each, i) => adapter.submit(each, request(i === 3 ? 500 : 70 + i, 1), { fence: i })),
      );
      const ids = await submitted(folder, jobs);
      expect(new Set(ids.map((id) => id.split('_')[0])).size).toBe(1);
      expect(ids.map((id) => id.split('_')[1]).sort()).toEqual(['0', '1', '2', '3']);
      const comment = await cluster!.ask('squeue', '-h', '-t', 'all', '-j', ids[0]!, '-o', '%k');
      expect(comment.split(' ').sort()).toEqual(keys);
      const states = await Promise.all(jobs.map((job) => ended(adapter, job)));
      expect(states.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded', 'failed']);
      const results = await Promise.all(jobs.slice(0, 3).map((job) => adapter.result(job)));
      expect(results.map(({ values }) => values.yield)).toEqual([343.15, 344.15, 345.15]);
      expect((await adapter.result(jobs[3]!)).cause).toMatchObject({ class: 'chemistry', code: 'exit3' });
    });

    test('one of them is cancelled by itself', async () => {
      const folder = await newFolder();
      const adapter = batched(folder);
      const jobs = await Promise.all(
        keys.map((each, i) => adapter.submit(each, request(70, i === 1 ? 600 : 5), { fence: i })),
      );
      await waitFor(async () => expect(await starts(folder)).toHaveLength(4));
      await adapter.cancel!(jobs[1]!, { fence: 9 });
      const states = await Promise.all(jobs.map((job) => ended(adapter, job)));
      expect(states.map(({ state }) => state)).toEqual(['succeeded', 'cancelled', 'succeeded', 'succeeded']);
      expect((await starts(folder)).sort()).toEqual(keys);
    });

    test('the answer to all of them is lost: each is found, and nothing is submitted again', async () => {
      const folder = await newFolder();
      const adapter = batched(folder, losing(folder));
      await writeFile(join(folder, 'lose'), '');
      const sent = await Promise.allSettled(keys.map((each, i) => adapter.submit(each, request(70), { fence: i })));
      expect(sent.map(({ status }) => status)).toEqual(keys.map(() => 'rejected'));
      const jobs = await Promise.all(keys.map((each) => waitFor(() => adapter.find!(each, { fence: 9 }))));
      expect(jobs).not.toContain(null);
      const states = await Promise.all(jobs.map((job) => ended(adapter, job!)));
      expect(states.map(({ state }) => state)).toEqual(keys.map(() => 'succeeded'));
      expect((await starts(folder)).sort()).toEqual(keys);
    });

    test('jobs with other options, and a key of which one has begun, are in no array of others', async () => {
      const folder = await newFolder();
      const adapter = batched(folder, { options: ['--nice={seconds, 0 decimals}'] });
      const jobs = await Promise.all(keys.map((each, i) => adapter.submit(each, request(70, i % 2), { fence: i })));
      const ids = await submitted(folder, jobs);
      expect(new Set(ids.map((id) => id.split('_')[0])).size).toBe(2);
      await Promise.all(jobs.map((job) => ended(adapter, job)));
      const other = await newFolder();
      const again = batched(other, { folder: join(folder, 'jobs') });
      const [first, last] = await Promise.all(
        [keys[0]!, 'c/r2/p1/g1/run', 'c/r2/p2/g1/run'].map((each, i) => again.submit(each, request(71), { fence: i })),
      ).then((all) => [all[0]!, all[2]!] as const);
      expect(await again.status(first)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('used the key'),
      });
      expect((await ended(again, last)).state).toBe('succeeded');
    });

    test('a controller killed right after it begins each at most once', async () => {
      const folder = await newFolder();
      const adapter = batched(folder);
      const jobs = await Promise.all(keys.map((each, i) => adapter.submit(each, request(70, 10), { fence: i })));
      await waitFor(async () => expect(await starts(folder)).toHaveLength(4));
      await cluster!.controller.kill();
      await cluster!.startController();
      const states = await Promise.all(jobs.map((job) => ended(adapter, job)));
      for (const { state, message } of states)
        expect([state, message ?? '']).toEqual(
          expect.toSatisfy(([is, said]: [string, string]) => is === 'succeeded' || isHonest.test(said)),
        );
      expect((await starts(folder)).sort()).toEqual(keys);
      await cluster!.ready(10);
    });
  });

  test('a campaign in °C', async () => {
    const folder = await newFolder();
    await writeFile(
      join(folder, 'campaign.yaml'),
      `name: cluster
seed: 3
space: {parameters: [{name: temperature, type: continuous, bounds: [20, 140], unit: °C}]}
objectives: [{name: yield, direction: maximise}]
fidelities: [{name: cluster, adapter: slurm, cost: 1, settings: ${JSON.stringify({ ...settings(folder), request: {}, variables: { KELVIN: '{temperature as K}', SECONDS: '0', SLY: "it's $(touch gone) `x` 0" } })}}]
budget: {trials: 4}
`,
    );
    const campaign = await loadCampaign(join(folder, 'campaign.yaml'));
    const { trials } = await runInProcess(campaign, { registry: createRegistry(), log: () => {} });
    expect(trials).toHaveLength(4);
    for (const { proposal, observation } of trials)
      expect(observation?.values.yield).toBeCloseTo((proposal.design.temperature as number) + 273.15, 9);
    expect(await starts(folder)).toHaveLength(4);
  });
});

test('where Slurm cannot be had it is said why', ({ skip }) => {
  if ('lacking' in slurm) skip(slurm.lacking);
});
