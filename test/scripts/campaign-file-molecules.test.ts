import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { alikeIn } from '../../scripts/campaign-file/alike.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { parseResults } from '../../scripts/suggest/results-table.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-molecules-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rest = `
objectives: [{name: f, direction: maximise}]
fidelities: [{name: exact, adapter: by-hand, cost: 1}]
budget: {trials: 3}
`;

async function faultsOf(space: string): Promise<readonly Fault[]> {
  const text = `name: mols\nspace:\n${space}${rest}`;
  const error: unknown = await readCampaignText(text, { file: 'm.yaml', baseDir: folder, adapters: 'unchecked' }).then(
    () => null,
    (reason) => reason,
  );
  if (error === null) return [];
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).faults;
}

const listed = (smiles: readonly string[]) =>
  `  parameters: [{name: m, type: substance, smiles: ${JSON.stringify(smiles)}}]`;

const hostile: Readonly<Record<string, string>> = {
  'a long chain': 'N'.repeat(1500),
  'a text of a million letters': 'C'.repeat(1_000_000),
  'branches in branches': `${'C('.repeat(800)}C${')'.repeat(800)}`,
};

describe.each(Object.entries(hostile))('%s', (_, smiles) => {
  it('is refused with its reason in a list and in a pool, and other molecules are read after it', async () => {
    const own = await faultsOf(listed(['CCO', smiles]));
    expect(own).toMatchObject([{ message: expect.stringMatching(/at most (300|5000) are read$/) }]);
    expect(own[0]!.message.length).toBeLessThan(300);
    await writeFile(join(folder, 'pool.csv'), `m\nCCO\n${smiles}\n`);
    const pooled = await faultsOf('  pool: {file: pool.csv, designColumns: [{name: m, type: substance}]}');
    expect(pooled).toHaveLength(1);
    expect(await faultsOf(listed(['CCO', 'CCN']))).toEqual([]);
  });
});

/** The campaign of a space, with what was noted. */
async function load(space: string, more = '') {
  const notes: string[] = [];
  const text = `name: mols\nspace:\n${space}${rest}${more}`;
  const options = { file: 'm.yaml', baseDir: folder, adapters: 'unchecked' as const };
  const campaign = await readCampaignText(text, { ...options, onNote: (line) => void notes.push(line) });
  return { campaign, notes };
}

const pool = (columns: string, id = '') => `  pool: {file: pool.csv, ${id}designColumns: [${columns}]}`;

