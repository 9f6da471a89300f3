import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { parseSupplied } from '../../scripts/simulate/supplied.js';
import type { SuggestDocument } from '../../scripts/suggest/document.js';
import { runCli, runCliJson } from '../support/cli.js';

const fixtures = fileURLToPath(new URL('../fixtures/campaigns/good/', import.meta.url));
let folder: string;

const grid = `
name: grid
space:
  parameters:
    - {name: alloy, type: composition, components: [Fe, Ni, Cr], total: 100, step: 10}
    - {name: oxide, type: formula, formulas: [Al2O3, SiO2, TiO2]}
    - {name: kelvin, type: continuous, bounds: [300, 900]}
objectives: [{name: activity, direction: maximise}]
fidelities: [{name: made, adapter: by-hand, cost: 1}]
budget: {trials: 30}
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-mixtures-'));
  for (const name of ['mixtures.yaml', 'mixtures.csv']) await copyFile(join(fixtures, name), join(folder, name));
  await writeFile(join(folder, 'grid.yaml'), grid);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a pool of compositions and formulas', () => {
  it('is searched, and every proposal can be computed again from its record', async () => {
    const campaign = await loadCampaign(join(folder, 'mixtures.yaml'));
    const record = await runInProcess(campaign, { registry: createRegistry(), seed: 4 });
    expect(record.stop?.reason).toBe('budgetTrials');
    expect(record.trials.some(({ proposal }) => proposal.reason.kind === 'acquisition')).toBe(true);
    for (const { proposal } of record.trials) {
      const row = campaign.space.pool!.ids.indexOf(proposal.rowId!);
      expect(proposal.design).toEqual(campaign.space.pool!.designs.at(row));
    }
    const stored = JSON.parse(JSON.stringify(record)) as typeof record;
    expect((await verifyRecord(stored)).mismatches).toEqual([]);
  });

  it('is told of by rows, or by compositions however they are written', async () => {
    const results = ['id,alloy,blend,oxide,activity', 'm1,,,,9.95', ',Ni:80 Fe:20,resin:1.0 fibre:0,SiO2,7.2'];
    await writeFile(join(folder, 'results.csv'), `${results.join('\n')}\n`);
    const args = ['suggest', 'mixtures.yaml', 'results.csv', '-n', '2', '--json'];
    const document = await runCliJson<SuggestDocument>(args, { cwd: folder });
    expect(document.results).toMatchObject({ measured: 2 });
    expect(document.proposals).toHaveLength(2);
    await writeFile(join(folder, 'wrong.csv'), 'alloy,blend,oxide,activity\nFe:21 Ni:79,resin:1,SiO2,3\n');
    const other = await runCli(['suggest', 'mixtures.yaml', 'wrong.csv'], { cwd: folder });
    expect(other.code).toBe(0);
    expect(other.stdout).toContain('1 of them is of designs that the pool does not have: learned from, never proposed');
    await writeFile(join(folder, 'wrong.csv'), 'alloy,blend,oxide,activity\nFe:21 Co:79,resin:1,SiO2,3\n');
    const wrong = await runCli(['suggest', 'mixtures.yaml', 'wrong.csv'], { cwd: folder });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("line 2, alloy: 'Fe:21 Co:79' given");
  });
});

describe('a space with compositions on a grid', () => {
  it('is searched beside a parameter that cannot be listed, with proposals on the grid', async () => {
    const first = await runCli(['suggest', 'grid.yaml', '-n', '8', '--out', 'begin.csv'], { cwd: folder });
    expect(first.code).toBe(0);
    let count = 0;
    const filled = (await readFile(join(folder, 'begin.csv'), 'utf8')).replaceAll(
      'pending,',
      () => `measured,${(count++ * 7) % 5}`,
    );
    await writeFile(join(folder, 'filled.csv'), filled);
    const args = ['suggest', 'grid.yaml', 'filled.csv', '-n', '3', '--json'];
    const { proposals } = await runCliJson<SuggestDocument>(args, { cwd: folder });
    expect(proposals.some(({ kind }) => kind === 'acquisition')).toBe(true);
    for (const { design } of proposals) {
      const amounts = String(design.alloy)
        .split(' ')
        .map((part) => Number(part.split(':')[1]));
      expect(amounts.reduce((a, b) => a + b)).toBe(100);
      expect(amounts.every((amount) => amount > 0 && amount % 10 === 0)).toBe(true);
    }
  });

  it('takes first designs from a table, in the order of its components', async () => {
    const campaign = await loadCampaign(join(folder, 'grid.yaml'), { adapters: 'unchecked' });
    const text = 'alloy,oxide,kelvin\nCr:20 Ni:30 Fe:50,SiO2,450\n';
    expect(await parseSupplied(campaign, 'first.csv', new TextEncoder().encode(text))).toEqual({
      designs: [{ alloy: 'Fe:50 Ni:30 Cr:20', oxide: 'SiO2', kelvin: 450 }],
    });
  });
});
