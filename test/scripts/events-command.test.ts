import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveAudit } from '../../activities/store/audit.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { saveObservation } from '../../activities/store/observation.js';
import { saveRound } from '../../activities/store/proposal.js';
import { randomDecisions } from '../../scripts/bench/random-decisions.js';
import { callCli } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/services.js';
import { problemCampaign } from '../workflows/durable-host.js';

let folder: string;
let database: TestDatabase;
let store: Store;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-events-'));
  database = await createTestDatabase();
  env = { ATHANOR_HOME: join(folder, 'home'), DATABASE_URL: database.url };
  store = openStore(database.url);
  const campaign = problemCampaign('told');
  await store.transaction((query) => createCampaign(query, campaign));
  await store.transaction((query) => createCampaign(query, problemCampaign('other')));
  const asked = { round: 1, count: 1, pending: [], remainingCost: null, trials: [] };
  const { proposals } = await randomDecisions.decide({ campaign, ...asked });
  await store.transaction((query) => saveRound(query, { campaignId: 'told', ...asked, shortfall: null, proposals }));
  await store.transaction((query) =>
    saveObservation(query, {
      ...{ trialId: 'told/r1/p1', outcome: 'measured', values: { value: 1.5 }, noise: {}, cost: 1, durationMs: 1 },
      ...{ cause: null, artefacts: {}, details: {} },
    }),
  );
  await store.transaction((query) =>
    saveAudit(query, {
      ...{ campaignId: 'told', requestId: 'one', at: 1_000, who: 'ann', action: 'pause' },
      details: { note: 'smoke\u001b[31m' },
    }),
  );
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const athanor = (...args: string[]) => callCli(args, { cwd: folder, env });
const kinds = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind);

it('tells what happened, of all or of one campaign, from any number on', async () => {
  const { stdout } = await athanor('events', 'told', '--json');
  expect(kinds(stdout)).toEqual([
    'campaign.created',
    'round.decided',
    'trial.proposed',
    'observation.measured',
    'trial.ended',
    'act.pause',
  ]);
  const seqs = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
  expect(kinds((await athanor('events', '--json')).stdout)).toHaveLength(7);
  expect(kinds((await athanor('events', '--json', '--after', `${seqs[4]}`)).stdout)).toEqual(['act.pause']);
  expect(kinds((await athanor('events', 'told', '--json', '--after', '0', '--limit', '2')).stdout)).toEqual([
    'campaign.created',
    'round.decided',
  ]);
  const { stdout: words } = await athanor('events', 'told');
  expect(words).toMatch(/observation\.measured told\/r1\/p1 generation=1 values=\{"value":1\.5\} cost=1$/m);
  expect(words).toMatch(/act\.pause told by ann note=smoke/);
  expect(words).not.toContain('\u001b');
  expect(await athanor('events', 'nobody')).toMatchObject({ code: 3, stderr: expect.stringContaining('nobody') });
  expect(await athanor('events', '--after', 'x')).toMatchObject({ code: 2 });
});

it('finds what was changed behind its back, and a chain that was laid anew', async () => {
  const whole = await athanor('audit', 'verify', '--json');
  const { sha256, events } = JSON.parse(whole.stdout) as { sha256: string; events: number };
  expect([whole.code, events]).toEqual([0, 7]);
  expect((await athanor('audit', 'verify', '--seal', sha256)).stdout).toContain('that of event 7');
  expect(await athanor('audit', 'verify', '--seal', 'f'.repeat(64))).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('another than the one that was noted'),
  });
  await store.query('ALTER TABLE event DISABLE TRIGGER USER');
  await store.query("UPDATE event SET who = 'bob' WHERE kind = 'act.pause'");
  const spoilt = await athanor('audit', 'verify');
  expect([spoilt.code, spoilt.stdout]).toEqual([5, '']);
  expect(spoilt.stderr).toMatch(/event 7 is not what was sealed; the 6 before it hold/);
});

it('says so where nothing was ever stored', async () => {
  const nowhere = { ATHANOR_HOME: join(folder, 'empty') };
  expect(await callCli(['events'], { cwd: folder, env: nowhere })).toMatchObject({ code: 0, stdout: '' });
  expect((await callCli(['audit', 'verify'], { cwd: folder, env: nowhere })).stdout).toContain('nothing is logged yet');
});
