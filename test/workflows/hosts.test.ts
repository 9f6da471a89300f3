import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { verifyRecord } from '../../scripts/verify.js';
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
