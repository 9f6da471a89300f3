import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../models/domain/sha256.js';
import { modelIdentity } from '../../../models/pretrained/bundle.js';
import { learnedBy } from '../../../models/pretrained/learned.js';
import { modelFile } from '../../../models/pretrained/manifest.js';
import { withNetwork } from '../../../models/strategy/tuning/model-molecules.js';
import { loadCampaign } from '../../../scripts/campaign-file.js';
import { homeModels, readBundle } from '../../../scripts/models/home-models.js';
import { keepVersion } from '../../../scripts/models/tuning/keep-version.js';
import { keepAct, versionActs } from '../../../scripts/models/version-acts.js';
import type { VersionHistory } from '../../../scripts/models/version-history.js';
import { callCli, callCliJson } from '../../support/cli.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { tinyTunable, writeTinyTunable } from '../../support/tiny-tunable.js';

const present = await hasOnnxRuntime();
let work: string;
let home: string;
let database: TestDatabase | undefined;
let made = 0;

const env = () => ({ ATHANOR_HOME: home, DATABASE_URL: database?.url });
const models = (...args: string[]) => callCli(['models', ...args], { env: env() });
const history = () => callCliJson<VersionHistory>(['models', 'history', 'tiny', '--json'], { env: env() });

/** A version with the weights of another seed, as if it had been fine-tuned. */
async function version(seed: number, verdict: 'promoted' | 'rejected') {
  const parent = tinyTunable();
  const learned = new TextEncoder().encode('{"molecules":["0123456789abcdef"]}');
  const tuned = withNetwork(parent, tinyTunable(seed).files.get(modelFile(parent.manifest))!);
  const sha256 = { ...tuned.manifest.sha256, 'learned.json': sha256Of(learned) };
  const bundle = {
    manifest: { ...tuned.manifest, sha256 },
    files: new Map([...tuned.files, ['learned.json', learned]]),
  };
  const hash = 'ab'.repeat(32);
  const { name } = await keepVersion(home, {
    ...bundle,
    manifest: {
      ...bundle.manifest,
      lineage: {
        ...{
          job: hash,
          parent: 'tiny@1',
          parentIdentity: modelIdentity(parent.manifest),
          campaign: 'c1',
          dataHash: hash,
        },
        ...{ on: 'amine', labels: { exact: 120 }, molecules: 100, refused: 0, output: 'pool2', seed, settings: {} },
        ...{ steps: 10, best: null, difference: 1e-7, trigger: 'by hand', who: 'ada', at: '2026-01-02T03:04:05.000Z' },
        ...{ judged: null, verdict, reason: `because of ${seed}` },
      },
    },
  });
  const act = { at: `2026-01-02T03:04:0${seed}.000Z`, act: verdict, version: name, before: 'tiny@1' };
  await keepAct(home, 'tiny', { ...act, who: 'by the figures', why: `because of ${seed}` });
  return name;
}

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'athanor-history-'));
  await writeTinyTunable(path.join(work, 'tiny'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
  await database?.drop();
});
beforeEach(async () => {
  home = path.join(work, `home${++made}`);
  if (present) expect((await models('add', path.join(work, 'tiny'))).code).toBe(0);
});

