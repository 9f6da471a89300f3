import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Constraints } from '../../models/domain/constraints/constraint.js';
import type { Design } from '../../models/domain/design.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { exportJson, loadCampaign, parseRecord, registryFor, runInProcess } from '../../scripts/library.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import type { SuggestDocument } from '../../scripts/suggest/document.js';
import { runCliJson } from '../support/cli.js';

let folder: string;

const file = `
name: blends
space:
  parameters:
    - { name: temperature, type: continuous, bounds: [20, 120] }
    - { name: cycles, type: integer, bounds: [1, 9] }
    - { name: base, type: categorical, levels: [K2CO3, KOH, none] }
    - { name: ratio, type: continuous, bounds: [1, 3] }
    - { name: solvent, type: categorical, levels: [THF, DMF, water] }
    - { name: blend, type: composition, components: [A, B, C, D, E] }
  properties:
    boilingPoint: { THF: 66, DMF: 153, water: 100 }
  constraints:
    - { type: linear, terms: { temperature: 1, cycles: 10 }, max: 150 }
    - { type: linear, terms: { blend.A: 1, blend.B: -2 }, min: 0 }
    - { type: cardinality, of: blend, max: 3, least: 0.05 }
    - { type: exclude, when: { base: KOH, solvent: DMF } }
    - { type: dependency, parameter: ratio, when: { base: [K2CO3, KOH] } }
    - { type: formula, expression: "temperature < boilingPoint(solvent) - 10" }
objectives: [{ name: yield, direction: maximise }]
fidelities:
  - { name: bench, adapter: command, settings: { command: [node, measure.mjs], cwd: . }, cost: 1 }
budget: { trials: 18 }
parallel: 2
synchronous: true
`;

const program = `
let text = '';
for await (const chunk of process.stdin) text += chunk;
const { temperature, cycles, base, ratio, solvent, blend } = JSON.parse(text).design;
const part = (name) => Number(new RegExp(name + ':([0-9.e-]+)').exec(blend)?.[1] ?? 0);
const value = 50 - ((temperature - 80) / 20) ** 2 - (cycles - 5) ** 2 / 4 + { K2CO3: 4, KOH: 6, none: 0 }[base] * ratio / 3 +
  { THF: 0, DMF: 5, water: 2 }[solvent] + 20 * part('A') * part('C') - 5 * part('E');
process.stdout.write(JSON.stringify({ values: { yield: value } }));
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-constrained-'));
  await writeFile(join(folder, 'blends.yaml'), file);
  await writeFile(join(folder, 'measure.mjs'), program);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a campaign with constraints and a composition of any amounts', () => {
  it('is simulated: every trial keeps every constraint, none comes twice, and the record is verified', async () => {
    const campaign = await loadCampaign(join(folder, 'blends.yaml'));
    const registry = await registryFor(campaign.spec);
    const record = parseRecord(exportJson(await runInProcess(campaign, { registry })), 'blends');
    const constraints = Constraints.of(campaign.space);
    const designs = record.trials.map(({ proposal }) => proposal.design);
    expect(designs).toHaveLength(18);
    for (const design of designs) expect(constraints.broken(design)).toEqual([]);
    expect(new Set(designs.map((design) => JSON.stringify(design))).size).toBe(18);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    const values = record.trials.map(({ observation }) => observation!.values.yield!);
    expect(Math.max(...values.slice(9))).toBeGreaterThan(Math.max(...values.slice(0, 9)));
  });

  it('is suggested from a table, in digits that keep the constraints, and learns from results that break them', async () => {
    const first = await runCliJson<SuggestDocument>(
      ['suggest', 'blends.yaml', '-n', '6', '--out', 'begin.csv', '--json'],
      { cwd: folder },
    );
    const constraints = Constraints.of((await loadCampaign(join(folder, 'blends.yaml'))).space);
    expect(first.proposals).toHaveLength(6);
    const rows = await designsIn('begin.csv');
    for (const row of rows) expect(constraints.broken(row)).toEqual([]);
    const header = 'temperature,cycles,base,ratio,solvent,blend,yield';
    const lines = rows.map((row, i) => `${Object.values(row).join(',')},${40 + i}`);
    await writeFile(join(folder, 'told.csv'), `${[header, ...lines, '118,9,KOH,2,DMF,A:0.5 B:0.5,12'].join('\n')}\n`);
    const args = ['suggest', 'blends.yaml', 'told.csv', '-n', '3', '--json'];
    const second = await runCliJson<SuggestDocument>(args, { cwd: folder });
    expect(second.results).toMatchObject({ measured: 7 });
    for (const { design } of second.proposals) expect(constraints.broken(design)).toEqual([]);
  });
});

/** The designs of a table, as its cells say. */
async function designsIn(name: string): Promise<Design[]> {
  const { space } = await loadCampaign(join(folder, 'blends.yaml'));
  const [header, ...rows] = (await readFile(join(folder, name), 'utf8')).replace('\uFEFF', '').trim().split(/\r?\n/);
  const columns = header!.split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    const values = space.parameters.map((one) => [
      one.name,
      typeOf(one).fromText(one, cells[columns.indexOf(one.name)]!),
    ]);
    return Object.fromEntries(values);
  });
}
