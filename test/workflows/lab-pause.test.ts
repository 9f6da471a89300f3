import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runningOn } from '../../activities/store/submission.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { AdapterError } from '../../models/domain/errors.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import type { LabHeld } from '../../scripts/durable/lab-pause.js';
import { holdJobs } from '../../scripts/lab/hold-jobs.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { changedDevices } from '../support/changed-devices.js';
import { callCli } from '../support/cli.js';
import { temporaryHome } from '../support/home.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

let host: DurableHost;
/** Calls that begin jobs wait for it. */
let gate: Promise<void> = Promise.resolve();
/** How long a job takes by the devices' clock, and whether that goes on by as much with each look. */
const jobMs = 600_000;
let [isFast, aheadMs] = [false, 0];
const clock = {
  ...systemClock,
  now: () => {
    if (isFast) aheadMs += jobMs;
    return systemClock.now() + aheadMs;
  },
};
beforeAll(async () => {
  host = await durableHost(
    changedDevices(
      (device) => ({
        pollMs: 300,
        status: async (job) => {
          const { pollAfterMs: _, ...status } = await device.status(job);
          return status;
        },
        find: (...given) => device.find!(...given),
        result: (job) => device.result(job),
        validate: (request) => device.validate(request),
        close: () => device.close(),
        cancel: (...given) => device.cancel!(...given),
        submit: async (...given) => {
          await gate;
          return device.submit(...given);
        },
      }),
      clock,
    ),
  );
});
afterAll(() => host?.close());

const settings = { problem: 'branin', delayMs: jobMs };

async function labOf(name: string, more: object = {}): Promise<LabSpec> {
  const oven = { adapter: 'problem', settings, slots: 2 };
  const lab = labSchema.parse({ name: host.id(name), instruments: { oven }, ...more });
  await host.control.labs.up(lab, 'ann');
  return lab;
}

const campaignIn = (lab: LabSpec, more: object) =>
  problemCampaign(host.id(`in-${lab.name}`), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', instrument: 'oven', cost: 1 }],
    ...more,
  });

/** `athanor lab …` as said in a home. */
function said(lab: LabSpec, words: readonly string[], home = host.settings.home) {
  const { databaseUrl, temporalAddress } = host.settings;
  const env = { ATHANOR_HOME: home, DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress };
  return callCli(['lab', ...words, '--lab', lab.name, '--as', 'ann'], { env });
}

const folderOf = (lab: LabSpec) => join(host.settings.home, 'instruments', encodeURIComponent(`${lab.name}/oven`));
const ovenOf = (lab: LabSpec) =>
  createRegistry().create('problem', settings, { clock: systemClock, folder: folderOf(lab), log: () => {} });
const linesOf = (lab: LabSpec) => runningOn(host.store.query, `${lab.name}/oven`);
const statesOf = async (lab: LabSpec) =>
  Promise.all((await linesOf(lab)).map(async ({ job }) => (await ovenOf(lab).status(job!)).state));
const shown = async (lab: LabSpec) => (await host.control.labs.show(lab.name)).resources[0]!;
const acts = async (lab: LabSpec) =>
  (await host.control.labs.acts(lab.name)).slice(1).map(({ who, action, why }) => [who, action, why]);

