import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { homeIdentity } from '../../scripts/durable/home-identity.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from '../workflows/durable-host.js';
import { deviceStarts } from './device-ledger.js';
import { standStill } from './stand-still.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

type Name = 'a' | 'b';

/** Two homes on servers of one test's own: tests wait at the same time. */
interface Homes {
  readonly host: DurableHost;
  readonly homes: Readonly<Record<Name, string>>;
  work(name: Name, shared?: string): Promise<WorkerProcess>;
  startsOf(name: Name, campaign: Campaign): Promise<string[]>;
}

async function onHomes(test: (homes: Homes) => Promise<void>): Promise<void> {
  const host = await durableHost({ worker: false });
  const processes: WorkerProcess[] = [];
  const homes = { a: path.join(host.settings.home, 'a'), b: path.join(host.settings.home, 'b') };
  for (const home of Object.values(homes)) await mkdir(home);
  const work = async (name: Name, shared: string | null = null) => {
    const worker = await startWorkerProcess({ ...host.settings, home: homes[name], shared });
    processes.push(worker);
    return worker;
  };
  const startsOf = (name: Name, campaign: Campaign) => deviceStarts(homes[name], campaign).catch(() => []);
  try {
    await test({ host, homes, work, startsOf });
  } finally {
    await Promise.all(processes.map((worker) => worker.kill()));
    await host.close();
  }
}

/** Runs a campaign with slow trials on home a until two are in flight there, then kills its worker and starts b's. */
async function killedWithTwoInFlight({ host, work }: Homes, campaign: Campaign): Promise<WorkerProcess> {
  const a = await work('a');
  await host.control.start(campaign);
  await eventually(async () => {
    const lines = await listSubmissions(host.store.query, campaign.id);
    return lines.filter(({ state }) => state === 'accepted').length >= 2;
  });
  await a.kill();
  return work('b');
}

describe.concurrent('two homes on one database and one Temporal server', () => {
  it('trials wait for the home in which their job lies, say so, and are measured once', () =>
    onHomes(async (two) => {
      const { host, homes, work, startsOf } = two;
      // They are in flight still when the worker is killed, and end while nobody of home a is at work.
      const given = { parallel: 2, budget: { trials: 6 }, settings: { delayMs: 6_000 } };
      const campaign = problemCampaign(host.id('homes'), given);
      const b = await killedWithTwoInFlight(two, campaign);
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
    }));

  it('a person gives a home up that is lost for good: the trial is done again elsewhere', () =>
    onHomes(async (two) => {
      const { host, startsOf } = two;
      const given = { parallel: 2, budget: { trials: 4 }, settings: { delayMs: 6_000 } };
      const campaign = problemCampaign(host.id('lost'), given);
      const b = await killedWithTwoInFlight(two, campaign);
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
    }));

  it('workers of two homes that share a folder go on with one another', () =>
    onHomes(async ({ host, work }) => {
      const shared = path.join(host.settings.home, 'shared');
      const campaign = problemCampaign(host.id('shared'), {
        parallel: 2,
        budget: { trials: 6 },
        settings: { delayMs: 500 },
      });
      const a = await work('a', shared);
      await host.control.start(campaign);
      const begun = () => deviceStarts(shared, campaign).catch(() => []);
      await eventually(async () => (await begun()).length >= 2);
      await a.kill();
      const b = await work('b', shared);
      expect(await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 })).toMatchObject({
        measured: 6,
      });
      expect(await deviceStarts(shared, campaign)).toHaveLength(6);
      await b.kill();
    }));
});
