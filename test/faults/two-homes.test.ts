import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { homeIdentity } from '../../scripts/durable/home-identity.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from '../workflows/durable-host.js';
import { deviceStarts } from './device-ledger.js';
import { standStill } from './stand-still.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

let host: DurableHost;
const homes: Record<'a' | 'b', string> = { a: '', b: '' };
const processes: WorkerProcess[] = [];
beforeAll(async () => {
  host = await durableHost({ worker: false });
  for (const name of ['a', 'b'] as const) {
    homes[name] = path.join(host.settings.home, name);
    await mkdir(homes[name]);
  }
});
afterAll(async () => {
  await Promise.all(processes.map((worker) => worker.kill()));
  await host?.close();
});

async function work(name: 'a' | 'b'): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({ ...host.settings, home: homes[name] });
  processes.push(worker);
  return worker;
}

async function startsOf(name: 'a' | 'b', campaign: Campaign): Promise<string[]> {
  return deviceStarts(homes[name], campaign).catch(() => []);
}

/** Runs a campaign with slow trials on home a until two are in flight there, then kills its worker and starts b's. */
async function killedWithTwoInFlight(campaign: Campaign): Promise<{ campaign: Campaign; b: WorkerProcess }> {
  const a = await work('a');
  await host.control.start(campaign);
  await eventually(async () => {
    const lines = await listSubmissions(host.store.query, campaign.id);
    return lines.filter(({ state }) => state === 'accepted').length >= 2;
  });
  await a.kill();
  return { campaign, b: await work('b') };
}

describe('two homes on one database and one Temporal server', () => {
  it('trials wait for the home in which their job lies, say so, and are measured once', async () => {
    // Jobs last longer than a worker's death is noticed: they end while nobody of home a is at work.
    const given = { parallel: 2, budget: { trials: 6 }, settings: { delayMs: 1_000 } };
    const { campaign, b } = await killedWithTwoInFlight(problemCampaign(host.id('homes'), given));
    const { id } = await homeIdentity(homes.a);
    // Nothing of home a's is quarantined, started again, or forgotten.
    const away = await eventually(async () => (await host.control.status(campaign.id)).away[0]);
    expect(away).toMatchObject({ home: id, trials: [expect.any(String), expect.any(String)] });
    expect(away.name).toContain(homes.a);
    expect(await host.control.away()).toContainEqual(away);
    expect(await startsOf('b', campaign)).toEqual([]);
    const still = standStill('two homes: the first back', host.control, campaign.id);
    const again = await work('a');
    await still.overcome();
    const report = await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    expect(report).toMatchObject({ measured: 6, quarantined: 0, away: [] });
    const record = await host.control.record(campaign.id);
    const starts = [...(await startsOf('a', campaign)), ...(await startsOf('b', campaign))];
    expect(starts.sort()).toEqual(record.trials.map(({ proposal }) => `${proposal.id}/g1/run`).sort());
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    await again.kill();
    await b.kill();
  }, 180_000);

  it('a person gives a home up that is lost for good: the trial is done again elsewhere', async () => {
    const given = { parallel: 2, budget: { trials: 4 }, settings: { delayMs: 1_000 } };
    const { campaign, b } = await killedWithTwoInFlight(problemCampaign(host.id('lost'), given));
    const away = await eventually(async () => (await host.control.status(campaign.id)).away[0]);
    const [first, second] = away.trials as [string, string];
    await expect(host.control.retry(first, { who: 'ann' })).rejects.toThrow(/--not-started/);
    for (const trial of [first, second]) await host.control.retry(trial, { who: 'ann', notStarted: true });
    const report = await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    expect(report).toMatchObject({ measured: 4, quarantined: 0, away: [] });
    const record = await host.control.record(campaign.id);
    expect(record.trials.filter(({ earlier }) => earlier !== undefined).map(({ proposal }) => proposal.id)).toEqual(
      [first, second].sort(),
    );
    expect(await startsOf('b', campaign)).toEqual(expect.arrayContaining([`${first}/g2/run`, `${second}/g2/run`]));
    expect(record.audit.filter(({ action }) => action === 'retry')).toHaveLength(2);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    await b.kill();
  }, 180_000);

  it('workers of two homes that share a folder go on with one another', async () => {
    const shared = path.join(host.settings.home, 'shared');
    const share = async (name: 'a' | 'b') => {
      const worker = await startWorkerProcess({ ...host.settings, home: homes[name], shared });
      processes.push(worker);
      return worker;
    };
    const campaign = problemCampaign(host.id('shared'), {
      parallel: 2,
      budget: { trials: 6 },
      settings: { delayMs: 500 },
    });
    const a = await share('a');
    await host.control.start(campaign);
    const begun = () => deviceStarts(shared, campaign).catch(() => []);
    await eventually(async () => (await begun()).length >= 2);
    await a.kill();
    const b = await share('b');
    expect(await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 })).toMatchObject({ measured: 6 });
    expect(await deviceStarts(shared, campaign)).toHaveLength(6);
    await b.kill();
  }, 180_000);
});
