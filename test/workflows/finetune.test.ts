import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listModels } from '../../activities/store/model.js';
import { listModelActs } from '../../activities/store/model-act.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { versionEntries } from '../../models/domain/tuning.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { startWorkerProcess, type WorkerProcess } from '../faults/worker-process.js';
import { callCli } from '../support/cli.js';
import { hasOnnxRuntime } from '../support/screen-models.js';
import { tinyTunable, writeTinyTunable } from '../support/tiny-tunable.js';
import { driftingCampaign, tinyModel, tuningCampaign } from '../support/tuning-campaign.js';
import { type DurableHost, durableHost, eventually } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

const present = await hasOnnxRuntime();
let host: DurableHost;
let work: string;
const workers: WorkerProcess[] = [];
beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'athanor-tuned-'));
  host = await durableHost({ worker: false });
  await writeTinyTunable(path.join(host.settings.home, 'models', 'tiny@1'));
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await host?.close();
  await rm(work, { recursive: true, force: true });
});

const env = () => ({
  ATHANOR_HOME: host.settings.home,
  DATABASE_URL: host.settings.databaseUrl,
  TEMPORAL_ADDRESS: host.settings.temporalAddress,
});

/** A worker of another home, which has no models. */
const otherHome = () => path.join(work, 'other home');

async function newWorker(): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({ ...host.settings, home: otherHome() });
  workers.push(worker);
  return worker;
}

const usedIn = ({ trials }: CampaignRecord) =>
  trials.map(({ proposal }) => proposal.basis.codes?.map(({ encoder }) => encoder).join() ?? null);

it.runIf(present)(
  'two fine-tunings, one promoted and one rejected, with the worker killed -9 in training: as undisturbed in one process',
  async () => {
    const campaign = await tuningCampaign(host.id('tuned'), work);
    const { id } = campaign;
    const undisturbed = await runInProcess(campaign, { registry: createRegistry(), model: async () => tinyModel });
    const [own] = versionEntries(undisturbed.audit);
    expect(own!.told).toMatchObject({ n: 1, verdict: 'promoted', trigger: '24 new results', sinceRound: 4 });
    expect((await verifyRecord(parseRecord(exportJson(undisturbed), 'record'))).mismatches).toEqual([]);

    const first = await newWorker();
    await host.control.start(campaign, { models: [tinyModel] });
    // Between two chunks of which the store has some, not all.
    await eventually(async () => {
      const [row] = await host.store.query('SELECT count(*)::integer AS n FROM tuning_state WHERE campaign_id = $1', [
        id,
      ]);
      return (row!.n as number) >= 1;
    });
    await first.kill();
    const [left] = await host.store.query('SELECT network FROM tuning WHERE campaign_id = $1', [id]);
    expect(left!.network).toBeNull();
    await newWorker();
    await eventually(async () => (await host.control.record(id)).audit.length > 0);
    await host.control.pause(id, { who: 'ada' });
    const order = ['models', 'finetune', id, '--model', 'tiny', '--rate', '1e-12', '--as', 'ada'];
    expect(await callCli(order, { env: env() })).toMatchObject({
      stdout: expect.stringContaining(`campaign ${id} has begun fine-tuning 2`),
    });
    expect(await callCli(order, { env: env() })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('fine-tuning 2 is under way (by hand)'),
    });
    await eventually(async () => versionEntries((await host.control.record(id)).audit).length === 2);
    await host.control.resume(id, { who: 'ada' });
    await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });

    const record = await host.control.record(id);
    const [promoted, rejected] = versionEntries(record.audit);
    expect(promoted!.told).toEqual(own!.told);
    expect(promoted!.told.reason).toMatch(
      /^log score \+.* more than its error; \+.* in the order of trials, which is no worse$/,
    );
    expect(promoted!.told.judged!.prequential).toMatchObject({ molecules: 8, values: 8 });
    expect(promoted!.told.labels).toEqual({ 'earlier campaign before': 120, exact: 24 });
    expect(rejected).toMatchObject({ who: 'ada', action: 'finetune' });
    expect(rejected!.told).toMatchObject({
      ...{ n: 2, verdict: 'rejected', trigger: 'by hand', version: promoted!.told.version },
    });
    expect(rejected!.told.reason!.length).toBeGreaterThan(20);
    const encoder = `tiny@1-ft.${id}.1`;
    expect(usedIn(record)).toEqual([...Array(24).fill(null), ...Array(10).fill(encoder)]);
    expect(usedIn(undisturbed)).toEqual(usedIn(record));
    const proposals = ({ trials }: CampaignRecord) => trials.map(({ proposal }) => proposal);
    expect(proposals(record)).toEqual(JSON.parse(JSON.stringify(proposals(undisturbed))));
    expect((await verifyRecord(parseRecord(exportJson(record), 'record'))).mismatches).toEqual([]);

    for (const [file, bytes] of tinyModel.files)
      expect(bytes).toEqual(new Uint8Array(await readFile(path.join(otherHome(), 'models', 'tiny@1', file))));
    const kept = (await listModels(host.store.query)).map(({ manifest }) => `${manifest.id}@${manifest.version}`);
    expect(kept).toEqual(['tiny@1', encoder, `tiny@1-ft.${id}.2`]);
    const acts = await listModelActs(host.store.query, 'tiny');
    expect(acts.map(({ act, version, before }) => [act, version, before])).toEqual([
      ['promoted', encoder, 'tiny@1'],
      ['rejected', `tiny@1-ft.${id}.2`, encoder],
    ]);
    const [states] = await host.store.query('SELECT count(*)::integer AS n FROM tuning_state');
    expect(states!.n).toBe(0);
    const histories = [...(await historiesOf(host.client, id)), ...(await historiesOf(host.client, `${id}/tune2`))];
    expect(await replayFaults(histories)).toEqual([]);
    await keepHistories('finetuned', histories);
  },
  600_000,
);

