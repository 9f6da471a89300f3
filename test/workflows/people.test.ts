import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyRecord } from '../../scripts/record/verify.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, loseWorkflow, problemCampaign } from './durable-host.js';

let host: DurableHost;
const devices = new HeldDevices();
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const ann = { who: 'ann', note: 'she knows why' };

const lose = (id: string) => loseWorkflow(host, id);

describe('what people decide', () => {
  it('is in force again after the server has lost the campaign', async () => {
    const id = host.id('decided');
    devices.hold(2);
    await host.control.start(problemCampaign(id, { budget: { trials: 30 } }));
    await eventually(async () => (await host.control.status(id)).measured >= 2);
    await host.control.pause(id, ann);
    await host.control.changeBudget(id, { ...ann, trials: 6 });
    await host.control.changeParallel(id, { ...ann, parallel: 2 });
    devices.letGo();
    await eventually(async () => (await host.control.status(id)).running === 0);
    const { measured } = await host.control.status(id);
    await lose(id);
    // What a new start of the file or of a worker does.
    await host.control.start((await host.control.record(id)).campaign);
    const handle = host.client.workflow.getHandle(id);
    const state = await eventually(() => handle.query<Record<string, unknown>>('status').catch(() => null));
    expect(state).toMatchObject({
      phase: 'paused',
      parallel: 2,
      budget: { trials: 6 },
      started: measured,
      spent: measured,
    });
    await host.control.resume(id, ann);
    const report = await host.control.waitUntilStopped(id);
    expect(report).toMatchObject({ measured: 6, stop: { reason: 'budgetTrials' } });
    const record = await host.control.record(id);
    expect(record.audit.map(({ action }) => action)).toEqual(['pause', 'budget', 'parallel', 'resume']);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('lets a campaign that has stopped go on', async () => {
    const id = host.id('extended');
    const strategy = { initial: { trials: 3 } };
    const stop = [{ type: 'targetReached', value: 1e6 }];
    await host.run(problemCampaign(id, { strategy, stop, budget: { trials: 4 } }));
    expect((await host.control.status(id)).stop?.reason).toBe('targetReached');
    await expect(host.control.extend(id, { ...ann, trials: 1 })).rejects.toThrow(/has run 1 trials/);
    expect(await host.control.extend(id, { ...ann, trials: 4 })).toMatchObject({ phase: 'running', stop: null });
    expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 4, stop: { reason: 'budgetTrials' } });
    await expect(host.control.extend(id, { ...ann, cost: 50 })).rejects.toThrow(/give more by --trials/);
    await host.control.extend(id, { ...ann, trials: 6 });
    await expect(host.control.extend(id, { ...ann, trials: 9 })).rejects.toThrow(/only a stopped one is extended/);
    expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 6, rounds: 6 });
    const record = await host.control.record(id);
    expect(record.audit).toMatchObject([
      { who: 'ann', action: 'extend', details: { trials: 4, ended: 'targetReached', lifted: ['targetReached'] } },
      { who: 'ann', action: 'extend', details: { trials: 6, ended: 'budgetTrials', note: 'she knows why' } },
    ]);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    // Decided, and computed again, with the budget in force.
    const budgets = record.trials.map(({ proposal }) => proposal.basis.budget);
    const given = { cost: null, trials: 6 };
    expect(budgets).toEqual([undefined, undefined, undefined, undefined, given, given]);
  });

  it('does trials again that gave no value; the campaign had paused by itself', async () => {
    const id = host.id('retried');
    const faults = { failRate: 1, failClass: 'device' };
    const given = { budget: { trials: 5 }, maxConsecutiveFailures: 3, settings: { faults } };
    await host.control.start(problemCampaign(id, given));
    const paused = await eventually(async () => {
      const report = await host.control.status(id);
      return report.phase === 'paused' && report;
    });
    expect(paused).toMatchObject({ failed: 3, stop: null });
    expect(paused.problem).toMatch(/3 trials in a row gave no value, for other reasons than chemistry/);
    await expect(host.control.retry(`${id}/r9/p1`, ann)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await host.control.retry(`${id}/r1/p1`, ann);
    // Said again by the same person it is taken once; another is told who was first.
    await host.control.retry(`${id}/r1/p1`, ann);
    await expect(host.control.retry(`${id}/r1/p1`, { who: 'bob' })).rejects.toThrow(
      /waits for its turn.*; ann was first, at .*: retry \(she knows why\)/,
    );
    await host.control.resume(id, ann);
    // Three more: the trial done again, and two new ones.
    const again = await eventually(async () => {
      const report = await host.control.status(id);
      return report.phase === 'paused' && report.problem !== null && report;
    });
    expect(again).toMatchObject({ failed: 5, rounds: 5, spent: 6 });
    const record = await host.control.record(id);
    expect(record.trials[0]).toMatchObject({
      observation: { outcome: 'failed' },
      earlier: [{ throughRound: 3, observation: { outcome: 'failed' } }],
    });
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    await host.control.abort(id, ann);
    await host.control.waitUntilStopped(id);
  });

  it('does a trial again of a campaign that has stopped, whose budget or space is used up', async () => {
    const id = host.id('reopened');
    const faults = { failRate: 1, failClass: 'device' };
    await host.run(problemCampaign(id, { budget: { trials: 2 }, settings: { faults } }));
    expect(await host.control.status(id)).toMatchObject({ failed: 2, phase: 'stopped' });
    await host.control.retry(`${id}/r1/p1`, ann);
    const report = await host.control.waitUntilStopped(id);
    expect(report).toMatchObject({ failed: 2, spent: 3, stop: { reason: 'budgetTrials' } });
    const record = await host.control.record(id);
    expect(record.trials[0]!.earlier).toHaveLength(1);
    expect(record.audit).toMatchObject([{ action: 'retry', who: 'ann', details: { ended: 'budgetTrials' } }]);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('does a trial again where every design has been tried, and says how', async () => {
    const id = host.id('tried');
    const space = {
      parameters: [
        { name: 'x1', type: 'discrete', values: [1, 2] },
        { name: 'x2', type: 'discrete', values: [3] },
      ],
    };
    const faults = { failRate: 1, failClass: 'device' };
    await host.run(problemCampaign(id, { space, budget: { trials: 9 }, settings: { faults } }));
    expect((await host.control.status(id)).stop).toMatchObject({ reason: 'exhausted' });
    const lost = new RegExp(`2 trials gave no value .*athanor retry ${id}/r2/p1 \\(or ${id}/r1/p1\\)`);
    await expect(host.control.extend(id, { ...ann, trials: 20 })).rejects.toThrow(lost);
    await host.control.retry(`${id}/r2/p1`, ann);
    const report = await host.control.waitUntilStopped(id);
    expect(report).toMatchObject({ failed: 2, spent: 3, stop: { reason: 'exhausted' } });
  });

  it('does not do again what was measured or failed as chemistry', async () => {
    const id = host.id('final');
    await host.run(problemCampaign(id, { budget: { trials: 1 } }));
    await expect(host.control.retry(`${id}/r1/p1`, ann)).rejects.toThrow(/what was measured stays/);
    const faults = { failRate: 1, failClass: 'chemistry' };
    const other = host.id('chemistry');
    await host.run(problemCampaign(other, { budget: { trials: 1 }, settings: { faults } }));
    await expect(host.control.retry(`${other}/r1/p1`, ann)).rejects.toThrow(/a finding about its design/);
  });
});

describe('a forged signal', () => {
  it('neither ends a trial nor gives it a value', async () => {
    const id = host.id('forged');
    devices.hold();
    await host.control.start(problemCampaign(id, { budget: { trials: 2 } }));
    await eventually(async () => (await host.control.status(id)).running === 1);
    const handle = host.client.workflow.getHandle(id);
    const forged = {
      id: `${id}/r1/p1`,
      generation: 1,
      outcome: 'measured',
      cost: 0,
      judged: { losses: [-1e9], feasible: true },
      cause: null,
    };
    await handle.signal('trialEnded', forged);
    const state = await handle.query<{ inFlight: unknown[]; front: unknown[] }>('status');
    expect(state).toMatchObject({ inFlight: [{ id: `${id}/r1/p1` }], front: [] });
    devices.letGo();
    const report = await host.control.waitUntilStopped(id);
    expect(report).toMatchObject({ measured: 2, spent: 2 });
    const { front } = await handle.query<{ front: { losses: number[] }[] }>('status');
    expect(front.map(({ losses }) => losses)).toEqual([[report.best?.value]]);
  });
});

// Each on servers of its own, as both wait for what does not come.
describe.concurrent('an order that no worker confirms', () => {
  const unconfirmed = (said: RegExp) =>
    expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', message: expect.stringMatching(said) });

  it('may be carried out when one runs, and says what to do', async () => {
    const idle = await durableHost({ worker: false });
    try {
      const id = idle.id('ordered');
      await idle.control.start(problemCampaign(id, { budget: { trials: 30 }, settings: { delayMs: 100 } }));
      // The server keeps it in its memory alone.
      const lost = /^no worker confirmed this within 15 s, and .* it may be lost: start one .*, then say it again$/;
      await expect(idle.control.pause(id, ann)).rejects.toEqual(unconfirmed(lost));
      expect((await idle.control.status(id)).course).toMatchObject({ workflow: 'running', worked: false });
      await idle.work();
      await eventually(async () => (await idle.control.status(id)).phase === 'paused');
      expect((await idle.control.status(id)).course.worked).toBe(true);
      expect((await idle.control.record(id)).audit.map(({ action }) => action)).toEqual(['pause']);
    } finally {
      await idle.close();
    }
  });

  it('is carried out when one runs, where it is to do a trial again after the end', async () => {
    const idle = await durableHost({ worker: false });
    try {
      const id = idle.id('again');
      const first = await idle.work();
      const faults = { failRate: 1, failClass: 'device' };
      await idle.run(problemCampaign(id, { budget: { trials: 1 }, settings: { faults } }));
      await first.shutdown();
      await expect(idle.control.retry(`${id}/r1/p1`, ann)).rejects.toEqual(
        unconfirmed(/^no worker confirmed this; the order stands and takes effect when a worker runs: athanor worker$/),
      );
      await idle.work();
      await idle.control.waitUntilStopped(id);
      expect((await idle.control.record(id)).trials[0]).toMatchObject({ earlier: [{}] });
    } finally {
      await idle.close();
    }
  });
});