describe('one molecule in two spellings', () => {
  it.each<[string, string]>([
    ['a list', listed(['CCO', 'CCC', 'OCC'])],
    ['names', "  parameters: [{name: m, type: substance, smiles: {ethanol: CCO, alcohol: 'C(O)C'}}]"],
  ])('is refused in %s', async (_, space) => {
    expect(await faultsOf(space)).toMatchObject([
      { message: expect.stringMatching(/^one molecule in two spellings: '\S+' and 'CCO'$/) },
    ]);
  });

  it('is refused in a file of molecules', async () => {
    await writeFile(join(folder, 'list.csv'), 'smiles\nc1ccccc1\nCCN\nC1=CC=CC=C1\n');
    const faults = await faultsOf('  parameters: [{name: m, type: substance, file: list.csv, column: smiles}]');
    expect(faults).toMatchObject([{ message: expect.stringContaining("'C1=CC=CC=C1' and 'c1ccccc1'") }]);
  });

  it.each<[string, string, string, string]>([
    ['molecules', '{name: m, type: substance}', 'CCO,OCC,CCO,CCC', 'line 3 (OCC) is line 2 (CCO)'],
    ['formulas', '{name: m, type: formula}', 'Al2O3,O3Al2,Al2O3,FeO', 'line 3 (O3Al2) is line 2 (Al2O3)'],
    [
      'formulas by fractions',
      '{name: m, type: formula}',
      'FeNi,Fe0.5Ni0.5,FeNi,FeO',
      'line 3 (Fe0.5Ni0.5) is line 2 (FeNi)',
    ],
    [
      'compositions',
      '{name: m, type: composition}',
      'A:0.5 B:0.5,B:0.5 A:0.5,A:0.5 B:0.5,A:1',
      'line 3 (B:0.5 A:0.5) is line 2 (A:0.5 B:0.5)',
    ],
  ])('is one row of a pool, of %s, and a note names both lines; replicates stay', async (_, column, cells, told) => {
    await writeFile(join(folder, 'pool.csv'), `m\n${cells.split(',').join('\n')}\n`);
    const { campaign, notes } = await load(pool(column));
    expect(campaign.space.pool!.ids).toEqual(['0', '2', '3']);
    expect(notes).toEqual([expect.stringContaining(told)]);
  });

  it('is two rows where something else differs', async () => {
    await writeFile(join(folder, 'pool.csv'), 'm,x\nCCO,1\nOCC,2\n');
    const { campaign, notes } = await load(pool('{name: m, type: substance}, {name: x, type: continuous}'));
    expect([campaign.space.pool!.ids, notes]).toEqual([['0', '1'], []]);
  });

  it('is found in results, by its design and by the id of the row that was left out', async () => {
    await writeFile(join(folder, 'pool.csv'), 'id,m\na,CCO\nb,OCC\nc,CCC\nd,CCN\n');
    const { campaign } = await load(pool('{name: m, type: substance}', 'id: id, '));
    const ofRows = await parseResults(campaign, { file: 'r.csv', text: 'id,m,f\nb,OCC,1\na,C(C)O,2\nc,,3\n' });
    expect(ofRows.results.map(({ rowId }) => rowId)).toEqual(['a', 'a', 'c']);
    const ofDesigns = await parseResults(campaign, { file: 'r.csv', text: 'm,f\nC(O)C,1\nNCC,4\n' });
    expect(ofDesigns.results.map(({ design }) => design?.m)).toEqual(['CCO', 'CCN']);
    expect(ofDesigns.notes).toEqual([
      expect.stringContaining("2 molecules in another spelling, such as 'C(O)C' for 'CCO'"),
    ]);
  });

  it('is found in results and in earlier campaigns of a list with names', async () => {
    await writeFile(join(folder, 'march.csv'), 'm,f\nOCC,1\npropane,2\nNCC,3\nCCC,4\nOCCO,5\nglycol,6\n');
    const space = '  parameters: [{name: m, type: substance, smiles: {ethanol: CCO, propane: CCC, amine: CCN}}]';
    const { campaign, notes } = await load(space, 'transfer: [{name: march, results: march.csv}]\n');
    expect(campaign.space.sources![0]).toMatchObject({ leftOut: 1, values: [1, 2, 3, 4, 5] });
    const own = ['ethanol', 'propane', 'amine', 'propane'];
    expect(campaign.space.sources![0]!.designs.map(({ m }) => m)).toEqual([...own, 'OCCO']);
    expect(notes).toEqual([
      expect.stringMatching(/^march\.csv: column 'm': 3 molecules in another spelling/),
      'march.csv: 1 row of 1 molecule that the space does not have: learned from, and never proposed',
      expect.stringMatching(/^march\.csv: 1 row left out as no designs of the space: m is 'glycol'.*\(line 7\)$/),
    ]);
    const { results } = await parseResults(campaign, { file: 'r.csv', text: 'm,f\nC(C)O,1\n' });
    expect(results).toMatchObject([{ design: { m: 'ethanol' } }]);
    const other = await parseResults(campaign, { file: 'r.csv', text: 'm,f\nOCCO,1\n' });
    expect(other.results).toMatchObject([{ design: { m: 'OCCO' } }]);
    expect(other.notes).toEqual([expect.stringMatching(/line 2/)]);
  });
});

