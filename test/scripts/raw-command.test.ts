import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pieceBytes, saveStream } from '../../activities/store/artefact.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore } from '../../activities/store/client.js';
import { saveObservation } from '../../activities/store/observation.js';
import { saveRound } from '../../activities/store/proposal.js';
import { randomDecisions } from '../../scripts/bench/random-decisions.js';
import { callCli, callCliJson } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/services.js';
import { problemCampaign } from '../workflows/durable-host.js';

let folder: string;
let database: TestDatabase;
let env: Record<string, string>;
const trialId = 'raw/r1/p1';
const size = 2 * pieceBytes + 7;
const content = Buffer.alloc(size, 'athanor');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-raw-'));
  database = await createTestDatabase();
  env = { ATHANOR_HOME: join(folder, 'home'), DATABASE_URL: database.url };
  const store = openStore(database.url);
  const campaign = problemCampaign('raw');
  await store.transaction((query) => createCampaign(query, campaign));
  const asked = { round: 1, count: 1, pending: [], remainingCost: null, trials: [] };
  const { proposals } = await randomDecisions.decide({ campaign, ...asked });
  await store.transaction((query) => saveRound(query, { campaignId: 'raw', ...asked, shortfall: null, proposals }));
  const { sha256 } = await saveStream(store, async function* () {
    yield content;
  });
  await store.transaction((query) =>
    saveObservation(query, {
      ...{ trialId, outcome: 'measured', values: { value: 1 }, noise: {}, cost: 1, durationMs: 1, cause: null },
      artefacts: { 'trace.raw': sha256 },
      mediaTypes: { 'trace.raw': 'text/plain' },
      contexts: { humidity: { value: 41, unit: '%' } },
      details: {},
    }),
  );
  await store.close();
});
afterAll(async () => {
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const athanor = (...args: string[]) => callCli(args, { cwd: folder, env });

it('lists the raw outputs of a trial, and writes one of them, once', async () => {
  expect(await callCliJson(['raw', trialId, '--json'], { env })).toMatchObject([
    { trial: trialId, name: 'trace.raw', bytes: size, mediaType: 'text/plain' },
  ]);
  expect((await athanor('raw', trialId)).stdout).toMatch(/^trace\.raw +2097159 {2}[0-9a-f]{12} {2}text\/plain$/m);
  expect((await athanor('raw', trialId, 'trace.raw')).stdout).toMatch(/2097159 bytes written to trace\.raw/);
  expect(content.equals(await readFile(join(folder, 'trace.raw')))).toBe(true);
  expect(await athanor('raw', trialId, 'trace.raw')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/exists/),
  });
  expect(await athanor('raw', trialId, 'trace')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no raw output 'trace'[\s\S]*trace\.raw/),
  });
});

it('exports all into a folder, of which `verify` compares every sha256', async () => {
  expect(await athanor('export', 'raw', '--folder', 'out')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/with 1 raw output$/m),
  });
  const file = join(folder, 'out/raw/r1/p1/trace.raw');
  expect(content.equals(await readFile(file))).toBe(true);
  const { raw } = await callCliJson<{ raw: string[] }>(['verify', 'out', '--json'], { cwd: folder, env });
  expect(raw).toEqual([]);
  expect((await callCliJson<{ raw: string[] }>(['verify', 'raw', '--raw', '--json'], { env })).raw).toEqual([]);
  await rm(file);
  const { raw: missing } = await callCliJson<{ raw: string[] }>(['verify', 'out', '--json'], { cwd: folder, env });
  expect(missing).toEqual([`${trialId}: trace.raw is not there`]);
});
