import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDecidePool, type DecidePool } from '../../activities/decide-pool.js';
import { listSubmissions } from '../../activities/store/submission.js';
import type { Adapter } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { exportJson } from '../../scripts/library.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from '../workflows/durable-host.js';
import { historiesOf, keepHistories } from '../workflows/histories.js';
import { databaseDump } from './database-dump.js';
import { beforePath } from './fixtures.js';

/** Only where the environment asks for it: the fixtures of a version are made by that version, once (see test/README.md). */
const wanted = process.env.ATHANOR_RECORD_BEFORE !== undefined;

const ann = { who: 'ann', note: 'as seen on the device' };

/** A device that may be held, so that its jobs go on, or cut off, so that nobody hears its answers. */
const device = { held: false, cutOff: false };
const registryFor = async () => ({
  ...createRegistry(),
  create: (...[name, settings, context]: Parameters<ReturnType<typeof createRegistry>['create']>): Adapter => {
    const adapter = createRegistry().create(name, settings, context);
    const heard = <T>(answer: T): T => {
      if (device.cutOff) throw new AdapterError('the line went dead');
      return answer;
    };
    return {
      ...adapter,
      submit: async (...given) => heard(await adapter.submit(...given)),
      find: async (key, caller) => heard(await adapter.find!(key, caller)),
      status: async (job) =>
        device.held ? { state: 'running', progress: 0.5, pollAfterMs: 200 } : adapter.status(job),
    };
  },
});

/** Decisions that wait where they are told to. */
function gatedPool() {
  const pool = createDecidePool(1);
  const gate = { shut: false, waiting: 0 };
  const decide: DecidePool['decide'] = async (request, call) => {
    gate.waiting += 1;
    await eventually(async () => !gate.shut);
    gate.waiting -= 1;
    return pool.decide(request, call);
  };
  return { gate, pool: { decide, close: () => pool.close() } satisfies DecidePool };
}

/** A campaign at two fidelities of which some trials fail, in every way. */
function faulty(id: string, seed: number, given: Readonly<Record<string, unknown>>): Campaign {
  const settings = { problem: 'augmentedBranin', vary: 'trial', seed, noise: 0.5, delayMs: { min: 50, max: 200 } };
  const low = { ...settings, fidelity: 0.5, faults: { failRate: 0.15, failClass: 'chemistry' } };
  const high = { ...settings, cost: 1.25, faults: { failRate: 0.2, nanRate: 0.2 } };
  const fidelities = [
    { name: 'low', adapter: 'problem', settings: low, cost: 0.2 },
    { name: 'high', adapter: 'problem', settings: high, cost: 1 },
  ];
  return problemCampaign(id, { fidelities, strategy: { initial: { trials: 4, lowCost: 1 } }, parallel: 2, ...given });
}

const isQuarantined = ({ observation }: TrialRecord) => observation?.outcome === 'quarantined';
const isLost = ({ observation }: TrialRecord) => observation?.cause?.class === 'device';

/** Runs a campaign to its end, and does one of its trials again. */
async function runToTheEnd(host: DurableHost, id: string): Promise<void> {
  const { control } = host;
  await control.start(faulty(id, 1, { budget: { trials: 14 } }));
  await eventually(async () => (await control.status(id)).measured >= 3);
  await control.pause(id, ann);
  await control.changeBudget(id, { ...ann, trials: 16 });
  await control.changeParallel(id, { ...ann, parallel: 3 });
  await control.resume(id, { who: 'bob' });
  await control.waitUntilStopped(id);
  const { trials } = await control.record(id);
  await control.retry(trials.find(isQuarantined)!.proposal.id, ann);
  await control.waitUntilStopped(id);
}

it.skipIf(!wanted)(
  'records what this version leaves in a store',
  async () => {
    const { gate, pool } = gatedPool();
    const host = await durableHost({ worker: false, registryFor, pool });
    const { control } = host;
    const worker = await host.work();
    const id = 'midlife';
    const status = () => control.status(id);
    const proposedWhilePaused = async () => {
      gate.shut = true;
      await eventually(async () => gate.waiting > 0);
      await control.pause(id, ann);
      gate.shut = false;
      await eventually(async () => (await status()).proposed > 0);
    };
    try {
      await runToTheEnd(host, 'ended');
      await control.start(faulty(id, 1, { budget: { trials: 40 } }));
      await eventually(async () => {
        const { trials } = await control.record(id);
        return trials.some(isLost) && trials.some(isQuarantined);
      });
      await proposedWhilePaused();
      await control.drain(id, ann);
      await control.waitUntilStopped(id);
      await control.extend(id, { ...ann, trials: 41 });
      await control.retry((await control.record(id)).trials.find(isLost)!.proposal.id, ann);
      await eventually(async () =>
        (await control.record(id)).trials.some(({ earlier, state }) => earlier && state === 'ended'),
      );
      const begun = async () => (await control.record(id)).trials.filter(({ state }) => state !== 'withdrawn').length;
      await control.changeBudget(id, { ...ann, trials: (await begun()) + 7, cost: 100 });
      device.held = true;
      await eventually(async () => (await status()).running === 2);
      await eventually(
        async () =>
          (await listSubmissions(host.store.query, id)).filter(({ state }) => state === 'accepted').length === 2,
      );
      device.cutOff = true;
      await control.changeParallel(id, { ...ann, parallel: 3 });
      await eventually(async () => (await status()).running === 3);
      await eventually(async () =>
        (await listSubmissions(host.store.query, id)).some(({ state }) => state === 'called'),
      );
      const proposing = proposedWhilePaused();
      await eventually(async () => gate.shut);
      await control.changeParallel(id, { ...ann, parallel: 4 });
      await proposing;
      const inFlight = (await status()).inFlight;
      const workflows = [id, ...inFlight.map((trial) => trial.id)];
      const histories = await Promise.all(workflows.map((workflow) => historiesOf(host.client, workflow)));
      await keepHistories('running', histories.flat());
      await worker.shutdown();
      await keep(host);
    } finally {
      await host.close();
    }
  },
  600_000,
);

/** Writes database, records and home, without the names of this machine and its folders. */
async function keep({ control, store, settings }: DurableHost): Promise<void> {
  for (const id of ['ended', 'midlife']) {
    await mkdir(beforePath(id), { recursive: true });
    await writeFile(join(beforePath(id), 'record.json'), exportJson(await control.record(id)));
  }
  const dump = await databaseDump(store.query);
  const nameless = dump.replaceAll(settings.home, '/home/lab/.athanor').replaceAll(hostname(), 'lab');
  expect(nameless).not.toMatch(/\/tmp\//);
  await writeFile(beforePath('database.sql'), nameless);
  await rm(beforePath('home'), { recursive: true, force: true });
  await cp(join(settings.home, 'campaigns', 'midlife'), beforePath('home/campaigns/midlife'), { recursive: true });
}
