import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../scripts/config.js';
import { connect } from '../../scripts/durable/control.js';
import type { Control } from '../../scripts/durable/control-contract.js';
import { isRunning, until } from '../../scripts/local/process.js';
import { ensureServices } from '../../scripts/local/services.js';
import { readState } from '../../scripts/local/state.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type RunningCli, startCli } from '../support/cli.js';
import { type TemporaryHome, temporaryHome } from '../support/home.js';
import { temporalProgramForTests } from '../support/services.js';
import { eventually, problemCampaign } from '../workflows/durable-host.js';
import { deviceStarts } from './device-ledger.js';
import { standStill } from './stand-still.js';

let home: TemporaryHome;
let control: Control;
let worker: RunningCli;
beforeAll(async () => {
  home = await temporaryHome();
  await mkdir(path.join(home.path, 'bin'));
  await symlink((await temporalProgramForTests()).file, path.join(home.path, 'bin', 'temporal'));
  control = await connect(await ensureServices(readConfig({ ATHANOR_HOME: home.path })));
  worker = await work();
});
afterAll(async () => {
  worker?.child.kill('SIGKILL');
  await worker?.done;
  await control?.close();
  await home?.remove();
});

async function work(): Promise<RunningCli> {
  const env = { ATHANOR_HOME: home.path, DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined };
  const started = startCli(['worker'], { env });
  await started.seen(/worker ready/);
  return started;
}

/** Ends the worker and both servers, as a power cut does. */
async function killAll(): Promise<void> {
  const { postgres, temporal } = await readState(home.path);
  worker.child.kill('SIGKILL');
  for (const server of [postgres!, temporal!]) process.kill(server.pid, 'SIGKILL');
  await worker.done;
  for (const server of [postgres!, temporal!])
    expect(await until(async () => !(await isRunning(server)), 600_000)).toBe(true);
}

describe('kill -9 of worker, Temporal and PostgreSQL at once', () => {
  it.each([
    ['all', async () => undefined],
    ['all, and Temporal’s data lost', () => rm(path.join(home.path, 'temporal'), { recursive: true })],
  ])('%s: a new worker brings everything back', async (what, lose) => {
    const given = { parallel: 2, budget: { trials: 14 }, settings: { delayMs: { min: 50, max: 300 } } };
    const campaign = problemCampaign(`killed-${what.length}`, given);
    await control.start(campaign);
    await eventually(async () => (await control.status(campaign.id)).measured >= 3);
    const still = standStill(what, control, campaign.id);
    await killAll();
    await lose();
    worker = await work();
    await still.overcome();
    await control.waitUntilStopped(campaign.id);
    const record = await control.record(campaign.id);
    expect(record.stop?.reason).toBe('budgetTrials');
    expect(record.trials.map((trial) => trial.observation?.outcome)).toEqual(Array(14).fill('measured'));
    const keys = record.trials.map(({ proposal }) => `${proposal.id}/g1/run`);
    expect((await deviceStarts(home.path, campaign)).sort()).toEqual(keys.sort());
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });
});
