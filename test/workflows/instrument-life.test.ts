import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import type { LeaseState } from '../../workflows/lease-life.js';
import { instrumentWorkflowId } from '../../workflows/queues.js';
import { changedDevices } from '../support/changed-devices.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, replayFaults } from './histories.js';

let host: DurableHost;
/** Until it is opened no job ends. */
let isOpen = false;
beforeAll(async () => {
  host = await durableHost(
    changedDevices((device) => ({
      pollMs: 50,
      status: async (job) => (isOpen ? device.status(job) : { state: 'running' }),
    })),
  );
});
afterAll(() => host?.close());

const ann = { who: 'ann', why: 'looked at it' };

/** A lab with an oven of two slots, whose workflow begins anew every few events. */
async function labOf(name: string, historyLimit?: number): Promise<LabSpec> {
  isOpen = false;
  const lab = labSchema.parse({
    name: host.id(name),
    instruments: {
      oven: { adapter: 'problem', settings: { problem: 'branin' }, slots: 2, uses: { argon: 1 } },
    },
    stock: { argon: { unit: 'L', amount: 5 } },
  });
  const args = [{ lab: lab.name, name: 'oven', ...(historyLimit === undefined ? {} : { historyLimit }) }];
  const workflowId = instrumentWorkflowId(lab.name, 'oven');
  await host.client.workflow.start('instrumentWorkflow', { workflowId, taskQueue: host.settings.taskQueue!, args });
  await host.control.labs.up(lab, 'ann');
  return lab;
}

const campaignIn = (lab: LabSpec, name: string, more: object): Campaign =>
  problemCampaign(host.id(name), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', instrument: 'oven', cost: 1 }],
    ...more,
  });

const oven = (lab: LabSpec) => host.client.workflow.getHandle(instrumentWorkflowId(lab.name, 'oven'));

/** What the workflow of the oven remembers, in an order of its own. @throws {Error} if it is over: it would answer all the same */
async function memoryOf(lab: LabSpec) {
  const { status } = await oven(lab).describe();
  if (status.name !== 'RUNNING') throw new Error(`the workflow of the oven is ${status.name}`);
  const { leases, waiting, standstill } = await oven(lab).query<LeaseState>('leases');
  return {
    leases: leases.map(({ want, place, stage, fence }) => `${want.key} ${place} ${stage} ${fence}`).sort(),
    waiting: waiting.map(({ key, short }) => `${key} ${short}`).sort(),
    standstill,
  };
}

const remembers = (lab: LabSpec, leases: number, waiting: number) =>
  eventually(async () => {
    const memory = await memoryOf(lab).catch(() => null);
    const isSettled = memory?.leases.every((one) => one.includes(' granted '));
    return isSettled && memory?.leases.length === leases && memory.waiting.length === waiting && memory;
  });

/** Has the workflow of the oven go over into another run; what it remembers then, once it has read the store again. */
async function anew(lab: LabSpec) {
  const { runId } = await oven(lab).describe();
  await eventually(async () => {
    await oven(lab).signal('labChanged');
    return (await oven(lab).describe()).runId !== runId;
  });
  return memoryOf(lab);
}

/** That all trials of campaigns were measured, each by one job, and the oven was never leased beyond its slots. */
async function allWell(lab: LabSpec, campaigns: readonly Campaign[]): Promise<void> {
  for (const { id, spec } of campaigns) {
    await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
    const { trials } = await host.control.record(id);
    expect(trials.map(({ observation }) => observation?.outcome)).toEqual(Array(spec.budget.trials).fill('measured'));
    const lines = await listSubmissions(host.store.query, id);
    expect(lines.map(({ key }) => key).sort()).toEqual(trials.map(({ proposal }) => `${proposal.id}/g1/run`).sort());
  }
  const log = await eventually(async () => {
    const all = await host.control.labs.leases(lab.name);
    return all.every(({ releasedAt }) => releasedAt !== null) && all;
  });
  expect(new Set(log.map(({ key }) => key)).size).toBe(log.length);
  for (const slot of new Set(log.map((lease) => lease.slot))) {
    const spans = log.filter((lease) => lease.slot === slot);
    for (const [i, { grantedAt }] of spans.entries())
      if (i > 0) expect(grantedAt).toBeGreaterThanOrEqual(spans[i - 1]!.releasedAt!);
  }
  await eventually(async () => {
    const [resource] = (await host.control.labs.show(lab.name)).resources;
    return resource!.leases.length === 0 && resource!.waiting?.length === 0;
  });
}

