import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { loadCampaign } from '../../../scripts/campaign-file.js';
import { type PredictedRow, predictTable } from '../../../scripts/predict/predict-table.js';
import { runInProcess } from '../../../scripts/simulate/run-in-process.js';
import { callCli } from '../../support/cli.js';
import { writeModel } from '../../support/models-folder.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';
import { smallMolecules } from '../../support/small-molecules.js';
import { tinyBundle } from '../../support/tiny-encoder.js';

const present = await hasOnnxRuntime();
const smiles = smallMolecules;

let folder: string;
let home: string;
let record: CampaignRecord;

const predicted = async (file: string, at: string) => {
  const [rows, notes]: [PredictedRow[], string[]] = [[], []];
  const { blocks } = await predictTable(record, file, { home: at, onNote: (line) => notes.push(line) });
  for await (const some of blocks()) rows.push(...some);
  return { rows, notes };
};
const medians = ({ rows }: { rows: readonly PredictedRow[] }) => rows.map((row) => row.predicted?.[0]?.median);
const designs = async (name: string, lines: readonly string[]) => {
  await writeFile(path.join(folder, name), `amine\n${lines.join('\n')}\n`);
  return path.join(folder, name);
};

beforeAll(async () => {
  if (!present) return;
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-predict-'));
  home = path.join(folder, 'home');
  const rows = smiles.map((one, i) => `${one},${one.length + (i % 3)}`);
  await writeFile(path.join(folder, 'pool.csv'), `amine,y\n${rows.join('\n')}\n`);
  const model = path.join(folder, 'model');
  await writeModel(model, tinyBundle());
  const env = { ATHANOR_HOME: home, DATABASE_URL: undefined };
  expect((await callCli(['models', 'add', model], { env })).code).toBe(0);
  const text = `
name: coded
space: {pool: {file: pool.csv, designColumns: [{name: amine, type: substance}]}}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: table, adapter: dataset, settings: {file: pool.csv}, cost: 1}]
strategy: {initial: {trials: 5}, surrogate: blocks-gp}
budget: {trials: 9}
encoders: [{model: tiny}]
`;
  await writeFile(path.join(folder, 'coded.yaml'), text);
  const campaign = await loadCampaign(path.join(folder, 'coded.yaml'), { home });
  record = await runInProcess(campaign, { registry: createRegistry(), log: () => {} });
});
afterAll(() => (present ? rm(folder, { recursive: true, force: true }) : undefined));

describe.runIf(present)('molecules that a campaign with encoders has not', () => {
  it('are encoded by its model, alone or among others alike', async () => {
    const all = await predicted(await designs('all.csv', ['CCCO', 'OCC', 'CCCN', 'CCCC']), home);
    expect(all.notes.filter((line) => line.includes('tiny'))).toEqual([]);
    expect(all.rows.map(({ outside }) => outside !== null)).toEqual([true, false, true, true]);
    const alone = await predicted(await designs('alone.csv', ['CCCN']), home);
    expect(medians(alone)).toEqual(medians(all).slice(2, 3));
  });

  it('are masked where the home has not that model, which a note says; those of the space are not', async () => {
    const file = await designs('masked.csv', ['CCCO', 'CCO', 'CCCN']);
    const [known, masked] = [await predicted(file, home), await predicted(file, path.join(folder, 'empty'))];
    expect(masked.notes).toContainEqual(
      expect.stringMatching(
        /^the model tiny@1 that encoded the campaign is not in the home .*empty: new molecules are/,
      ),
    );
    const [a, b] = [medians(known), medians(masked)];
    expect(b[1]).toBe(a[1]);
    expect(b[0]).not.toBe(a[0]);
    expect(b[2]).not.toBe(a[2]);
  });
});
