import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { visitsOf } from '../../models/strategy/history.js';
import { molecularLabels } from '../../models/strategy/tuning/labels.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { callCli } from '../support/cli.js';
import { writeModel } from '../support/models-folder.js';
import { hasOnnxRuntime } from '../support/screen-models.js';
import { smallMolecules } from '../support/small-molecules.js';
import { tinyBundle } from '../support/tiny-encoder.js';

const present = await hasOnnxRuntime();
const own = [...smallMolecules, 'CCCN'];
const before = ['OCCC,4', 'CCCO,5', 'CCCCC,6', 'C1=CC=CC=C1,7', 'CCO,3', 'N(C)C,2', 'ethanol,9', 'C(C)(C)(C)(C)C,1'];

let folder: string;
let home: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-earlier-'));
  home = path.join(folder, 'home');
  await writeFile(
    path.join(folder, 'pool.csv'),
    `amine,y\n${own.map((one, i) => `${one},${one.length + (i % 3)}`).join('\n')}\n`,
  );
  await writeFile(path.join(folder, 'march.csv'), `amine,y\n${before.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(more: string): Promise<{ campaign: Campaign; notes: readonly string[] }> {
  const text = `
name: earlier
space:
  pool: {file: pool.csv, designColumns: [{name: amine, type: substance}]}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: table, adapter: dataset, settings: {file: pool.csv}, cost: 1}]
strategy: {initial: {trials: 3}}
budget: {trials: 8}
transfer: [{name: march, results: march.csv}]
${more}
`;
  const file = path.join(folder, 'earlier.yaml');
  await writeFile(file, text);
  const notes: string[] = [];
  return { campaign: await loadCampaign(file, { home, onNote: (note) => notes.push(note) }), notes };
}

describe('molecules that earlier campaigns measured beside the space', () => {
  it('are taken in one spelling each, and what is no molecule is left out with its line', async () => {
    const { campaign, notes } = await load('encoders: []');
    const [march] = campaign.space.sources!;
    expect(march!.designs.map(({ amine }) => amine)).toEqual(['CCCO', 'CCCO', 'CCCCC', 'c1ccccc1', 'CCO', 'CNC']);
    expect(march).toMatchObject({ values: [4, 5, 6, 7, 3, 2], leftOut: 2 });
    expect(notes).toContain(
      'march.csv: 4 rows of 3 molecules that the space does not have: learned from, and never proposed',
    );
    expect(notes.find((note) => note.includes('no designs of the space'))).toMatch(
      /2 rows left out .*amine is 'ethanol'.*line 8.*C\(C\)\(C\)\(C\)\(C\)C'.*line 9/,
    );
  });

  it('are what an encoder learns from, and rows that surrogates are given; no proposal is one of them', async () => {
    const { campaign } = await load('encoders: []');
    const record = await runInProcess(campaign, { registry: createRegistry(), log: () => {} });
    const visits = visitsOf(campaign, record.trials, []);
    const { smiles, levels, labels } = molecularLabels(campaign, visits);
    expect([levels, labels.length]).toEqual([['earlier campaign march', 'table'], 6 + 8]);
    expect(smiles.slice(0, 5)).toEqual(['CCCO', 'CCCCC', 'c1ccccc1', 'CCO', 'CNC']);
    expect(record.trials.every(({ proposal }) => own.includes(proposal.design.amine as string))).toBe(true);
    expect(record.trials.at(-1)!.proposal.basis.fit!.sources).toMatchObject([{ name: 'march', rows: 6, used: 6 }]);
    expect(await verifyRecord(parseRecord(exportJson(record), 'record'))).toMatchObject({ checked: 8, mismatches: [] });
    const wrong = exportJson(record).replace('"CCCCC"', '"pentane"');
    expect(() => parseRecord(wrong, 'record')).toThrow(/space.sources\[0\].designs\[2\].amine: pentane where/);
  });

  it.runIf(present)(
    'have codes of the encoders, and what was proposed with these verifies without the model',
    async () => {
      const model = path.join(folder, 'model');
      await writeModel(model, tinyBundle());
      expect(
        (await callCli(['models', 'add', model], { env: { ATHANOR_HOME: home, DATABASE_URL: undefined } })).code,
      ).toBe(0);
      const { campaign } = await load('encoders: [{model: tiny}]');
      expect(campaign.space.codes![0]!.keys).toEqual([...own, 'CCCO', 'CCCCC', 'CNC']);
      const record = await runInProcess(campaign, { registry: createRegistry(), log: () => {} });
      const { members, sources } = record.trials.at(-1)!.proposal.basis.fit!;
      expect(members.map(({ name }) => name)).toContain('blocks-icm');
      expect(sources).toMatchObject([{ used: 6 }]);
      expect(await verifyRecord(parseRecord(exportJson(record), 'record'))).toMatchObject({
        checked: 8,
        mismatches: [],
      });
    },
  );
});
