import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable, type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, type NamedHistory, replayFaults } from './histories.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

const decided = { who: 'ann', note: 'a test' };

async function trialHistories(id: string): Promise<NamedHistory[]> {
  const { trials } = await host.control.record(id);
  return (await Promise.all(trials.map(({ proposal }) => historiesOf(host.client, proposal.id)))).flat();
}

describe('continue as new', () => {
  it('changes nothing: the same trials with and without', async () => {
    const campaign = { seed: 11, parallel: 3, synchronous: true, budget: { trials: 18 } };
    // Named alike, as the trial ids are part of what is compared.
    const whole = await host.run(problemCampaign(host.id('whole'), campaign));
    const parts = await host.run(problemCampaign(host.id('parts'), campaign), 40);
    const runs = await historiesOf(host.client, host.id('parts'));
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect(await historiesOf(host.client, host.id('whole'))).toHaveLength(1);
    const renamed = JSON.parse(JSON.stringify(comparable(parts)).replaceAll(host.id('parts'), host.id('whole')));
    const plain = JSON.parse(JSON.stringify(comparable(whole)));
    for (const record of [renamed, plain]) for (const trial of record.trials) trial.proposal.basis.dataHash = '';
    expect(renamed).toEqual(plain);
    expect(await replayFaults(runs)).toEqual([]);
    await keepHistories('synchronous', runs);
  });

  it('loses no signal and no decision, whatever runs at that moment', async () => {
    const id = host.id('busy');
    const campaign = problemCampaign(id, {
      parallel: 4,
      settings: { delayMs: { min: 0, max: 150 }, vary: 'trial' },
      budget: { trials: 40 },
    });
    await host.control.start(campaign, { historyLimit: 45 });
    for (const least of [4, 10, 16, 22]) {
      await eventually(async () => (await host.control.status(id)).measured >= least);
      await host.control.pause(id, decided);
      await host.control.resume(id, decided);
    }
    await host.control.changeBudget(id, { ...decided, trials: 44 });
    const report = await host.control.waitUntilStopped(id);
    expect(report).toMatchObject({ measured: 44, running: 0, proposed: 0, stop: { reason: 'budgetTrials' } });
    const record = await host.control.record(id);
    expect(record.audit.map((entry) => entry.action)).toEqual([...Array(4).fill(['pause', 'resume']).flat(), 'budget']);
    const runs = await historiesOf(host.client, id);
    expect(runs.length).toBeGreaterThanOrEqual(3);
    const trials = await trialHistories(id);
    expect(await replayFaults([...runs, ...trials])).toEqual([]);
    await keepHistories('asynchronous', [...runs.slice(0, 3), runs.at(-1)!]);
    await keepHistories('trial', trials.slice(0, 1));
  });

  it('keeps running trials through it, and can still abort them', async () => {
    const id = host.id('aborted');
    await host.control.start(problemCampaign(id, { settings: { delayMs: 600_000 }, parallel: 2 }), {
      historyLimit: 30,
    });
    await eventually(async () => (await host.control.status(id)).running === 2);
    while ((await historiesOf(host.client, id)).length < 2) {
      await host.control.pause(id, decided);
      await host.control.resume(id, decided);
    }
    await host.control.abort(id, decided);
    const report = await host.control.waitUntilStopped(id);
    expect(report).toMatchObject({ cancelled: 2, stop: { reason: 'aborted' } });
    const histories = [...(await historiesOf(host.client, id)), ...(await trialHistories(id))];
    expect(await replayFaults(histories)).toEqual([]);
    await keepHistories('aborted', histories);
  });

  it('keeps the wall clock through it', async () => {
    const id = host.id('clock');
    // Long enough for two runs on a machine with much else to do.
    const budget = { trials: 10_000, wallClock: '15s' };
    await host.control.start(problemCampaign(id, { settings: { delayMs: 200 }, budget }), { historyLimit: 40 });
    const report = await host.control.waitUntilStopped(id);
    expect(report.stop?.reason).toBe('wallClock');
    const runs = await historiesOf(host.client, id);
    expect(runs.length).toBeGreaterThanOrEqual(2);
    expect(await replayFaults(runs)).toEqual([]);
  });
});
