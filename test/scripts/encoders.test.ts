import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignFingerprint } from '../../activities/store/campaign.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { type CampaignRecord, campaignRecordSchema } from '../../models/domain/record.js';
import { sha256Of } from '../../models/domain/sha256.js';
import { unpackedRows } from '../../models/domain/space-codes.js';
import { loadCampaign, readCampaignText } from '../../scripts/campaign-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { renderReport } from '../../scripts/report/render.js';
import type { SimulationDocument } from '../../scripts/simulate/document.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { versionLines } from '../../scripts/version-lines.js';
import { callCli, callCliJson } from '../support/cli.js';
import { writeModel } from '../support/models-folder.js';
import { hasOnnxRuntime } from '../support/screen-models.js';
import { smallMolecules } from '../support/small-molecules.js';
import { tinyBundle, tinyVocabulary } from '../support/tiny-encoder.js';
import { tinyGraphBundle } from '../support/tiny-minimol.js';

const present = await hasOnnxRuntime();
const smiles = [...smallMolecules, 'S'];

let folder: string;
let home: string;
const env = () => ({ ATHANOR_HOME: home, DATABASE_URL: undefined });
const files = async (name: string, encoders: string) => {
  const text = `
name: ${name}
space:
  pool: {file: pool.csv, designColumns: [{name: amine, type: substance}]}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: table, adapter: dataset, settings: {file: pool.csv}, cost: 1}]
strategy: {initial: {trials: 5}}
budget: {trials: 9}
${encoders}
`;
  await writeFile(path.join(folder, `${name}.yaml`), text);
  return path.join(folder, `${name}.yaml`);
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-encoders-'));
  home = path.join(folder, 'home');
  const rows = smiles.map((one, i) => `${one},${one.length + (i % 3)}`);
  await writeFile(path.join(folder, 'pool.csv'), `amine,y\n${rows.join('\n')}\n`);
  const model = path.join(folder, 'model');
  await writeModel(model, tinyBundle());
  if (present) expect((await callCli(['models', 'add', model], { env: env() })).code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.runIf(present)('encoders of a campaign file', () => {
  it('give numbers of the molecules, which the space keeps, from the cache once they were made', async () => {
    const file = await files('coded', 'encoders: [{model: tiny}, {model: tiny@1, output: pool0}]');
    const { space } = await loadCampaign(file, { home, adapters: 'unchecked' });
    const [one, other] = space.codes!;
    expect([one!.encoder, one!.output, one!.on, one!.width]).toEqual(['tiny@1', 'pool1', ['amine'], 6]);
    expect([other!.encoder, other!.output]).toEqual(['tiny@1', 'pool0']);
    expect([...unpackedRows(one!).keys()].sort()).toEqual([...new Set(one!.keys)].sort());
    expect(unpackedRows(one!).get('CCO')).not.toEqual(unpackedRows(other!).get('CCO'));
    // The model is not needed for what it gave before: a network that is another is noticed, and nothing is run.
    expect((await loadCampaign(file, { home, adapters: 'unchecked' })).space.codes).toEqual(space.codes);
  });

  it('stand beside what is always seen, and what was proposed with them can be verified without the model', async () => {
    const file = await files('simulated', 'encoders: [{model: tiny}]');
    const campaign = await loadCampaign(file, { home });
    const record = await runInProcess(campaign, { registry: createRegistry(), log: () => {} });
    const fits = record.trials.flatMap(({ proposal }) => proposal.basis.fit?.members.map(({ name }) => name) ?? []);
    expect([...new Set(fits)].sort()).toEqual(['blocks-gp', 'gp', 'smooth-gp']);
    const read = campaignRecordSchema.parse(JSON.parse(JSON.stringify(record)));
    expect(await verifyRecord(read as CampaignRecord)).toMatchObject({ checked: 9, mismatches: [] });
    // At the command line it is the same.
    const { seeds } = await callCliJson<SimulationDocument>(['simulate', file, '--json'], { env: env() });
    expect(seeds[0]!.trials.map(({ design }) => design)).toEqual(record.trials.map(({ proposal }) => proposal.design));
  });

  it('are told of by report, status and suggest, also where none was fine-tuned', async () => {
    const file = await files('told', 'encoders: [{model: tiny, finetune: {every: 50}}]');
    const own = await loadCampaign(file, { home });
    const record = await runInProcess(own, { registry: createRegistry(), log: () => {} });
    expect(versionLines(record)).toEqual(['tiny@1 chose 9 trials of rounds 1 to 9']);
    const [codes] = own.space.codes!;
    expect(await renderReport(record)).toContain(`tiny@1, pool1 of amine (${codes!.identity})`);
    const { code, stderr } = await callCli(['suggest', file], { env: env() });
    expect([code, stderr]).toEqual([0, expect.stringContaining('suggest trains nothing')]);
    const without = await loadCampaign(await files('bare', 'encoders: []'), { home });
    expect(versionLines({ campaign: without, trials: record.trials, audit: [] })).toEqual([]);
  });

  it('are refused where they are not there, encode nothing, or have no such output; all faults at once', async () => {
    const file = await files(
      'wrong',
      'encoders: [{model: nobody}, {model: tiny, on: [acid]}, {model: tiny, output: pool9}]',
    );
    const { code, stderr } = await callCli(['validate', file], { env: env() });
    expect(code).toBe(2);
    expect(stderr).toContain("encoders[0].model: no model 'nobody' in the home");
    expect(stderr).toContain("encoders[1].on: 'acid' is no substance of the space");
    expect(stderr).toMatch(/encoders\[2\]\.output: .*pool9/);
  });

  it('leave out molecules that a model cannot take, with a word, and are refused where it can take none', async () => {
    // Its numbers of texts with carbon are not finite.
    const broken = path.join(folder, 'broken');
    await writeModel(broken, tinyBundle({ nanAt: tinyVocabulary.indexOf('C') }, { id: 'broken' }));
    expect((await callCli(['models', 'add', broken], { env: env() })).code).toBe(0);
    const text = await readFile(await files('partly', 'encoders: [{model: broken}]'), 'utf8');
    const read = (smiles: string) => {
      const list = `  parameters: [{name: amine, type: substance, smiles: ${smiles}}]`;
      const own = text.replace(/ {2}pool: .*/, list);
      const noted: string[] = [];
      const options = { home, adapters: 'unchecked', file: 'partly.yaml', baseDir: folder } as const;
      const campaign = readCampaignText(own, { ...options, onNote: (line) => noted.push(line) });
      return campaign.then(({ space }) => ({ taken: space.codes?.[0]?.keys, noted }));
    };
    expect(await read('{one: C, two: N, three: O}')).toEqual({
      taken: ['N', 'O'],
      noted: [expect.stringContaining('broken@1 cannot take 1 of 3 molecules')],
    });
    await expect(read('{one: C, two: CC}')).rejects.toThrow(
      /encoders\[0\]\.model: broken@1 can take none of the 2 molecules/,
    );
  });

  it('are refused where the file of a model was changed', async () => {
    const at = path.join(home, 'models', 'tiny@1', 'model.onnx');
    const bytes = await readFile(at);
    await writeFile(at, Buffer.concat([bytes, Buffer.from([0])]));
    try {
      const file = await files('changed', 'encoders: [{model: tiny, output: pool1}]');
      const { code, stderr } = await callCli(['simulate', file], { env: env() });
      expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining(sha256Of(bytes).slice(0, 8))]);
      expect(code).not.toBe(0);
    } finally {
      await writeFile(at, bytes);
    }
  });

  it('are those that the home has where the file names none: by commands, and not where it says so', async () => {
    const own = path.join(folder, 'own');
    await writeModel(path.join(own, 'models', 'minimol@tiny'), tinyGraphBundle(3));
    const [bare, none] = [await files('bare', ''), await files('none', 'encoders: []')];
    const noted: string[] = [];
    const usual = await loadCampaign(bare, { home: own, onNote: (line) => noted.push(line) });
    expect(usual.space.codes).toMatchObject([{ encoder: 'minimol@tiny', on: ['amine'], width: 512 }]);
    expect(noted.filter((line) => !/\d molecules$/.test(line))).toEqual([
      expect.stringMatching(/^minimol@tiny tells of the molecules of 'amine', too/),
    ]);
    expect((await loadCampaign(none, { home: own })).space.codes).toBeUndefined();
    expect((await loadCampaign(bare)).space.codes).toBeUndefined();
    const substances = async (...names: string[]) => {
      const parameters = names.map((name) => `{name: ${name}, type: substance, smiles: {one: C, two: ${name}C}}`);
      const text = `{name: several, space: {parameters: [${parameters.join(', ')}]}, objectives: [{name: y, direction: maximise}], fidelities: [{name: f, adapter: person, cost: 1}], budget: {trials: 3}}`;
      const several = { file: 'several.yaml', baseDir: folder, home: own, onNote: (line: string) => noted.push(line) };
      return (await readCampaignText(text, several)).space.codes;
    };
    expect(await substances('C', 'N')).toMatchObject([{ on: ['C', 'N'], keys: ['C', 'CC', 'NC'] }]);
    expect(noted.at(-1)).toMatch(/^minimol@tiny tells of the molecules of 'C', 'N', too/);
    expect(await substances('C', 'N', 'O', 'P', 'S')).toBeUndefined();
    const named = { strategy: { surrogate: 'gp' } };
    expect((await loadCampaign(bare, { home: own, overrides: named })).space.codes).toBeUndefined();
    const { stderr } = await callCli(['simulate', bare, '--json'], { env: { ...env(), ATHANOR_HOME: own } });
    expect(stderr).toContain('minimol@tiny tells');
    // What the home has does not make it another campaign; a model that the file names does, but not its last bits.
    const without = await loadCampaign(bare);
    expect(campaignFingerprint(usual)).toBe(campaignFingerprint(without));
    const coded = await loadCampaign(await files('named', 'encoders: [{model: tiny}]'), { home });
    const [codes] = coded.space.codes!;
    const other = (change: object) => ({ ...coded, space: { ...coded.space, codes: [{ ...codes!, ...change }] } });
    expect(campaignFingerprint(other({ rows: 'AAAA' }))).toBe(campaignFingerprint(coded));
    expect(campaignFingerprint(other({ identity: 'd'.repeat(64) }))).not.toBe(campaignFingerprint(coded));
  });
});