describe('a molecule in another spelling than the space gives it', () => {
  it('is the same in the designs to run first', async () => {
    const space = '  parameters: [{name: m, type: substance, smiles: {ethanol: CCO, propane: CCC}}]';
    const more = "strategy: {initial: {designs: [{m: 'C(O)C'}, {m: propane}]}}\n";
    const { campaign } = await load(space, more);
    expect(campaign.spec.strategy).toMatchObject({ initial: { designs: [{ m: 'ethanol' }, { m: 'propane' }] } });
    await writeFile(join(folder, 'pool.csv'), 'm\nCCO\nF/C=C/F\nF/C=C\\F\n');
    const pooled = await load(
      pool('{name: m, type: substance}'),
      "strategy: {initial: {designs: [{m: 'C(=C/F)\\F'}, {m: OCC}]}}\n",
    );
    expect(pooled.campaign.spec.strategy).toMatchObject({ initial: { designs: [{ m: 'F/C=C/F' }, { m: 'CCO' }] } });
  });
});

describe('what looks the same to the models', () => {
  it.each<[string, string, string]>([
    [
      'molecules under two names',
      '  parameters: [{name: m, type: substance, smiles: {a: CC(F)Cl, b: CC(F)Cl, c: CC}}]',
      "'a' and 'b'",
    ],
    ['allenes of which the axis is not read', listed(['CC=[C@]=CC', 'CC=[C@@]=CC', 'CC']), 'CC=[C@]=CC'],
  ])('is noted: %s', async (_, space, words) => {
    const { campaign } = await load(space);
    expect(await alikeIn(campaign.space)).toEqual([expect.stringContaining(words)]);
  });

  it('is nothing where isomers differ', async () => {
    const { campaign } = await load(listed(['C[C@H](F)Cl', 'C[C@@H](F)Cl', 'C/C=C/C', 'C/C=C\\C', 'CC']));
    expect(await alikeIn(campaign.space)).toEqual([]);
  });

  it('is noted of rows of a pool', async () => {
    await writeFile(join(folder, 'pool.csv'), 'm\nCCO\nCCC\nCCO\n');
    const { campaign } = await load(pool('{name: m, type: substance}'));
    expect(await alikeIn(campaign.space)).toEqual([
      expect.stringMatching(/^1 pair of rows of the pool .*'0' and '2'$/),
    ]);
  });
});

describe('a pool of molecules', () => {
  const bad = (columns: string) => `  pool: {file: bad.csv, id: id, designColumns: [${columns}]}`;

  it('is told of every cell that holds none, by its line', async () => {
    const smiles = ['CCO', 'C(', 'CCN', '', 'c1cc', 'CC(', '#N/A', 'C('];
    await writeFile(join(folder, 'bad.csv'), `id,m\n${smiles.map((text, i) => `r${i},${text}`).join('\n')}\n`);
    const messages = (await faultsOf(bad('{name: m, type: substance}'))).map(({ message }) => message).join('\n');
    for (const line of [3, 5, 6, 7, 8, 9]) expect(messages).toContain(`line ${line}: '`);
    for (const line of [2, 4]) expect(messages).not.toContain(`line ${line}:`);
    expect(messages).toContain("line 5: '', empty");
    expect(messages).toContain("line 9: 'C(', is not a molecule");
  });

  it('is told of each by its name, and of faults of other columns beside', async () => {
    await writeFile(join(folder, 'bad.csv'), 'id,m,x\na,one,1\n,two,warm\nb,three,cold\nb,,2\n');
    const columns =
      '{name: m, type: substance, smiles: {one: CCO, two: "C(", three: "N("}}, {name: x, type: continuous}';
    const messages = (await faultsOf(bad(columns))).map(({ message }) => message);
    expect(messages).toEqual([
      "bad.csv, column 'm': 1 cell not a name (line 5: '', empty)",
      expect.stringMatching(/2 cells not a molecule \(line 3: 'two', 'C\(' is not .*; line 4: 'three', 'N\(' is not/),
      "bad.csv, column 'x': 2 cells not a finite number (line 3: 'warm'; line 4: 'cold')",
      "bad.csv: 1 cell not an id (line 3: '', empty)",
      'bad.csv: id given twice: b (line 5)',
    ]);
  });
});
