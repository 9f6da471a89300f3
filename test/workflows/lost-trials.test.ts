import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
/** Until then no device says whether it can run a request. */
let gate: Promise<void> = Promise.resolve();
const devices = new HeldDevices((device) => ({ validate: (request) => gate.then(() => device.validate(request)) }));
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const decided = { who: 'ann', note: 'a test' };

/** Waits until the one trial has a job, and gives its id. */
async function begunTrial(id: string): Promise<string> {
  return eventually(async () => {
    const [line] = await listSubmissions(host.store.query, id);
    return line?.job != null && line.trialId;
  });
}

/** Has a campaign continue as new, by what people decide. */
async function continued(id: string, runs: number): Promise<void> {
  while ((await historiesOf(host.client, id)).length < runs) {
    await host.control.pause(id, decided);
    await host.control.resume(id, decided);
  }
}

/** What came of a campaign of one trial. */
async function outcomeOf(id: string) {
  await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
  const [trial, ...others] = (await host.control.record(id)).trials;
  expect(others).toEqual([]);
  const lines = await listSubmissions(host.store.query, id);
  expect(lines).toHaveLength(1);
  return trial!.observation!;
}

async function terminate(trialId: string): Promise<void> {
  await host.client.workflow.getHandle(trialId).terminate('by hand');
}

describe('a trial whose workflow is lost', () => {
  it('goes on with the job that runs, and is measured', async () => {
    const id = host.id('terminated');
    devices.hold();
    await host.control.start(problemCampaign(id, { budget: { trials: 1 } }));
    await terminate(await begunTrial(id));
    devices.letGo();
    expect(await outcomeOf(id)).toMatchObject({ outcome: 'measured' });
    const runs = await historiesOf(host.client, id);
    expect(await replayFaults(runs)).toEqual([]);
    await keepHistories('lost', runs);
  });

  it('is left to a person where it is lost again and again', async () => {
    const id = host.id('again');
    await host.control.start(problemCampaign(id, { settings: { delayMs: 600_000 }, budget: { trials: 1 } }));
    const trialId = await begunTrial(id);
    const seen = new Set<string>();
    while ((await host.control.status(id)).running > 0) {
      const { runId, status } = await host.client.workflow.getHandle(trialId).describe();
      if (status.name === 'RUNNING' && !seen.has(runId)) await terminate(trialId).catch(() => undefined);
      seen.add(runId);
    }
    expect(await outcomeOf(id)).toMatchObject({ outcome: 'quarantined', cause: { code: 'workflowLost' } });
    expect(seen.size).toBe(4);
  });

  it('that an earlier run of the campaign started goes on too', async () => {
    const id = host.id('earlier');
    const campaign = problemCampaign(id, { budget: { trials: 1 } });
    devices.hold();
    await host.control.start(campaign, { historyLimit: 60 });
    const trialId = await begunTrial(id);
    await continued(id, 2);
    await terminate(trialId);
    await continued(id, 3);
    devices.letGo();
    expect(await outcomeOf(id)).toMatchObject({ outcome: 'measured' });
    const runs = await historiesOf(host.client, id);
    expect(await replayFaults(runs)).toEqual([]);
    await keepHistories('looked-after', runs);
  });

  it('is cancelled on the device where the campaign is aborted', async () => {
    const id = host.id('aborted');
    const campaign = problemCampaign(id, { settings: { delayMs: 600_000 }, budget: { trials: 1 } });
    await host.control.start(campaign, { historyLimit: 60 });
    const trialId = await begunTrial(id);
    await continued(id, 2);
    await terminate(trialId);
    await host.control.abort(id, decided);
    expect(await outcomeOf(id)).toMatchObject({ outcome: 'cancelled' });
  });
});

it('a trial that waited for its device does not begin, once its campaign has gone on without it and stopped', async () => {
  const id = host.id('waited');
  let release = () => {};
  gate = new Promise((resolve) => {
    release = resolve;
  });
  const campaign = problemCampaign(id, { budget: { trials: 1 } });
  await host.control.start(campaign);
  const trial = host.client.workflow.getHandle(`${id}/r1/p1`);
  await eventually(() => trial.describe().catch(() => null));
  await host.control.drain(id, decided);
  await host.client.workflow.getHandle(id).terminate('by hand');
  await host.control.start(campaign);
  expect(await host.control.waitUntilStopped(id)).toMatchObject({ withdrawn: 1, stop: { reason: 'drained' } });
  release();
  expect(await trial.result()).toMatchObject({ outcome: 'cancelled', cost: 0 });
  expect(await listSubmissions(host.store.query, id)).toEqual([]);
  expect(await host.control.status(id)).toMatchObject({ withdrawn: 1, spent: 0 });
});
