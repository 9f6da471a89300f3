import { execFileSync } from 'node:child_process';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { homeIdentity } from '../../scripts/durable/home-identity.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from '../workflows/durable-host.js';
import { deviceStarts } from './device-ledger.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

let host: DurableHost;
const processes: WorkerProcess[] = [];
beforeAll(async () => {
  host = await durableHost({ worker: false });
});
afterAll(async () => {
  await Promise.all(processes.map((worker) => worker.kill()));
  await host?.close();
});

async function work(home: string): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({ ...host.settings, home });
  processes.push(worker);
  return worker;
}

/** A campaign with one trial in flight in a home whose worker was killed. */
async function inFlight(name: string): Promise<{ campaign: Campaign; home: string }> {
  const home = path.join(host.settings.home, name);
  await mkdir(home);
  const campaign = problemCampaign(host.id(name), { budget: { trials: 2 }, settings: { delayMs: 6_000 } });
  const worker = await work(home);
  await host.control.start(campaign);
  await eventually(async () => (await listSubmissions(host.store.query, campaign.id))[0]?.state === 'accepted');
  await worker.kill();
  return { campaign, home };
}

describe('a home', () => {
  it('that was copied is another one: what was in flight waits for the first, and is started once', async () => {
    const { campaign, home } = await inFlight('copied');
    const first = await homeIdentity(home);
    const copy = `${home}-copy`;
    execFileSync('cp', ['-r', home, copy]);
    const worker = await work(copy);
    const away = await eventually(async () => (await host.control.status(campaign.id)).away[0]);
    expect(away).toMatchObject({ home: first.id, trials: [`${campaign.id}/r1/p1`] });
    const second = await homeIdentity(copy);
    expect(second.id).not.toBe(first.id);
    // What the copied records of the device say was copied, too; nothing was added.
    expect(await deviceStarts(copy, campaign)).toEqual(await deviceStarts(home, campaign));
    const again = await work(home);
    const report = await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    expect(report).toMatchObject({ measured: 2, quarantined: 0, away: [] });
    const starts = [...(await deviceStarts(home, campaign)), ...(await deviceStarts(copy, campaign))];
    const { trials } = await host.control.record(campaign.id);
    expect([...new Set(starts)].sort()).toEqual(trials.map(({ proposal }) => `${proposal.id}/g1/run`).sort());
    // The line that was copied, and one for each real start.
    expect(starts).toHaveLength(3);
    await worker.kill();
    await again.kill();
  });

  it('that was moved is the same one, and goes on', async () => {
    const { campaign, home } = await inFlight('moved');
    const first = await homeIdentity(home);
    // A home whose worker was heard of a moment ago may be at work still.
    await eventually(async () => (await host.control.away()).some(({ home: id }) => id === first.id));
    const moved = `${home}-elsewhere`;
    await rename(home, moved);
    const worker = await work(moved);
    expect((await homeIdentity(moved)).id).toBe(first.id);
    expect(await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 })).toMatchObject({
      measured: 2,
      quarantined: 0,
    });
    expect(await deviceStarts(moved, campaign)).toHaveLength(2);
    await worker.kill();
  });
});
