import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { sourceInWords } from '../../models/strategy/explain/source-words.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { exportCsv, exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-sources-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const free = `
name: free
space:
  parameters:
    - {name: x, type: continuous, bounds: [0, 10]}
    - {name: n, type: integer, bounds: [1, 5]}
    - {name: solvent, type: categorical, levels: [water, DMF]}
objectives: [{name: f, direction: minimise}]
fidelities: [{name: exact, adapter: by-hand, cost: 1}]
budget: {trials: 9}
`;
const pooled = `
name: pooled
space:
  pool: {file: pool.csv, id: name, designColumns: [{name: x, type: continuous, column: x1}, {name: y, type: integer}]}
objectives: [{name: f, direction: maximise}]
fidelities: [{name: exact, adapter: by-hand, cost: 1}]
budget: {trials: 3}
`;

/** The campaign with an earlier one in a file of these lines. */
async function load(lines: readonly string[], more = '', text = free): Promise<Campaign> {
  await writeFile(join(folder, 'march.csv'), `${lines.join('\n')}\n`);
  const transfer = `transfer:\n  - {name: march, results: march.csv${more}}`;
  return readCampaignText(text + transfer, { file: 'own.yaml', baseDir: folder, adapters: 'unchecked' });
}

async function faultsOf(loading: Promise<unknown>): Promise<readonly Fault[]> {
  const error: unknown = await loading.then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).faults;
}

const head = 'x,n,solvent,f';
const rows = ['1,2,water,0.5', '2.5,3,DMF,0.25', '9,1,water,7'];

describe('transfer', () => {
  it('takes outcomes in whatever case, counts what it leaves out, and refuses words that it does not know', async () => {
    const outcomes = ['Measured', 'measured', 'MEASURED', 'failed', 'quarantined', ''];
    const some = (words: readonly string[]) => [
      'x,n,solvent,status,f',
      ...words.map((word, i) => `${i},1,DMF,${word},${word === '' || /^[fq]/.test(word) ? '' : i}`),
    ];
    await writeFile(join(folder, 'march.csv'), some(outcomes).join('\n'));
    const notes: string[] = [];
    const text = `${free}transfer: [{name: march, results: march.csv}]`;
    const { space } = await readCampaignText(text, {
      file: 'own.yaml',
      baseDir: folder,
      adapters: 'unchecked',
      onNote: (note) => notes.push(note),
    });
    expect(space.sources![0]!.values).toEqual([0, 1, 2]);
    expect(notes).toEqual(['march.csv: 3 rows left out: 1 failed, 1 quarantined, 1 without a value']);
    const faults = await faultsOf(load(some([...outcomes, 'done', 'ok'])));
    expect(faults.map(({ message }) => message)).toEqual([
      "march.csv, line 8: status is 'done'",
      "march.csv, line 9: status is 'ok'",
    ]);
  });

  describe('with values that cannot be true', () => {
    const bounded = (limits: string) => free.replace('direction: minimise', `direction: minimise, limits: ${limits}`);
    const lines = [head, '1,2,water,0.5', '2,3,DMF,210', '3,1,water,7', '4,1,DMF,-3', '5,1,DMF,100', '99,1,DMF,300'];
    const read = async (text: string, more = '', table: readonly string[] = lines) => {
      await writeFile(join(folder, 'march.csv'), `${table.join('\n')}\n`);
      const notes: string[] = [];
      const onNote = (note: string) => notes.push(note);
      const transfer = `transfer: [{name: march, results: march.csv${more}}]`;
      const options = { file: 'own.yaml', baseDir: folder, adapters: 'unchecked', onNote } as const;
      const { space } = await readCampaignText(text + transfer, options);
      return { source: space.sources![0]!, notes };
    };

    it('leaves them out, and says how many and in which lines', async () => {
      const { source, notes } = await read(bounded('[0, 100]'));
      expect(source).toMatchObject({ values: [0.5, 7, 100], leftOut: 1, beyond: 2 });
      expect(notes).toEqual([
        'march.csv: 2 rows left out, as f lies beyond its limits, from 0 to 100: line 3 (210), line 5 (-3)',
        'march.csv: 1 row left out as no designs of the space: x is 99, far outside its range (line 7)',
      ]);
      expect(sourceInWords(source, null)).toContain('2 more left out beyond the limits of what can be true');
    });

    it('takes limits with one end, of a column of another name, and of the entry itself', async () => {
      expect((await read(bounded('[null, 100]'))).source.values).toEqual([0.5, 7, -3, 100]);
      expect((await read(bounded('[0, null]'))).notes[0]).toContain('at least 0: line 5 (-3)');
      const renamed = lines.map((line) => line.replace(',f', ',yield'));
      const other = await read(bounded('[0, 100]'), ', objective: yield', renamed);
      expect([other.source.values, other.notes[0]]).toEqual([
        [0.5, 7, 100],
        expect.stringContaining('as yield lies beyond its limits'),
      ]);
      const own = await read(bounded('[0, 100]'), ', objective: yield, limits: [-10, 500]', renamed);
      expect(own).toMatchObject({ source: { values: [0.5, 210, 7, -3, 100] } });
      expect(own.notes).toEqual([expect.stringContaining('1 row left out as no designs of the space')]);
      expect(own.source.beyond).toBeUndefined();
      expect((await read(free)).source.values).toEqual([0.5, 210, 7, -3, 100]);
    });

    it('names them where too few are left, and keeps the count in a record', async () => {
      const [fault] = await faultsOf(read(bounded('[0, 1]')));
      expect(fault!.message).toContain(
        'has 1 measured row of the space; 1 more are no designs of the space; 4 more lie',
      );
      const campaign = await load(lines, '', bounded('[0, 100]'));
      const record = { campaign, phase: 'running', stop: null, trials: [], audit: [] } as const;
      expect(parseRecord(exportJson(record), 'r.json').campaign.space.sources).toEqual(campaign.space.sources);
    });
  });

  it('reads designs and values, whatever other columns there are', async () => {
    const { space, spec } = await load([
      'date,x,f,solvent,n',
      'mon,1,0.5,water,2',
      'tue,2.5,1e-3,DMF,3',
      'wed,9,-7,water,1',
    ]);
    expect(space.sources).toEqual([
      {
        name: 'march',
        designs: [
          { x: 1, n: 2, solvent: 'water' },
          { x: 2.5, n: 3, solvent: 'DMF' },
          { x: 9, n: 1, solvent: 'water' },
        ],
        values: [0.5, 1e-3, -7],
        leftOut: 0,
      },
    ]);
    expect(spec.transfer).toEqual([{ name: 'march', results: 'march.csv' }]);
  });

  it('takes numbers near the bounds, leaves out what is far outside or of another name, and counts it', async () => {
    const { space } = await load([head, ...rows, '-4,2,water,1', '12,2.5,DMF,2', '21,2,water,3', '5,2,ether,4']);
    expect(space.sources![0]!.values).toEqual([0.5, 0.25, 7, 1, 2]);
    expect(space.sources![0]!.leftOut).toBe(2);
  });

  it('passes over what was not measured', async () => {
    const { space } = await load([
      `${head},outcome`,
      ...rows.map((row) => `${row},measured`),
      '3,3,DMF,,failed',
      '3,3,DMF,,pending',
    ]);
    expect(space.sources![0]!.values).toEqual([0.5, 0.25, 7]);
    const plain = await load([head, ...rows, '3,3,DMF,']);
    expect(plain.space.sources![0]!.values).toHaveLength(3);
  });

  it('fills in what did not vary, columns and cells', async () => {
    const { space } = await load(['x,n,f', '1,2,0.5', '2,,0.6', '3,4,0.7'], ', defaults: {solvent: DMF, n: 3}');
    expect(space.sources![0]!.designs).toEqual([
      { x: 1, n: 2, solvent: 'DMF' },
      { x: 2, n: 3, solvent: 'DMF' },
      { x: 3, n: 4, solvent: 'DMF' },
    ]);
  });

  it('takes the rows of one fidelity, and another name of the objective', async () => {
    const lines = ['x,n,solvent,g,fidelity', ...rows.map((row) => `${row},low`), '4,4,DMF,9,high'];
    const { space } = await load(lines, ', objective: g, fidelity: low');
    expect(space.sources![0]!.values).toEqual([0.5, 0.25, 7]);
    const [fault] = await faultsOf(load(lines, ', objective: g'));
    expect(fault).toMatchObject({ path: 'transfer[0].results', line: 12 });
    expect(fault!.message).toContain('several fidelities: high, low');
    const [unknown] = await faultsOf(load(lines, ', objective: g, fidelity: medium'));
    expect(unknown).toMatchObject({ path: 'transfer[0].fidelity' });
    expect(unknown!.remedy).toContain('high, low');
  });

  it('knows rows of the pool by their id, or by their columns', async () => {
    await writeFile(join(folder, 'pool.csv'), 'name,x1,y\na,0,1\nb,0.5,3\nc,4,5\nd,1,2\n');
    const byId = await load(['name,f', 'a,1', 'c,2', 'd,3', 'z,4'], '', pooled);
    expect(byId.space.sources![0]).toMatchObject({ values: [1, 2, 3], leftOut: 1 });
    expect(byId.space.sources![0]!.designs[1]).toEqual({ x: 4, y: 5 });
    const byColumn = await load(['x1,y,f', '0.2,1,1', '3,2,2', '1,5,3'], '', pooled);
    expect(byColumn.space.sources![0]!.designs[0]).toEqual({ x: 0.2, y: 1 });
  });

  it.each<[string, readonly string[], string, string, ...string[]]>([
    ['no column of the objective', ['x,n,solvent', '1,2,water'], '', 'transfer[0].results', "no column 'f'"],
    ['no column of a parameter', ['x,solvent,f', '1,DMF,3'], '', 'transfer[0].results', "no column 'n'", 'defaults'],
    ['a cell that is no number', [head, ...rows, 'warm,2,DMF,3'], '', 'transfer[0].results', "line 5: x is 'warm'"],
    ['an empty cell', [head, ...rows, ',2,DMF,3'], '', 'transfer[0].results', "line 5: no value of 'x'"],
    ['a value that is no number', [head, ...rows, '1,2,DMF,high'], '', 'transfer[0].results', "line 5: f is 'high'"],
    ['too few rows', [head, ...rows.slice(0, 2)], '', 'transfer[0].results', '2 measured rows', 'at least 3'],
    [
      'rows of another space',
      [head, ...rows.map((row) => `9${row}`)],
      '',
      'transfer[0].results',
      '0 measured rows',
      '3 more',
    ],
    [
      'too many rows',
      [head, ...new Array<string>(501).fill(rows[0]!)],
      '',
      'transfer[0].results',
      '501',
      'at most 500',
    ],
    ['a default of no parameter', [head, ...rows], ', defaults: {m: 3}', 'transfer[0].defaults.m', "no parameter 'm'"],
    [
      'a default that is no number',
      ['x,solvent,f', '1,DMF,3'],
      ', defaults: {n: few}',
      'transfer[0].defaults.n',
      "'few' is not allowed (a finite number)",
    ],
    ['a fidelity without a column', [head, ...rows], ', fidelity: low', 'transfer[0].fidelity', "no column 'fidelity'"],
    ['an unknown key', [head, ...rows], ', default: {}', 'transfer[0].default', 'did you mean defaults?'],
  ])('refuses %s', async (_, lines, more, path, ...words) => {
    const faults = await faultsOf(load(lines, more));
    expect(faults).toHaveLength(1);
    const [{ message, remedy, ...fault }] = faults as [Fault];
    expect(fault).toEqual({ path, line: 12 });
    for (const word of words) expect(`${message} (${remedy})`).toContain(word);
  });

  it('tells the first faults of a file, and how many more there are', async () => {
    const faults = await faultsOf(load([head, ...new Array<string>(24).fill('warm,1,DMF,3')]));
    expect(faults).toHaveLength(20);
    expect(faults[19]!.message).toMatch(/line 21: .*; and 4 more$/);
  });

  it('refuses a file that is not there, names given twice, and surrogates that would not hear of it', async () => {
    const text = `${free}strategy: {surrogate: gp}\ntransfer:\n  - {name: a, results: lost.csv}\n  - {name: a, results: lost.csv}`;
    const faults = await faultsOf(readCampaignText(text, { file: 'own.yaml', baseDir: folder, adapters: 'unchecked' }));
    expect(faults.map(({ path }) => path)).toEqual([
      'strategy.surrogate',
      'transfer[0].results',
      'transfer[1].name',
      'transfer[1].results',
    ]);
    expect(faults[0]!.remedy).toContain('icm');
    const random = `${free}strategy: {acquisition: random}\ntransfer: [{name: a, results: march.csv}]`;
    await load([head, ...rows]);
    const [fault] = await faultsOf(
      readCampaignText(random, { file: 'own.yaml', baseDir: folder, adapters: 'unchecked' }),
    );
    expect(fault!.path).toBe('transfer');
  });
});

describe('a campaign that was exported', () => {
  const branin = (name: string, more = '') => `
