import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAudit } from '../../activities/store/audit.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import type { CampaignStatus } from '../../workflows/messages.js';
import { timeSkippingServer } from '../support/services.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let server: TestWorkflowEnvironment;
let host: DurableHost;
beforeAll(async () => {
  const path = await timeSkippingServer();
  server = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  host = await durableHost({ temporalAddress: server.address });
});
afterAll(async () => {
  await host?.close();
  await server?.teardown();
});

const hour = 3_600_000;

async function waiting(id: string, count: number): Promise<CampaignStatus['waiting']> {
  const handle = server.client.workflow.getHandle(id);
  return eventually(async () => {
    const status = await handle.query<CampaignStatus>('status').catch(() => null);
    const found = status?.waiting.filter(({ needs }) => needs === 'approval') ?? [];
    return found.length === count && found;
  });
}

/** What the record says of a campaign that is over, after every proposal was computed again and the history replayed. */
async function over(id: string): Promise<readonly (readonly [string, string])[]> {
  await host.control.waitUntilStopped(id);
  expect((await verifyRecord(await host.control.record(id))).mismatches).toEqual([]);
  const runs = await historiesOf(server.client, id);
  expect(await replayFaults(runs)).toEqual([]);
  await keepHistories(id.replace(/-.*/, ''), runs);
  return (await listAudit(host.store.query, id)).map(({ who, action }) => [who, action] as const);
}

const overdue = 'nobody (its time was up)';

it('a proposal is rejected when its time is up, and another in its place has its own', async () => {
  const id = host.id('overdue');
  const approval = [{ first: 1, timeout: '12h', otherwise: 'reject' }];
  await host.control.start(problemCampaign(id, { approval, budget: { trials: 2 } }));
  const [first] = await waiting(id, 1);
  expect(first!.approval!.until! - (await server.currentTimeMs())).toBeGreaterThan(11 * hour);
  await server.sleep(11 * hour);
  expect(await waiting(id, 1)).toEqual([first]);
  await server.sleep(2 * hour);
  const [second] = await eventually(async () => {
    const found = await waiting(id, 1);
    return found[0]!.id !== first!.id && found;
  });
  expect(second!.approval!.until! - first!.approval!.until!).toBeGreaterThanOrEqual(12 * hour);
  const [rejected] = await host.control.trials(id);
  expect(rejected).toMatchObject({ state: 'withdrawn', rejected: { who: overdue, why: null } });
  await host.control.approve(second!.id, { who: 'ann' });
  expect(await over(id)).toEqual([
    [overdue, 'reject'],
    ['ann', 'approve'],
  ]);
});

it('a proposal that may wait waits on when its time is up', async () => {
  const id = host.id('patient');
  await host.control.start(problemCampaign(id, { approval: [{ first: 1, timeout: '2h' }], budget: { trials: 1 } }));
  const [waits] = await waiting(id, 1);
  await server.sleep(100 * hour);
  expect(await waiting(id, 1)).toEqual([waits]);
  await host.control.approve(waits!.id, { who: 'ann' });
  expect(await over(id)).toEqual([['ann', 'approve']]);
});

it('proposals are approved when their time is up', async () => {
  const id = host.id('unattended');
  const approval = [{ first: 2, timeout: '30min', otherwise: 'approve' }];
  await host.control.start(problemCampaign(id, { approval, budget: { trials: 3 } }));
  await waiting(id, 1);
  await server.sleep(0.6 * hour);
  await eventually(async () => (await host.control.status(id)).measured === 1);
  await waiting(id, 1);
  await server.sleep(0.6 * hour);
  expect(await over(id)).toEqual([
    [overdue, 'approve'],
    [overdue, 'approve'],
  ]);
});
