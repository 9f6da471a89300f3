import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { startKeptWorker } from '../../scripts/commands/kept-worker.js';
import { type Config, readConfig } from '../../scripts/config.js';
import { connect } from '../../scripts/durable/control.js';
import type { Control } from '../../scripts/durable/control-contract.js';
import type { RunningWorker } from '../../scripts/durable/worker.js';
import { isRunning, until } from '../../scripts/local/process.js';
import { ensureServices } from '../../scripts/local/services.js';
import { readState } from '../../scripts/local/state.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type TemporaryHome, temporaryHome } from '../support/home.js';
import { temporalProgramForTests } from '../support/services.js';
import { eventually, problemCampaign } from '../workflows/durable-host.js';
import { deviceStarts } from './device-ledger.js';
import { standStill } from './stand-still.js';

let home: TemporaryHome;
let config: Config;
let worker: RunningWorker;
let control: Control;
beforeAll(async () => {
  home = await temporaryHome();
  config = readConfig({ ATHANOR_HOME: home.path });
  const { file } = await temporalProgramForTests();
  await mkdir(path.join(home.path, 'bin'));
  await symlink(file, path.join(home.path, 'bin', 'temporal'));
  const services = await ensureServices(config);
  worker = await startKeptWorker({ ...config, decideThreads: 1 }, services, () => undefined);
  control = await connect(services);
});
afterAll(async () => {
  await worker?.shutdown().catch(() => undefined);
  await control?.close();
  await home?.remove();
});

async function kill(server: 'postgres' | 'temporal'): Promise<void> {
  const process_ = (await readState(home.path))[server]!;
  process.kill(process_.pid, 'SIGKILL');
  expect(await until(async () => !(await isRunning(process_)), 600_000)).toBe(true);
}

async function runThrough(campaign: Campaign, disturb: () => Promise<void>): Promise<CampaignRecord> {
  await control.start(campaign);
  await eventually(async () => (await control.status(campaign.id)).measured >= 3);
  const still = standStill(campaign.id, control, campaign.id);
  await disturb();
  await still.overcome();
  // Nobody starts the servers again but the worker that keeps them, and who waits goes on waiting.
  await control.waitUntilStopped(campaign.id);
  return control.record(campaign.id);
}

async function expectWhole(campaign: Campaign, record: CampaignRecord, trials: number): Promise<void> {
  expect(record.stop?.reason).toBe('budgetTrials');
  expect(record.trials.map((trial) => trial.observation?.outcome)).toEqual(Array(trials).fill('measured'));
  const keys = record.trials.map(({ proposal }) => `${proposal.id}/g1/run`);
  expect((await deviceStarts(home.path, campaign)).sort()).toEqual(keys.sort());
  expect((await verifyRecord(record)).mismatches).toEqual([]);
}

describe('a campaign whose servers are killed', () => {
  const given = { parallel: 2, budget: { trials: 14 }, settings: { delayMs: { min: 50, max: 300 } } };

  it('goes on after kill -9 of Temporal', async () => {
    const campaign = problemCampaign('temporal-killed', given);
    const record = await runThrough(campaign, () => kill('temporal'));
    await expectWhole(campaign, record, 14);
  });

  it('waits for PostgreSQL and goes on', async () => {
    const campaign = problemCampaign('postgres-killed', given);
    const record = await runThrough(campaign, () => kill('postgres'));
    await expectWhole(campaign, record, 14);
  });

  it('goes on after kill -9 of both, and with no record of where they were', async () => {
    const campaign = problemCampaign('both-killed', given);
    const record = await runThrough(campaign, async () => {
      await kill('postgres');
      await kill('temporal');
      await rm(path.join(home.path, 'services.json'), { force: true });
    });
    await expectWhole(campaign, record, 14);
  });
});