it.runIf(present)(
  'what cannot be learned is rejected with its reason, a person can go back, and nothing is kept of what an abort ends',
  async () => {
    if (workers.every(({ child }) => child.exitCode !== null || child.signalCode !== null)) await newWorker();
    const lacking = await tuningCampaign(host.id('lacking'), work, tinyTunable(2));
    await host.control.start(lacking);
    await host.control.waitUntilStopped(lacking.id, undefined, { pollMs: 100 });
    const record = await host.control.record(lacking.id);
    expect(versionEntries(record.audit)).toMatchObject([
      {
        told: {
          n: 1,
          verdict: 'rejected',
          version: null,
          reason: expect.stringMatching(/^no version was made: the store has no model tiny@1 of/),
        },
      },
    ]);
    expect(usedIn(record)).toEqual(Array(34).fill(null));

    // Rounds do not wait, and the campaign continues as new while its encoder learns.
    const waits = await tuningCampaign(host.id('back'), work);
    const [encoder] = waits.spec.encoders!;
    const encoders = [{ ...encoder!, finetune: { ...encoder!.finetune, wait: false } }];
    const back = { ...waits, spec: { ...waits.spec, encoders } };
    await host.control.start(back, { models: [tinyModel], historyLimit: 60 });
    const begun = 'SELECT 1 FROM tuning WHERE campaign_id = $1';
    await eventually(async () => (await host.store.query(begun, [back.id])).length > 0);
    await host.control.pause(back.id, { who: 'ada' });
    await eventually(async () => versionEntries((await host.control.record(back.id)).audit).length > 0);
    const roll = ['models', 'rollback', 'tiny', '--campaign', back.id, '--as', 'ada', '--why', 'to compare'];
    expect(await callCli(roll, { env: env() })).toMatchObject({
      stdout: `campaign ${back.id} uses tiny@1 from the next round on, in place of tiny@1-ft.${back.id}.1\n`,
    });
    expect((await callCli(roll, { env: env() })).stdout).toContain(`uses tiny@1-ft.${back.id}.1 from the next round`);
    await host.control.resume(back.id, { who: 'ada' });
    await host.control.waitUntilStopped(back.id, undefined, { pollMs: 100 });
    const rolled = await host.control.record(back.id);
    expect(usedIn(rolled)[24]).toBeNull();
    expect(usedIn(rolled).at(-1)).toBe(`tiny@1-ft.${back.id}.1`);
    expect((await verifyRecord(parseRecord(exportJson(rolled), 'record'))).mismatches).toEqual([]);
    expect((await callCli(['status', back.id], { env: env() })).stdout).toMatch(
      /encoder {2}tiny@1 chose \d+ trials of rounds 1 to [\s\S]*promoted from round \d on: log score[\s\S]* with random weights, [\s\S]*rolled back to the first version/,
    );

    const ended = await tuningCampaign(host.id('ended'), work);
    await host.control.start(ended, { models: [tinyModel] });
    const rows = (table: string) =>
      host.store.query(`SELECT 1 FROM ${table} WHERE campaign_id = $1`, [ended.id]).then(({ length }) => length);
    await eventually(async () => (await rows('tuning_state')) > 0);
    await host.control.abort(ended.id, { who: 'ada' });
    await host.control.waitUntilStopped(ended.id, undefined, { pollMs: 100 });
    await eventually(async () => (await rows('tuning')) === 0);
    expect((await host.control.record(ended.id)).audit.map(({ action }) => action)).toEqual(['abort']);
  },
  600_000,
);

