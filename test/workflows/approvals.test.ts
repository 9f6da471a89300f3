import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAudit } from '../../activities/store/audit.js';
import { listSubmissions } from '../../activities/store/submission.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import type { CampaignStatus } from '../../workflows/messages.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

const ann = { who: 'ann', note: 'looks fine' };
const bob = { who: 'bob', note: 'too hot' };

/** Waits until so many proposals wait for approval, and gives their ids. */
async function waiting(id: string, count: number): Promise<readonly string[]> {
  const handle = host.client.workflow.getHandle(id);
  return eventually(async () => {
    const status = await handle.query<CampaignStatus>('status').catch(() => null);
    const ids = status?.waiting.filter(({ needs }) => needs === 'approval').map((slot) => slot.id) ?? [];
    return ids.length === count && ids;
  });
}

/** The status, null where a run is just over and the next has not begun. */
const statusOf = (id: string) =>
  host.client.workflow
    .getHandle(id)
    .query<CampaignStatus>('status')
    .catch(() => null);

async function verified(id: string) {
  const record = parseRecord(exportJson(await host.control.record(id)), id);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  return record;
}

it('proposals that a gate stops begin when a person approves them; what one rejects never does', async () => {
  const id = host.id('gated');
  await host.control.start(problemCampaign(id, { parallel: 2, approval: [{ first: 3 }], budget: { trials: 5 } }));
  expect(await waiting(id, 2)).toEqual([`${id}/r1/p1`, `${id}/r1/p2`]);
  expect(await listSubmissions(host.store.query, id)).toEqual([]);
  const [waits] = await host.control.trials(id);
  expect(waits).toMatchObject({
    needs: 'approval',
    approval: { why: ['among the first 3'], timeoutMs: null, otherwise: 'wait', until: null },
  });
  await expect(host.control.reject(`${id}/r1/p2`, { who: 'bob' })).rejects.toThrow(/every rejection carries a reason/);
  await host.control.approve(`${id}/r1/p1`, ann);
  await host.control.reject(`${id}/r1/p2`, bob);
  // Whoever comes second is told who was first; who says the same again is not taken twice.
  await expect(host.control.reject(`${id}/r1/p1`, bob)).rejects.toThrow(/ann was first, at .*: approve \(looks fine\)/);
  await expect(host.control.approve(`${id}/r1/p2`, ann)).rejects.toThrow(/taken back: bob was first.*too hot/);
  await host.control.reject(`${id}/r1/p2`, bob);
  await host.control.approve(`${id}/r1/p1`, ann);

  // The rejected one gave its place among the first three to another.
  await eventually(async () => {
    for (const { proposal, needs } of await host.control.trials(id))
      if (needs === 'approval') await host.control.approve(proposal.id, ann).catch(() => undefined);
    return (await host.control.status(id)).phase === 'stopped';
  });
  const record = await verified(id);
  expect(record.trials.filter(({ state }) => state === 'ended')).toHaveLength(5);
  expect(record.trials[1]).toMatchObject({ state: 'withdrawn', rejected: { who: 'bob', why: 'too hot' } });
  const [first, second] = await listAudit(host.store.query, id);
  expect(first).toMatchObject({ who: 'ann', action: 'approve' });
  expect(first!.details).toEqual({
    trial: `${id}/r1/p1`,
    note: 'looks fine',
    known: { round: 1, state: 'proposed', generation: 1, mean: null, sd: null, targetMean: null, targetSd: null },
  });
  expect(second).toMatchObject({ who: 'bob', action: 'reject', details: { trial: `${id}/r1/p2`, note: 'too hot' } });
  expect(record.audit.filter(({ details }) => details.trial === `${id}/r1/p1`)).toHaveLength(1);
  const runs = await historiesOf(host.client, id);
  expect(await replayFaults(runs)).toEqual([]);
  await keepHistories('approved', runs);
});

it('of two people who decide at once one is first, and the other is told so', async () => {
  const id = host.id('two');
  await host.control.start(problemCampaign(id, { approval: [{ first: 1 }], budget: { trials: 1 } }));
  const [trial] = await waiting(id, 1);
  const said = await Promise.allSettled([host.control.approve(trial!, ann), host.control.reject(trial!, bob)]);
  const refused = said.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(1);
  const first = said[0]!.status === 'fulfilled' ? 'ann' : 'bob';
  expect(String((refused[0] as PromiseRejectedResult).reason)).toContain(`${first} was first`);
  expect((await listAudit(host.store.query, id)).map(({ who }) => who)).toEqual([first]);
  await host.control.drain(id, ann).catch(() => undefined);
  await host.control.waitUntilStopped(id);
});

it('what waits for approval waits on across runs of the workflow', async () => {
  const id = host.id('continued');
  const campaign = problemCampaign(id, {
    parallel: 2,
    approval: [{ first: 1, timeout: '30d', otherwise: 'reject' }],
    budget: { trials: 12 },
  });
  await host.control.start(campaign, { historyLimit: 60 });
  const [trial] = await waiting(id, 1);
  const [, due] = await Promise.all([
    eventually(async () => ((await statusOf(id))?.runs ?? 0) > 1),
    eventually(async () => (await host.control.trials(id))[0]!.approval?.until),
  ]);
  expect(due).toBeGreaterThan(Date.now());
  expect(await waiting(id, 1)).toEqual([trial]);
  await host.control.approve(trial!, ann);
  const report = await host.control.waitUntilStopped(id);
  expect(report).toMatchObject({ measured: 12 });
  expect(await replayFaults(await historiesOf(host.client, id))).toEqual([]);
});

it('a time that is up in a later run of the workflow than it was set in is up all the same', async () => {
  const id = host.id('continued-due');
  const approval = [{ first: 2, timeout: '4s', otherwise: 'approve' }];
  await host.control.start(problemCampaign(id, { approval, budget: { trials: 3 } }), { historyLimit: 12 });
  const [trial] = await waiting(id, 1);
  await eventually(async () => ((await statusOf(id))?.runs ?? 0) > 1);
  expect((await host.control.trials(id))[0]!.proposal.id).toBe(trial);
  expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 3 });
  const acts = (await listAudit(host.store.query, id)).map(({ who, action }) => [who, action]);
  expect(acts).toEqual(Array(2).fill(['nobody (its time was up)', 'approve']));
  expect(await replayFaults(await historiesOf(host.client, id))).toEqual([]);
});