name: ${name}
space:
  parameters:
    - {name: x1, type: continuous, bounds: [-5, 10]}
    - {name: x2, type: continuous, bounds: [0, 15]}
objectives: [{name: value, direction: minimise}]
fidelities: [{name: exact, adapter: problem, settings: {problem: branin}, cost: 1}]
budget: {trials: 8}
${more}`;
  const read = (text: string) => readCampaignText(text, { file: 'own.yaml', baseDir: folder });
  const run = (campaign: Campaign) => runInProcess(campaign, { registry: createRegistry() });

  it('is an earlier campaign of another, whose record tells it, is read again and can be verified', async () => {
    await writeFile(join(folder, 'first.csv'), exportCsv(await run(await read(branin('first')))));
    const campaign = await read(branin('second', 'transfer: [{name: first, results: first.csv}]'));
    expect(campaign.space.sources![0]!.values).toHaveLength(8);
    const record = await run(campaign);
    const again = parseRecord(exportJson(record), 'second.json');
    expect(again.campaign.space.sources).toEqual(campaign.space.sources);
    const { checked, mismatches } = await verifyRecord(again);
    expect([checked, mismatches]).toEqual([8, []]);
    const fit = again.trials.at(-1)!.proposal.basis.fit!;
    expect(fit.sources![0]).toMatchObject({ name: 'first', rows: 8, used: 8, foretold: { pairs: 7 } });
  });
});