it.runIf(present)(
  'begins by itself where values drift out of their intervals, on either host alike',
  async () => {
    if (workers.every(({ child }) => child.exitCode !== null || child.signalCode !== null)) await newWorker();
    const campaign = await driftingCampaign(host.id('drifting'), work);
    const undisturbed = await runInProcess(campaign, { registry: createRegistry(), model: async () => tinyModel });
    const [own] = versionEntries(undisturbed.audit);
    expect(own!.told).toMatchObject({
      ...{ n: 1, measured: 32, sinceRound: 9 },
      trigger: '5 of the last 20 values lay outside of their 90 % intervals',
    });
    await host.control.start(campaign, { models: [tinyModel] });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const record = await host.control.record(campaign.id);
    expect(versionEntries(record.audit).map(({ told }) => told)).toEqual(
      versionEntries(undisturbed.audit).map(({ told }) => told),
    );
    expect(usedIn(record)).toEqual(usedIn(undisturbed));
    expect((await verifyRecord(parseRecord(exportJson(record), 'record'))).mismatches).toEqual([]);
  },
  600_000,
);

it.runIf(present)(
  'is rejected where one worker after the other is lost in training, and the campaign goes on',
  async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill()));
    const campaign = await tuningCampaign(host.id('lost'), work);
    const { id } = campaign;
    const lost = () =>
      host.store
        .query('SELECT lost FROM tuning WHERE campaign_id = $1', [id])
        .then(([row]) => (row?.lost as number | undefined) ?? 0);
    // Each is ended in the midst of the first chunk, as for want of memory.
    const slow = [
      { ...campaign.spec.encoders![0]!, finetune: { ...campaign.spec.encoders![0]!.finetune, epochs: 40_000 } },
    ];
    await host.control.start({ ...campaign, spec: { ...campaign.spec, encoders: slow } }, { models: [tinyModel] });
    for (let worker = 1; worker <= 3; worker++) {
      const own = await newWorker();
      await eventually(async () => (await lost()) >= worker);
      await own.kill();
      await host.store.query('DELETE FROM tuning_state WHERE campaign_id = $1', [id]);
      await host.store.query('UPDATE tuning SET lost = $2 WHERE campaign_id = $1', [id, worker]);
    }
    await newWorker();
    await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
    const record = await host.control.record(id);
    expect(versionEntries(record.audit)).toMatchObject([
      {
        told: {
          verdict: 'rejected',
          reason: expect.stringMatching(/^no version was made: 3 workers were lost in training/),
        },
      },
    ]);
    expect(usedIn(record)).toEqual(Array(34).fill(null));
  },
  600_000,
);
