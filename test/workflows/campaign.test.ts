import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CampaignReport } from '../../scripts/durable/course.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

let host: DurableHost;
const devices = new HeldDevices();
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const slow = { settings: { delayMs: 600_000 } };
const ann = { who: 'ann' };

async function inFlight(id: string, count: number): Promise<CampaignReport> {
  return eventually(async () => {
    const report = await host.control.status(id);
    // The figures of a report may be of two moments.
    return report.inFlight.length === count && report.running === count && report;
  });
}

describe('campaignWorkflow', () => {
  it('runs to the end of its budget', async () => {
    const record = await host.run(problemCampaign(host.id('budget'), { parallel: 2, budget: { trials: 7 } }));
    expect(record.phase).toBe('stopped');
    expect(record.stop?.reason).toBe('budgetTrials');
    expect(record.trials).toHaveLength(7);
    for (const trial of record.trials) {
      expect(trial.state).toBe('ended');
      expect(trial.observation?.outcome).toBe('measured');
    }
  });

  it('pauses and goes on', async () => {
    const id = host.id('pause');
    devices.hold();
    await host.control.start(problemCampaign(id, { budget: { trials: 4 } }));
    await inFlight(id, 1);
    expect((await host.control.pause(id, { who: 'ann', note: 'coffee' })).phase).toBe('paused');
    await expect(host.control.pause(id, ann)).rejects.toThrow(/it is paused; only a running campaign can be paused/);
    devices.letGo();
    const resting = await inFlight(id, 0);
    expect(resting.phase).toBe('paused');
    const measured = resting.measured;
    expect(measured).toBe(1);
    expect((await host.control.resume(id, { who: 'bob' })).phase).toBe('running');
    await host.control.waitUntilStopped(id);
    const record = await host.control.record(id);
    expect(record.trials.filter((trial) => trial.observation?.outcome === 'measured')).toHaveLength(4);
    expect(record.audit).toEqual([
      { at: expect.any(Number), who: 'ann', action: 'pause', details: { note: 'coffee' } },
      { at: expect.any(Number), who: 'bob', action: 'resume', details: {} },
    ]);
  });

  it('drains: what runs ends, nothing new starts', async () => {
    const id = host.id('drain');
    devices.hold();
    await host.control.start(problemCampaign(id, { parallel: 2, synchronous: true, budget: { trials: 50 } }));
    const before = await inFlight(id, 2);
    await host.control.drain(id, ann);
    devices.letGo();
    await host.control.waitUntilStopped(id);
    const record = await host.control.record(id);
    expect(record.stop?.reason).toBe('drained');
    const ended = record.trials.filter((trial) => trial.observation !== null);
    expect(ended.every((trial) => trial.observation?.outcome === 'measured')).toBe(true);
    expect(ended.map((trial) => trial.proposal.id)).toEqual(
      expect.arrayContaining(before.inFlight.map(({ id }) => id)),
    );
    expect(record.trials.every((trial) => trial.state === 'ended' || trial.state === 'withdrawn')).toBe(true);
  });

  it('aborts: what runs is cancelled on the device', async () => {
    const id = host.id('abort');
    await host.control.start(problemCampaign(id, { ...slow, parallel: 3 }));
    await inFlight(id, 3);
    await host.control.abort(id, ann);
    await host.control.waitUntilStopped(id);
    const record = await host.control.record(id);
    expect(record.stop?.reason).toBe('aborted');
    expect(record.trials.map((trial) => trial.observation?.outcome)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await expect(host.control.abort(id, ann)).rejects.toThrow(/has stopped .*it takes no decisions/);
  });

  it('takes a cancellation of the workflow for an abort', async () => {
    const id = host.id('cancel');
    await host.control.start(problemCampaign(id, slow));
    await inFlight(id, 1);
    await host.client.workflow.getHandle(id).cancel();
    const report = await host.control.waitUntilStopped(id);
    expect(report.stop?.reason).toBe('aborted');
    expect(report.cancelled).toBe(1);
  });

  it('changes the budget, but not below what is committed', async () => {
    const id = host.id('change');
    devices.hold();
    await host.control.start(problemCampaign(id, { budget: { trials: 2 }, parallel: 5 }));
    await inFlight(id, 2);
    await expect(host.control.changeBudget(id, { who: 'ann', trials: 1 })).rejects.toThrow(
      /budget trials 1 was given; null or a whole number from 2 \(started\) is allowed/,
    );
    await expect(host.control.changeBudget(id, ann)).rejects.toThrow(/no change of budget was given/);
    const state = await host.control.changeBudget(id, { who: 'ann', trials: 5 });
    expect(state.budget).toEqual({ cost: null, trials: 5 });
    devices.letGo();
    const report = await host.control.waitUntilStopped(id);
    expect(report.measured).toBe(5);
    expect(report.budget).toEqual({ cost: null, trials: 5, wallClockMs: null });
    expect((await host.control.record(id)).audit).toMatchObject([{ action: 'budget', details: { trials: 5 } }]);
  });

  it('drains when the wall clock is used up', async () => {
    const id = host.id('clock');
    // Long enough for one trial on a machine with much else to do.
    await host.control.start(
      problemCampaign(id, { settings: { delayMs: 1_000 }, budget: { trials: 1_000, wallClock: '12s' } }),
    );
    const report = await host.control.waitUntilStopped(id);
    expect(report.stop?.reason).toBe('wallClock');
    expect(report.measured).toBeGreaterThan(0);
    expect(report.running + report.proposed).toBe(0);
  });

  it('stops after so many failures in a row, each with its cause', async () => {
    const faults = { failRate: 1, failClass: 'chemistry' };
    const record = await host.run(
      problemCampaign(host.id('failures'), { settings: { faults }, maxConsecutiveFailures: 3 }),
    );
    expect(record.stop?.reason).toBe('failures');
    expect(record.trials.map((trial) => trial.observation?.cause?.code)).toEqual(Array(3).fill('orderedFailure'));
  });

  it('ends trials that are refused, answer nonsense or are lost, and goes on', async () => {
    const space = { parameters: [{ name: 'x1', type: 'continuous', bounds: [-500, 500] }] };
    const refused = await host.run(problemCampaign(host.id('refused'), { space, budget: { trials: 2 } }));
    expect(refused.trials.map((trial) => trial.observation?.cause?.code)).toEqual(['refused', 'refused']);
    const nonsense = await host.run(
      problemCampaign(host.id('nan'), { settings: { faults: { nanRate: 1 } }, budget: { trials: 2 } }),
    );
    for (const { observation } of nonsense.trials) {
      expect(observation?.outcome).toBe('quarantined');
      expect(observation?.details).toEqual({ answered: { value: 'NaN' } });
    }
    const lost = await host.run(
      problemCampaign(host.id('unknown'), { settings: { faults: { unknownRate: 1 } }, budget: { trials: 2 } }),
    );
    expect(lost.trials.map((trial) => trial.observation?.outcome)).toEqual(['quarantined', 'quarantined']);
  });

  it('finds a job again when the reply to its start is lost', async () => {
    const record = await host.run(
      problemCampaign(host.id('reply'), {
        settings: { faults: { lostReplyRate: 1 } },
        budget: { trials: 3 },
        parallel: 3,
      }),
    );
    expect(record.trials.map((trial) => trial.observation?.outcome)).toEqual(['measured', 'measured', 'measured']);
  });

  it('goes on from the store when the server has lost the campaign', async () => {
    const id = host.id('restored');
    const campaign = problemCampaign(id, { settings: { delayMs: 100 }, budget: { trials: 8 } });
    await host.control.start(campaign);
    await eventually(async () => (await host.control.status(id)).measured >= 3);
    await host.client.workflow.getHandle(id).terminate('as if lost');
    await expect(host.control.waitUntilStopped(id)).rejects.toThrow(/ended by force/);
    expect(await host.control.start(campaign)).toEqual({ outcome: 'attached' });
    await host.control.waitUntilStopped(id);
    const again = await host.control.record(id);
    const undisturbed = await host.run(problemCampaign(host.id('undisturbed'), { budget: { trials: 8 } }));
    const designs = (record: typeof again) => record.trials.map((trial) => trial.proposal.design);
    expect(designs(again)).toEqual(designs(undisturbed));
    expect(again.trials.every((trial) => trial.observation?.outcome === 'measured')).toBe(true);
  });

  it('shows why it cannot decide, and goes on when a person says so', async () => {
    const id = host.id('problem');
    const campaign = problemCampaign(id, { strategy: { surrogate: 'no-such-surrogate', initial: { trials: 1 } } });
    await host.control.start(campaign);
    const stuck = await eventually(async () => {
      const report = await host.control.status(id);
      return report.problem !== null && report;
    });
    expect(stuck.problem).toMatch(/round \d+ cannot be decided: .*no-such-surrogate/s);
    await host.control.resume(id, ann);
    await eventually(async () => (await host.control.status(id)).problem !== null);
    await host.control.drain(id, ann);
    const report = await host.control.waitUntilStopped(id);
    expect(report.stop?.reason).toBe('drained');
  });

  it('refuses decisions without a name', async () => {
    const id = host.id('nameless');
    await host.control.start(problemCampaign(id, slow));
    await expect(host.control.pause(id, { who: ' ' })).rejects.toThrow(/every decision carries a name/);
    await host.control.abort(id, ann);
    await host.control.waitUntilStopped(id);
  });

  it('attaches to the same campaign and refuses another under its id', async () => {
    const id = host.id('same');
    const campaign = problemCampaign(id, { budget: { trials: 2 } });
    await host.control.start(campaign);
    await host.control.waitUntilStopped(id);
    expect(await host.control.start(campaign)).toEqual({ outcome: 'stopped' });
    await expect(host.control.start(problemCampaign(id, { budget: { trials: 3 }, seed: 8 }))).rejects.toThrow(
      /exists already, from a file that differs in seed, budget/,
    );
    await expect(host.control.status('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await host.control.list()).map((head) => head.id)).toContain(id);
  });
});