describe('jobs of an instrument', () => {
  it('are held and go on by a word, and nothing begins on it in between', async () => {
    const lab = await labOf('held');
    const campaign = campaignIn(lab, { parallel: 3, budget: { trials: 3 } });
    await host.control.start(campaign);
    const [one, two] = await eventually(async () => {
      const lines = await linesOf(lab);
      return lines.length === 2 && lines.every(({ job }) => job !== null) && lines.map(({ key }) => key);
    });
    const paused = await said(lab, ['pause', 'oven', '--why', 'door has to be opened']);
    expect([paused.code, paused.stderr]).toEqual([0, '']);
    expect(paused.stdout).toBe(
      `oven: nothing begins on it until 'athanor lab resume oven'\n  ${one}: paused\n  ${two}: paused\n`,
    );
    expect(await statesOf(lab)).toEqual(['paused', 'paused']);
    expect(await shown(lab)).toMatchObject({
      standstills: [{ kind: 'paused', who: 'ann', why: 'door has to be opened' }],
      waiting: [{}],
    });
    const { obstacles } = await host.control.status(campaign.id);
    expect(obstacles).toMatchObject([
      {
        kind: 'paused',
        text: 'paused by ann: door has to be opened',
        remedies: [`athanor lab resume oven --lab ${lab.name}`],
      },
    ]);

    const elsewhere = await temporaryHome();
    const other = await said(lab, ['pause', 'oven', '--why', 'x'], elsewhere.path);
    expect([other.code, other.stdout]).toEqual([5, expect.stringContaining(`${one}: NOT REACHED (home `)]);
    expect(other.stdout).toContain('oven: still paused');
    await elsewhere.remove();

    const [line] = await linesOf(lab);
    const deaf = Object.assign(Object.create(ovenOf(lab)), {
      resume: () => Promise.reject(new AdapterError('the line is cut')),
    });
    const reached = { id: `${lab.name}/oven`, adapter: deaf, trouble: null, home: line!.home };
    expect(await holdJobs(host.store.query, 'resume', reached)).toEqual(
      [one, two].map((key) => ({ key, outcome: 'failed', message: 'the line is cut' })),
    );

    const resumed = await said(lab, ['resume', 'oven']);
    expect([resumed.code, resumed.stderr]).toEqual([0, '']);
    expect(resumed.stdout).toBe(`oven: no longer paused\n  ${one}: goes on\n  ${two}: goes on\n`);
    isFast = true;
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const { trials } = await host.control.record(campaign.id);
    expect(trials.map(({ observation }) => observation?.outcome)).toEqual(Array(3).fill('measured'));
    expect((await acts(lab)).map(([who, action]) => [who, action])).toEqual([
      ['ann', 'pause'],
      ['ann', 'paused'],
      ['ann', 'pause'],
      ['ann', 'paused'],
      ['ann', 'resume'],
      ['ann', 'resumed'],
    ]);
    expect((await acts(lab))[1]![2]).toBe(`${one}: paused, ${two}: paused`);
  });

  it('do not begin where their call was under way when the instrument was paused', async () => {
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const lab = await labOf('late');
    const campaign = campaignIn(lab, { budget: { trials: 1 } });
    await host.control.start(campaign);
    const [line] = await eventually(async () => (await linesOf(lab)).length > 0 && linesOf(lab));
    const { stdout } = await said(lab, ['pause', 'oven', '--why', 'smoke', '--json']);
    const done = JSON.parse(stdout) as LabHeld;
    expect(done).toMatchObject({ paused: true, changed: true, jobs: [{ key: line!.key, outcome: 'waits' }] });
    open();
    const handle = host.client.workflow.getHandle(`${campaign.id}/r1/p1`);
    await eventually(async () => {
      const { pendingActivities } = (await handle.describe()).raw;
      return pendingActivities?.some(({ lastFailure }) => /was paused by ann: smoke/.test(lastFailure?.message ?? ''));
    });
    await expect(readFile(join(folderOf(lab), 'starts.jsonl'), 'utf8')).rejects.toThrow('ENOENT');
    expect((await said(lab, ['resume', 'oven'])).code).toBe(0);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    expect((await readFile(join(folderOf(lab), 'starts.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(1);
  });

  it('are not paused where that cannot be done, with what can be', async () => {
    const lab = await labOf('none', {
      instruments: {
        oven: { adapter: 'problem', settings },
        mill: { adapter: 'command', settings: { command: ['true'] } },
        scale: { adapter: 'person', settings: { instructions: 'weigh it' } },
        arm: { adapter: 'problem', settings, worker: 'arm-computer' },
      },
      positions: { shelf: {} },
    });
    for (const [name, why] of [
      ['mill', /mill: adapter command cannot pause a job .*'athanor lab fault mill' keeps new jobs/],
      ['scale', /scale are people, .*'athanor lab fault scale'/],
      ['arm', /the worker on arm-computer drives arm, not this home/],
      ['shelf', /the lab has no instrument 'shelf'/],
      ['ovne', /the lab has no instrument 'ovne'; did you mean oven\?/],
    ] as const) {
      const { code, stdout, stderr } = await said(lab, ['pause', name, '--why', 'x']);
      expect([name, code, stdout, stderr]).toEqual([name, 3, '', expect.stringMatching(why)]);
    }
    expect(await acts(lab)).toEqual([]);
    const idle = await said(lab, ['pause', 'oven', '--why', 'x']);
    expect([idle.code, idle.stdout]).toEqual([
      0,
      "oven: nothing begins on it until 'athanor lab resume oven', and no job runs on it\n",
    ]);
    const again = await said(lab, ['resume', 'oven']);
    expect([again.code, again.stdout]).toEqual([0, 'oven: no longer paused, and no job runs on it\n']);
    expect((await said(lab, ['resume', 'oven'])).stdout).toBe('oven: was not paused, and no job runs on it\n');
    expect((await said(lab, ['pause', 'oven', '--why', ' '])).code).toBe(2);
  });
});
