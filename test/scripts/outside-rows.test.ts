import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { exportCsv } from '../../scripts/record/export.js';
import { withInitialTrials } from '../../scripts/simulate/supplied.js';
import { suggestDocument, suggestText } from '../../scripts/suggest/document.js';
import { parseResults } from '../../scripts/suggest/results-table.js';

const rest = `
objectives: [{name: y, direction: maximise}]
fidelities: [{name: full, adapter: by-hand, cost: 1}]
budget: {trials: 40}
strategy: {initial: {trials: 3}}`;

let folder: string;
let pooled: Campaign;
let grid: Campaign;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-outside-'));
  const rows = ['C', 'CC', 'CCC', 'CCO', 'CCN', 'CCCO'].map((smiles, i) => `mol-${i},${smiles},${(i * 10) / 3},a`);
  await writeFile(join(folder, 'pool.csv'), `id,smiles,t,kind\n${rows.join('\n')}\n`);
  const read = (name: string, space: string) =>
    readCampaignText(`name: ${name}\nseed: 3\n${space}${rest}`, {
      file: 'own.yaml',
      baseDir: folder,
      adapters: 'unchecked',
    });
  const columns = `[{name: smiles, type: substance}, {name: t, type: continuous}, {name: kind, type: categorical}]`;
  pooled = await read('pooled', `space: {pool: {file: pool.csv, id: id, designColumns: ${columns}}}`);
  const parameters = `[{name: T, type: discrete, values: [20, 40, 60]}, {name: base, type: categorical, levels: [NaOH, KOH]}]`;
  grid = await read('grid', `space: {parameters: ${parameters}}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const parse = (campaign: Campaign, lines: readonly string[]) =>
  parseResults(campaign, { file: 'r.csv', text: `${lines.join('\n')}\n` });

/** What `suggest` says of a table. */
async function said(campaign: Campaign, lines: readonly string[], count = 2) {
  const { results, notes } = await parse(campaign, lines);
  const planner = new Planner(campaign);
  planner.tell(results);
  const known = planner.trials;
  const decision = await planner.ask(count);
  const document = await suggestDocument(campaign, known, decision);
  return { notes, document, text: suggestText(campaign, known, document), known, decision };
}

describe('rows of a table that are no designs of the space', () => {
  it('are learned from, counted with their lines and reasons, and named where they are the best', async () => {
    const lines = ['T,base,y', '20,NaOH,1', '40,KOH,2', '33,KOH,9', '60,KOH,3', '75,NaOH,4', '33,NaOH,5'];
    const { notes, document, text } = await said(grid, lines);
    expect(notes).toEqual([
      '2 results learned from, and never proposed: T 33 is none of its values (lines 4, 7)',
      '1 result learned from, and never proposed: T 75 is none of its values (line 6)',
    ]);
    expect(document.results).toMatchObject({ measured: 6, outside: 3 });
    expect(document.best).toMatchObject({ value: 9, outside: 'T 33 is none of its values' });
    expect(text).toContain('3 of them are of designs that the space does not have: learned from, never proposed');
    expect(text).toContain('best y so far 9: T=33 base=KOH; T 33 is none of its values, so it is learned from');
    for (const { design } of document.proposals) expect([20, 40, 60]).toContain(design.T);
  });

  it('may be of a molecule that the pool does not have, by its SMILES, with an id of its own or none', async () => {
    const lines = ['id,smiles,t,kind,y', 'mol-0,,,,1', 'mol-3,,,,2', ',CCCCO,5,a,8', 'mine-1,CCCN,6,a,7'];
    const { notes, document, known, decision } = await said(pooled, lines, 6);
    expect(notes).toEqual(['2 results learned from, and never proposed: in no row of the pool (lines 4, 5)']);
    expect(decision.proposals.map(({ rowId }) => rowId).sort()).toEqual(['mol-1', 'mol-2', 'mol-4', 'mol-5']);
    expect(document.best).toMatchObject({ rowId: null, outside: 'in no row of the pool' });
    // What is exported of it is read back alike.
    const record = { campaign: pooled, phase: 'running', stop: null, trials: known, audit: [] } as const;
    const again = await parse(pooled, exportCsv(record).trim().split('\n'));
    expect(again.results).toMatchObject([{ rowId: 'mol-0' }, { rowId: 'mol-3' }, { value: 8 }, { value: 7 }]);
    expect(again.notes.join()).toContain('2 results learned from, and never proposed');
  });

  it('with a number as a spreadsheet shortens it are still rows of the pool', async () => {
    const { results, notes } = await parse(pooled, ['smiles,t,kind,y', 'CC,3.33333333,a,1', 'CCC,6.6666667,a,2']);
    expect([results.map(({ rowId }) => rowId), notes]).toEqual([['mol-1', 'mol-2'], []]);
  });

  it.each([
    ['an unknown name', ',CCO,10,b,1', /kind: 'b' given.*one of a/],
    ['no molecule', ',CC(C,5,a,1', /smiles: .*CC\(C/],
    ['a name for a SMILES', ',ethanl,5,a,1', /smiles: 'ethanl' given/],
    ['a mistyped id', 'mol-O,,,,1', /'mol-O' is no row of the pool \(did you mean mol-0/],
    ['another id for a row that there is', 'mol-9,CCO,10,a,1', /its design is that of mol-3/],
    ['a number far away', ',CCO,900,a,1', /t: 900 given/],
  ])('are refused with the line where nothing can be learned from them: %s', async (_, line, message) => {
    const wrong = parse(pooled, ['id,smiles,t,kind,y', 'mol-0,,,,1', line]);
    await expect(wrong).rejects.toThrow(message);
    await expect(wrong).rejects.toThrow(/line 3/);
  });

  it('name the row that was meant among first trials, too', async () => {
    await writeFile(join(folder, 'first.txt'), 'mol-0\nmol-l\n');
    await expect(withInitialTrials(pooled, join(folder, 'first.txt'))).rejects.toThrow(
      /'mol-l' is no row.*did you mean mol-/s,
    );
  });
});
