import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import { randomDecisions } from '../../scripts/bench/random-decisions.js';
import { deviceStarts } from '../faults/device-ledger.js';
import { type DurableHost, durableHost, problemCampaign } from './durable-host.js';
import { historiesOf, largestPayload, replayFaults } from './histories.js';

let host: DurableHost;
beforeAll(async () => {
  // Designs at random: a model of so many trials would take most of the time, and is tried elsewhere.
  host = await durableHost({ pool: randomDecisions });
});
afterAll(() => host?.close());

describe('a campaign of 120 trials and many runs, four at a time, with random delays', () => {
  it('ends with nothing doubled, the budget met exactly, and small payloads', async () => {
    const campaign = problemCampaign(host.id('long'), {
      parallel: 4,
      settings: { delayMs: { min: 0, max: 20 }, noise: 0.1, vary: 'trial' },
      budget: { cost: 120 },
    });
    const record = await host.run(campaign, 240);
    expect(record.stop?.reason).toBe('budgetCost');
    expect(record.trials).toHaveLength(120);
    expect(record.trials.every((trial) => trial.observation?.outcome === 'measured')).toBe(true);
    expect(record.trials.reduce((sum, trial) => sum + trial.observation!.cost, 0)).toBe(120);
    const designs = new Set(record.trials.map(({ proposal }) => JSON.stringify(proposal.design)));
    expect(designs.size).toBe(120);
    const keys = record.trials.map(({ proposal }) => `${proposal.id}/g1/run`).sort();
    expect((await deviceStarts(host.settings.home, campaign)).sort()).toEqual(keys);
    expect((await listSubmissions(host.store.query, campaign.id)).map(({ key }) => key).sort()).toEqual(keys);

    const runs = await historiesOf(host.client, campaign.id);
    expect(runs.length - 1).toBeGreaterThanOrEqual(3);
    const trials = await historiesOf(host.client, record.trials.at(-1)!.proposal.id);
    expect(largestPayload([...runs, ...trials])).toBeLessThan(16 * 1024);
    expect(await replayFaults(runs)).toEqual([]);
  });
});
