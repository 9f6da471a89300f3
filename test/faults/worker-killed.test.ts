import { describe, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { comparable, type DurableHost, durableHost, eventually, problemCampaign } from '../workflows/durable-host.js';
import { deviceStarts } from './device-ledger.js';
import { standStill } from './stand-still.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

/** What runs workers that a test may kill, on servers of its own: two tests wait at the same time. */
interface Bench {
  readonly host: DurableHost;
  work(): Promise<WorkerProcess>;
}

async function onBench(test: (bench: Bench) => Promise<void>): Promise<void> {
  const host = await durableHost({ worker: false });
  const processes: WorkerProcess[] = [];
  const work = async () => {
    const worker = await startWorkerProcess(host.settings);
    processes.push(worker);
    return worker;
  };
  try {
    await test({ host, work });
  } finally {
    await Promise.all(processes.map((worker) => worker.kill()));
    await host.close();
  }
}

/** Runs a campaign and kills the worker each time that so many trials are measured. */
async function runKilling({ host, work }: Bench, campaign: Campaign, killAt: readonly number[]) {
  let worker = await work();
  await host.control.start(campaign);
  for (const least of killAt) {
    await eventually(async () => (await host.control.status(campaign.id)).measured >= least);
    await worker.kill();
    const still = standStill('worker', host.control, campaign.id);
    worker = await work();
    await still.overcome();
  }
  await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
  await worker.kill();
  return host.control.record(campaign.id);
}

/** Every proposal was started once by the device, and stands once in our ledger. */
async function expectNothingTwice({ host }: Bench, campaign: Campaign): Promise<void> {
  const record = await host.control.record(campaign.id);
  const keys = record.trials.filter(({ state }) => state === 'ended').map(({ proposal }) => `${proposal.id}/g1/run`);
  expect((await deviceStarts(host.settings.home, campaign)).sort()).toEqual([...keys].sort());
  const lines = await listSubmissions(host.store.query, campaign.id);
  expect(lines.map(({ key }) => key).sort()).toEqual([...keys].sort());
  expect(lines.every(({ state }) => state === 'ended')).toBe(true);
}

describe.concurrent('kill -9 of the worker in mid-campaign', () => {
  // With models after the first three trials, so that decisions are lost on the way too.
  const strategy = { initial: { trials: 3 } };

  it('one trial at a time: the same trials as undisturbed', () =>
    onBench(async (bench) => {
      const { host } = bench;
      const settings = { delayMs: 150 };
      const given = { strategy, settings, budget: { trials: 12 }, seed: 21 };
      const killed = problemCampaign(host.id('k'), given);
      const disturbed = await runKilling(bench, killed, [2, 7]);
      const plain = problemCampaign(host.id('u'), given);
      const undisturbed = await runKilling(bench, plain, []);
      // The ids differ by the campaign's, and with them the hash over the observations.
      const shown = (record: typeof disturbed, id: string) =>
        JSON.parse(
          JSON.stringify(comparable(record))
            .replaceAll(id, 'c')
            .replaceAll(/"dataHash":"\w*"/g, '"dataHash":""'),
        );
      expect(shown(disturbed, killed.id)).toEqual(shown(undisturbed, plain.id));
      expect(disturbed.trials).toHaveLength(12);
      await expectNothingTwice(bench, killed);
      expect((await verifyRecord(disturbed)).mismatches).toEqual([]);
    }));

  it('two at a time: complete, nothing started twice', () =>
    onBench(async (bench) => {
      const { host } = bench;
      const campaign = problemCampaign(host.id('two'), {
        strategy,
        settings: { delayMs: { min: 50, max: 400 } },
        parallel: 2,
        budget: { trials: 14 },
      });
      const record = await runKilling(bench, campaign, [3, 8]);
      expect(record.stop?.reason).toBe('budgetTrials');
      expect(record.trials.map((trial) => trial.observation?.outcome)).toEqual(Array(14).fill('measured'));
      await expectNothingTwice(bench, campaign);
      expect((await verifyRecord(record)).mismatches).toEqual([]);
    }));
});
