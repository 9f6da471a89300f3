import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadOutline } from '../../activities/store/campaign.js';
import { startCampaignWorkflow } from '../../scripts/durable/campaign-workflow.js';
import { type DurableHost, durableHost, problemCampaign } from './durable-host.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost({ worker: false });
});
afterAll(() => host?.close());

it('a campaign whose workflow never closed, as its worker left with its end, goes on as a new one', async () => {
  const id = host.id('unclosed');
  const worker = await host.work();
  await host.run(problemCampaign(id, { budget: { trials: 3 } }));
  expect(await host.control.hasClosed(id)).toBe(true);
  await worker.shutdown();
  // Such a workflow: it has nothing to do but to close, and nobody lets it.
  await startCampaignWorkflow(
    host.client,
    host.settings.taskQueue!,
    host.store.query,
    await loadOutline(host.store.query, id),
  );
  const unclosed = await host.client.workflow.getHandle(id).describe();
  await host.control.extend(id, { who: 'ann', trials: 5 });
  const next = await host.client.workflow.getHandle(id).describe();
  expect([next.status.name, next.runId === unclosed.runId]).toEqual(['RUNNING', false]);
  const ended = host.client.workflow.getHandle(id, unclosed.runId);
  expect((await ended.describe()).status.name).toBe('TERMINATED');
  await host.work();
  expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 5, stop: { reason: 'budgetTrials' } });
});
