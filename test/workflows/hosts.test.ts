import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { comparable, type DurableHost, durableHost, problemCampaign } from './durable-host.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

describe('the same campaign on both hosts', () => {
  const strategy = { initial: { trials: 4 } };
  const settings = { noise: 0.5, faults: { failRate: 0.1, nanRate: 0.1 } };
  const fidelities = [
    { name: 'rough', adapter: 'problem', settings: { problem: 'branin', noise: 3 }, cost: 0.3 },
    { name: 'exact', adapter: 'problem', settings: { problem: 'branin', ...settings }, cost: 1 },
  ];

  it('stops for the same reason, by a bound on the regret', async () => {
    const stop = [{ type: 'regretBound', epsilon: 30, probability: 0.5 }];
    const campaign = problemCampaign(host.id('bound'), {
      strategy: { initial: { trials: 5 } },
      stop,
      budget: { trials: 20 },
    });
    const durable = await host.run(campaign);
    const inProcess = await runInProcess(campaign, { registry: createRegistry() });
    expect(durable.stop).toMatchObject({
      reason: 'regretBound',
      text: expect.stringContaining('within 30 of the best'),
    });
    expect(comparable(durable)).toEqual(comparable(inProcess));
    const [last] = durable.trials.slice(-1);
    expect(last).toMatchObject({ state: 'withdrawn', observation: null });
    expect(last!.proposal.basis.assurances![0]!.probability).toBeGreaterThanOrEqual(0.5);
    expect((await verifyRecord(durable)).mismatches).toEqual([]);
  });

  it.each([
    ['targetReached', { stop: [{ type: 'targetReached', value: 40 }], budget: { trials: 30 } }],
    ['noImprovement', { stop: [{ type: 'noImprovement', rounds: 3 }], budget: { trials: 30 } }],
    ['budgetTrials', { budget: { trials: 4 } }],
    ['budgetCost', { budget: { cost: 4.5 } }],
  ])('records %s as the reason', async (reason, given) => {
    const campaign = problemCampaign(host.id(reason), given);
    const durable = await host.run(campaign);
    const inProcess = await runInProcess(campaign, { registry: createRegistry() });
    expect(durable.stop!.reason).toBe(reason);
    expect(comparable(durable)).toEqual(comparable(inProcess));
  });

  it.each([
    ['one trial at a time', { strategy, settings, budget: { trials: 14 } }],
    ['synchronous batches', { strategy, settings, parallel: 3, synchronous: true, budget: { trials: 15 } }],
    ['two fidelities within a cost', { strategy: 'default', fidelities, budget: { cost: 9 } }],
  ])('gives the same trials: %s', async (name, given) => {
    const campaign = problemCampaign(host.id(name.replaceAll(' ', '-')), { seed: 5, ...given });
    const durable = await host.run(campaign);
    const inProcess = await runInProcess(campaign, { registry: createRegistry() });
    expect(durable.trials.length).toBeGreaterThan(8);
    expect(comparable(durable)).toEqual(comparable(inProcess));
    const { checked, mismatches } = await verifyRecord(durable);
    expect(mismatches).toEqual([]);
    expect(checked).toBe(durable.trials.length);
  });
});
