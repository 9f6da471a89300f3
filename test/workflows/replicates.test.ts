import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBest } from '../../activities/store/best.js';
import { frontOf } from '../../activities/tally.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { designKey } from '../../models/domain/design.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { bestOf } from '../../scripts/outcome.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import type { LoopState } from '../../workflows/loop.js';
import type { CampaignStatus } from '../../workflows/messages.js';
import { type DurableHost, durableHost, problemCampaign } from './durable-host.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host.close());

/** Number of trials of each design, in the order in which they were proposed. */
function timesMeasured({ trials }: CampaignRecord): readonly number[] {
  const times = new Map<string, number>();
  for (const { proposal } of trials)
    times.set(designKey(proposal.design), (times.get(designKey(proposal.design)) ?? 0) + 1);
  return [...times.values()];
}

it('measures each design by rule as trials of their own, on Temporal as in one process, and verifies', async () => {
  const campaign = problemCampaign(host.id('replicates'), {
    settings: { noise: 8 },
    strategy: { initial: { trials: 3 } },
    replicates: { atTarget: 2, whenDisagreeing: 3 },
    budget: { trials: 14 },
    parallel: 2,
    synchronous: true,
  });
  const record = await host.run(campaign);
  const times = timesMeasured(record);
  expect(record.trials).toHaveLength(14);
  expect(record.stop?.reason).toBe('budgetTrials');
  expect(times.slice(0, 3).every((count) => count === 2 || count === 3)).toBe(true);
  expect(record.trials.filter(({ proposal }) => proposal.reason.kind === 'replicate')).toHaveLength(14 - times.length);
  const keys = record.trials.map(({ observation }) => observation!.trialId);
  expect(new Set(keys).size).toBe(14);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  const here = await runInProcess(campaign, { registry: createRegistry() });
  expect(here.trials.map(({ proposal }) => proposal.design)).toEqual(
    record.trials.map(({ proposal }) => proposal.design),
  );
});

it('goes by the mean of each design, in both hosts, across workflows that continue as new', async () => {
  const campaign = problemCampaign(host.id('means'), {
    settings: { noise: 30, vary: 'trial' },
    replicates: { atTarget: 3 },
    budget: { trials: 15 },
    stop: [{ type: 'targetReached', value: -1000 }],
    parallel: 2,
    synchronous: true,
  });
  const { trials } = await host.run(campaign, 150);
  const best = bestOf(campaign.spec, trials)!;
  expect(best.measuredIn).toHaveLength(3);
  const values = best.measuredIn!.map((id) => trials.find((one) => one.proposal.id === id)!.observation!.values.value!);
  expect(new Set(values).size).toBe(3);
  expect(await findBest(host.store.query, campaign.id, campaign.spec)).toEqual(best);
  const { front, runs, stop } = await host.client.workflow.getHandle(campaign.id).query<CampaignStatus>('status');
  expect(runs).toBeGreaterThan(1);
  expect(stop?.reason).toBe('budgetTrials');
  expect(front).toEqual(frontOf(campaign.spec, trials));
  expect(front).toMatchObject([{ trialId: best.trialId, losses: [best.value], measurements: 3 }]);
  let last: LoopState | null = null;
  const onEvent = ({ state }: { readonly state: LoopState }) => {
    last = state;
  };
  const here = await runInProcess(campaign, { registry: createRegistry(), onEvent });
  expect(here.stop?.reason).toBe('budgetTrials');
  expect(bestOf(campaign.spec, here.trials)).toEqual(best);
  expect(last!.front).toEqual(frontOf(campaign.spec, here.trials));
});