describe.runIf(present)('versions of a model', () => {
  it('are told with what became of them; the one in use is what a campaign file means, and a person can set it', async () => {
    expect(await version(2, 'promoted')).toBe('tiny@1-ft1');
    expect(await version(3, 'rejected')).toBe('tiny@1-ft2');
    expect(await history()).toMatchObject({
      inUse: 'tiny@1-ft1',
      versions: [
        { name: 'tiny@1', lineage: null },
        { name: 'tiny@1-ft1' },
        { lineage: { verdict: 'rejected', seed: 3 } },
      ],
      acts: [{ act: 'promoted' }, { act: 'rejected' }],
    });
    const smiles = ['CC', 'CCC', 'CCO', 'CN', 'CCN', 'CO'];
    const file = path.join(work, 'campaign.yaml');
    await writeFile(path.join(work, 'pool.csv'), `amine,y\n${smiles.map((one, i) => `${one},${i}`).join('\n')}\n`);
    await writeFile(
      file,
      `name: c\nspace: {pool: {file: pool.csv, designColumns: [{name: amine, type: substance}]}}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: table, adapter: dataset, settings: {file: pool.csv}, cost: 1}]
budget: {trials: 5}\nencoders: [{model: tiny}]\n`,
    );
    const meant = async () => (await loadCampaign(file, { home, adapters: 'unchecked' })).space.codes![0]!.encoder;
    expect(await meant()).toBe('tiny@1-ft1');
    expect((await models('rollback', 'tiny', '--why', 'worse on salts', '--as', 'bo')).stdout).toBe(
      'tiny@1 is in use now, in place of tiny@1-ft1\n',
    );
    expect(await meant()).toBe('tiny@1');
    expect(await models('rollback', 'tiny', '--why', 'x')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no other version of tiny was in use before'),
    });
    await models('rollback', 'tiny@1-ft2', '--why', 'the target has changed');
    expect(await meant()).toBe('tiny@1-ft2');
    expect((await models('rollback', 'tiny@1-ft2', '--why', 'x')).stderr).toContain('is in use already');
    const { stdout } = await models('history', 'tiny');
    expect(stdout).toMatch(
      /^\* tiny@1-ft2 {2}from tiny@1, campaign c1, seed 3\n {4}rejected: because of 3 \(by hand, ada\)$/m,
    );
    expect(stdout).toMatch(/rolled back to tiny@1, in place of tiny@1-ft1 {2}bo: worse on salts$/m);
    expect((await models('show', 'tiny')).stdout).toMatch(/from +tiny@1, on campaign c1: 120 of exact; 100 molecules/);
    await models('remove', 'tiny');
    const lost = await callCli(['validate', file], { env: env() });
    expect([lost.code, lost.stderr]).toEqual([2, expect.stringMatching(/tiny@1-ft2, which is in use as 'tiny' since/)]);
    // What is left of a model's versions cannot learn further without it.
    expect((await models('remove', 'tiny@1')).stderr).toContain('tiny@1-ft1 was fine-tuned from it, and cannot be');
    await models('add', path.join(work, 'tiny'));
    // A number is not given twice.
    expect(await version(4, 'rejected')).toBe('tiny@1-ft3');
    expect(await models('history', 'nobody')).toMatchObject({ code: 3 });
  });

  it('keep what was done when a line was torn, and refuse lines that are none', async () => {
    await version(2, 'promoted');
    const file = path.join(home, 'models', '.acts', 'tiny.jsonl');
    await appendFile(file, '{"at":"2026-');
    expect(await versionActs(home, 'tiny')).toHaveLength(1);
    await version(3, 'promoted');
    expect((await versionActs(home, 'tiny')).map((act) => act.version)).toEqual(['tiny@1-ft1', 'tiny@1-ft2']);
    await appendFile(file, '{"at":"2026-"}\n');
    await expect(versionActs(home, 'tiny')).rejects.toThrow(
      /tiny\.jsonl, line 4, is no act .*: take that line out of the file$/,
    );
  });

  it('tell what they have learned from, and are not another model for what is said of them', async () => {
    const name = await version(2, 'promoted');
    const { folder, manifest } = (await homeModels(home)).find((model) => model.name === name)!;
    const bundle = await readBundle(folder, manifest!);
    expect(learnedBy(bundle)).toEqual(['0123456789abcdef']);
    expect(learnedBy(tinyTunable())).toEqual([]);
    const { lineage: _, ...without } = manifest!;
    expect(modelIdentity(without)).toBe(modelIdentity(manifest!));
    expect(await readFile(path.join(folder, 'card.md'), 'utf8')).toContain('promoted: because of 2.');
    expect(await models('verify', 'tiny')).toMatchObject({ code: 0 });
  });

  it('are known, with what was done, to every home that has the store', async () => {
    database = await createTestDatabase();
    await models('add', 'tiny@1');
    const name = await version(2, 'promoted');
    await models('add', name);
    home = path.join(work, `home${++made}`);
    expect(await history()).toMatchObject({ inUse: name, acts: [{ act: 'promoted', version: name }] });
    expect(await models('show', 'tiny')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('athanor models add'),
    });
    await models('add', name);
    await models('add', 'tiny@1');
    await models('rollback', 'tiny', '--why', 'x');
    home = path.join(work, `home${made - 1}`);
    const { acts, inUse } = await history();
    expect([acts.map(({ act }) => act), inUse]).toEqual([['promoted', 'rolled-back'], 'tiny@1']);
    expect(await history()).toMatchObject({ acts });
  });
});
