import { describe, expect, it } from 'vitest';
import { createCampaign } from '../../activities/store/campaign.js';
import { saveRound } from '../../activities/store/proposal.js';
import { listSubmissions } from '../../activities/store/submission.js';
import { setNeeds } from '../../activities/store/trial.js';
import type { Adapter } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { AdapterError } from '../../models/domain/errors.js';
import { decide } from '../../models/strategy/decide.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import type { CampaignStatus } from '../../workflows/messages.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

const ann = { who: 'ann' };

/** Ends a workflow and forgets that it ever was, as when a server loses its data. */
async function lose(host: DurableHost, id: string): Promise<void> {
  const handle = host.client.workflow.getHandle(id);
  await handle.terminate('lost').catch(() => undefined);
  const workflowExecution = { workflowId: id };
  await host.client.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
  await eventually(() =>
    handle.describe().then(
      () => false,
      () => true,
    ),
  );
}

/** A campaign with two slow trials in flight. */
async function withTwoInFlight(host: DurableHost, name: string, delayMs: number): Promise<string> {
  const id = host.id(name);
  await host.control.start(problemCampaign(id, { parallel: 2, budget: { trials: 30 }, settings: { delayMs } }));
  await eventually(async () => (await host.control.status(id)).running === 2);
  await eventually(async () => {
    const lines = await listSubmissions(host.store.query, id);
    return lines.filter(({ state }) => state === 'accepted').length === 2;
  });
  return id;
}

/** Loses the campaign with its trials. */
async function loseAll(host: DurableHost, id: string): Promise<void> {
  const { trials } = await host.control.record(id);
  const workflows = [id, ...trials.map(({ proposal }) => proposal.id)];
  await Promise.all(workflows.map((workflow) => lose(host, workflow).catch(() => undefined)));
}

/** Runs a test on servers of its own: they wait, so that several go on at the same time. */
async function alone(test: (host: DurableHost) => Promise<void>, devices = new HeldDevices()): Promise<void> {
  const host = await durableHost({ worker: false, ...devices.worker });
  try {
    await test(host);
  } finally {
    await host.close();
  }
}

describe.concurrent('a campaign whose server has lost all its data', () => {
  it('and that was being drained is drained: nothing new, nothing again', () => {
    const devices = new HeldDevices();
    devices.hold();
    return alone(async (host) => {
      const worker = await host.work();
      const id = await withTwoInFlight(host, 'draining', 0);
      await host.control.drain(id, ann);
      await worker.shutdown();
      await loseAll(host, id);
      expect((await host.control.status(id)).course.workflow).toBe('missing');
      devices.letGo();
      const next = await host.work();
      const report = await host.control.waitUntilStopped(id);
      expect(report).toMatchObject({ measured: 2, proposed: 0, cancelled: 0, stop: { reason: 'drained' } });
      expect(await listSubmissions(host.store.query, id)).toHaveLength(2);
      const record = await host.control.record(id);
      expect(record.audit.map(({ action }) => action)).toEqual(['drain']);
      expect((await verifyRecord(record)).mismatches).toEqual([]);
      await next.shutdown();
    }, devices);
  });

  it('and that was being aborted is aborted: its trials are cancelled', () =>
    alone(async (host) => {
      const worker = await host.work();
      const id = await withTwoInFlight(host, 'aborting', 3_600_000);
      await worker.shutdown();
      // As it stands in the store from the decision until the last trial is cancelled.
      await host.store.query(
        `UPDATE campaign SET phase = 'aborting', stop = '{"reason": "aborted", "text": "aborted by a person"}' WHERE id = $1`,
        [id],
      );
      await loseAll(host, id);
      const next = await host.work();
      const report = await host.control.waitUntilStopped(id);
      expect(report).toMatchObject({ measured: 0, cancelled: 2, stop: { reason: 'aborted' } });
      expect(await listSubmissions(host.store.query, id)).toHaveLength(2);
      await next.shutdown();
    }));
});

it('a trial of which nobody can tell whether it began is done again on a person’s word alone', async () => {
  let lost = true;
  const host = await durableHost({
    registryFor: async () => ({
      ...createRegistry(),
      create: (name, settings, context): Adapter => {
        const { find: _, ...device } = createRegistry().create(name, settings, context);
        return {
          ...device,
          submit: async (...given) => {
            const silent = lost;
            lost = false;
            // The answer to the first call is lost, and the device cannot be asked.
            if (silent) throw new AdapterError('the line went dead');
            return device.submit(...given);
          },
        };
      },
    }),
  });
  try {
    const id = host.id('ambiguous');
    await host.control.start(problemCampaign(id, { budget: { trials: 2 } }));
    expect(await host.control.waitUntilStopped(id)).toMatchObject({ quarantined: 1, measured: 1 });
    const trial = `${id}/r1/p1`;
    expect((await host.control.record(id)).trials[0]!.observation?.cause?.code).toBe('ambiguous');
    await host.control.extend(id, { ...ann, trials: 3 });
    await host.control.pause(id, ann).catch(() => undefined);
    await expect(host.control.retry(trial, ann)).rejects.toThrow(/nobody can tell.*--not-started/);
    await eventually(async () => {
      const { phase } = await host.control.status(id);
      if (phase === 'stopped') await host.control.extend(id, { ...ann, trials: 5 });
      return phase !== 'stopped';
    });
    await host.control.retry(trial, { ...ann, notStarted: true });
    await host.control.resume(id, ann).catch(() => undefined);
    await host.control.waitUntilStopped(id);
    const [first] = (await host.control.record(id)).trials;
    expect(first).toMatchObject({
      observation: { outcome: 'measured' },
      earlier: [{ observation: { outcome: 'quarantined' } }],
    });
    const lines = (await listSubmissions(host.store.query, id)).filter(({ key }) => key.startsWith(`${trial}/`));
    expect(lines.map(({ key }) => key).sort()).toEqual([`${trial}/g1/run`, `${trial}/g2/run`]);
  } finally {
    await host.close();
  }
});

it('a trial that waits for approval waits on where its campaign goes on from the store', async () => {
  const host = await durableHost();
  try {
    const id = host.id('unapproved');
    const campaign = problemCampaign(id, { parallel: 2, budget: { trials: 2 } });
    const asked = { round: 1, count: 2, pending: [], remainingCost: null };
    const decision = await decide({ campaign, ...asked, trials: [] });
    await host.store.transaction(async (query) => {
      await createCampaign(query, campaign);
      const asks = { why: ['by hand'], timeoutMs: null, otherwise: 'wait' as const, until: null };
      await saveRound(query, { campaignId: id, ...asked, ...decision, approvals: decision.proposals.map(() => asks) });
      await setNeeds(query, `${id}/r1/p2`, null);
    });
    await host.control.start(campaign);
    await eventually(async () => (await host.control.status(id)).measured === 1);
    const status = await host.client.workflow.getHandle(id).query<CampaignStatus>('status');
    expect(status.waiting).toMatchObject([{ id: `${id}/r1/p1`, needs: 'approval' }]);
    await host.control.drain(id, ann);
    expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 1, withdrawn: 1 });
    const lines = await listSubmissions(host.store.query, id);
    expect(lines.map(({ trialId }) => trialId)).toEqual([`${id}/r1/p2`]);
  } finally {
    await host.close();
  }
});