describe('the workflow of an instrument', () => {
  it('loses nothing when it continues as new: leases, who waits, a fault, and stock', async () => {
    const lab = await labOf('anew', 40);
    const campaign = campaignIn(lab, 'anew', { parallel: 4, budget: { trials: 7 } });
    await host.control.start(campaign);
    const before = await remembers(lab, 2, 2);
    expect(await anew(lab)).toEqual(before);
    await host.control.labs.fault(lab.name, 'oven', ann);
    const faulty = { ...before, standstill: { kind: 'fault', why: ann.why } };
    await eventually(async () => (await memoryOf(lab)).standstill !== null);
    expect(await anew(lab)).toEqual(faulty);
    isOpen = true;
    // Those that ran end, and all places of the campaign are taken by trials that wait.
    const waits = await remembers(lab, 0, 4);
    expect(await anew(lab)).toEqual(waits);
    await host.control.labs.clear(lab.name, 'oven', ann);
    const short = await eventually(async () => {
      const { leases, waiting } = await memoryOf(lab).catch(() => ({ leases: [''], waiting: [] }));
      return leases.length === 0 && waiting.length === 2 && waiting.every((one) => one.endsWith(' argon')) && waiting;
    });
    await anew(lab);
    await eventually(async () => (await memoryOf(lab).catch(() => null))?.waiting.join() === short.join());
    expect(await host.control.labs.refill(lab.name, 'argon', 4, ann)).toEqual({ left: 4, untold: null });
    await allWell(lab, [campaign]);
    expect((await host.control.labs.show(lab.name)).stock[0]!.left).toBe(2);
    const runs = await historiesOf(host.client, instrumentWorkflowId(lab.name, 'oven'));
    expect(runs.length).toBeGreaterThan(4);
    expect(await replayFaults(runs)).toEqual([]);
  });

  it('terminated by hand it comes back from the store with who has it, for whoever asks next', async () => {
    const lab = await labOf('terminated');
    const first = campaignIn(lab, 'terminated', { parallel: 2, budget: { trials: 2 } });
    await host.control.start(first);
    const before = await remembers(lab, 2, 0);
    await oven(lab).terminate('by hand');
    const second = campaignIn(lab, 'asks', { budget: { trials: 1 } });
    await host.control.start(second);
    const after = await remembers(lab, 2, 1);
    expect(after).toEqual({ ...before, waiting: [`${second.id}/r1/p1/g1/run null`] });
    // And once more, when nobody knows of it but those who give back what they have.
    await host.control.labs.fault(lab.name, 'oven', ann);
    await eventually(async () => (await memoryOf(lab)).standstill !== null);
    await oven(lab).terminate('by hand');
    isOpen = true;
    await host.control.waitUntilStopped(first.id, undefined, { pollMs: 100 });
    const { standstill } = await eventually(async () => {
      const memory = await memoryOf(lab).catch(() => null);
      return memory?.standstill != null && memory.leases.length === 0 && memory;
    });
    expect(standstill).toEqual({ kind: 'fault', why: ann.why });
    await host.control.abort(second.id, { who: 'ann' });
    await host.control.waitUntilStopped(second.id, undefined, { pollMs: 100 });
    await allWell(lab, [first]);
  });

  it('lost together with those that have it, it tells them at once that they have it still', async () => {
    const lab = await labOf('lost');
    const campaign = campaignIn(lab, 'lost', { parallel: 2, budget: { trials: 2 }, synchronous: true });
    await host.control.start(campaign);
    const before = await remembers(lab, 2, 0);
    await eventually(async () =>
      (await listSubmissions(host.store.query, campaign.id)).every(({ state }) => state === 'accepted'),
    );
    await oven(lab).terminate('lost');
    for (const place of [1, 2]) await host.client.workflow.getHandle(`${campaign.id}/r1/p${place}`).terminate('lost');
    // They ask for what they have, of a workflow that has not read yet who has it.
    expect(await remembers(lab, 2, 0)).toEqual(before);
    isOpen = true;
    await allWell(lab, [campaign]);
  });

  it('begun anew it takes back what the store says of those that are gone, though others are given slots meanwhile', async () => {
    const lab = await labOf('gone');
    isOpen = true;
    const first = campaignIn(lab, 'gone', { budget: { trials: 1 } });
    await host.run(first);
    await remembers(lab, 0, 0);
    await oven(lab).terminate('lost');
    // As in a database that was restored from a dump, made when the trial had ended and its slot was not given back yet.
    await host.store.query('UPDATE lease SET released_at = NULL WHERE campaign_id = $1', [first.id]);
    await host.run(campaignIn(lab, 'others', { budget: { trials: 4 } }));
    await remembers(lab, 0, 0);
    await allWell(lab, [first]);
  });
});
