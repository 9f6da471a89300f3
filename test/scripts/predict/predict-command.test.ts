import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable } from '../../../models/table/read-table.js';
import { callCli, startCli } from '../../support/cli.js';

let folder: string;
let env: Record<string, string | undefined>;

const campaignText = `
name: free
space:
  parameters:
    - {name: x, type: continuous, bounds: [0, 1]}
    - {name: solvent, type: substance, smiles: {ethanol: CCO, propanol: CCCO, toluene: Cc1ccccc1}}
objectives: [{name: yield, direction: maximise, unit: '%'}]
outcomes: [{name: impurity}]
fidelities:
  - {name: quick, adapter: by-hand, cost: 0.1}
  - {name: full, adapter: by-hand, cost: 1}
budget: {cost: 30}`;
const poolText = `
name: pooled
space:
  pool: {file: pool.csv, id: name, designColumns: [{name: x, type: continuous, column: x1}, {name: y, type: integer}]}
objectives: [{name: f, direction: minimise}]
fidelities: [{name: exact, adapter: dataset, settings: {file: pool.csv, id: name, values: {f: f}}, cost: 1}]
strategy: {initial: {trials: 3}}
budget: {trials: 5}`;

const yieldOf = (x: number, solvent: string) => 10 * x * (1.4 - x) + solvent.length / 4;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-predict-'));
  env = { ATHANOR_HOME: join(folder, 'home'), DATABASE_URL: undefined };
  const put = (name: string, text: string) => writeFile(join(folder, name), text);
  await put('free.yaml', campaignText);
  await put('pooled.yaml', poolText);
  await put('pool.csv', 'name,x1,y,f\n007,0,1,4\nb,0.5,3,2\nc,4,5,7\nd,1e0,2,1\ne,2,2,3\nf,3,3,5\n');
  const results = ['x,solvent,fidelity,yield,impurity'];
  for (const solvent of ['ethanol', 'propanol', 'toluene'])
    for (const x of [0, 0.25, 0.5, 0.75, 1]) {
      results.push(`${x},${solvent},quick,${yieldOf(x, solvent) - 1},${x}`);
      if (x !== 0.5) results.push(`${x},${solvent},full,${yieldOf(x, solvent)},`);
    }
  await put('results.csv', `${results.join('\n')}\n0.25,toluene,full,${yieldOf(0.25, 'toluene') + 0.2},\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const predict = (...args: string[]) => callCli(['predict', ...args], { cwd: folder, env });
const free = (file: string, ...args: string[]) => predict('free.yaml', file, '--results', 'results.csv', ...args);
const designs = (text: string, name = 'designs.csv') => writeFile(join(folder, name), text);

/** Rows of a printed table, by heading. */
async function rowsOf(text: string): Promise<Record<string, string>[]> {
  const table = await readTable(new TextEncoder().encode(text));
  if (!('columns' in table)) throw new Error(`${JSON.stringify(table)}\n${text}`);
  const plain = (cell: string) => table.plainNumber(cell);
  return Array.from({ length: table.length }, (_, row) =>
    Object.fromEntries(table.columns.map((name) => [name, plain(table.cell(row, name))])),
  );
}

describe('athanor predict', () => {
  it('predicts every outcome at every fidelity where it was measured, beside the rows as they stand', async () => {
    await designs('sample,X ,solvent\n=A1,0.5,toluene\n,0.25,Cc1ccccc1\n"two\nlines",0.4,C1=CC=CC=C1C\n');
    const { code, stdout, stderr } = await free('designs.csv', '--ignore', 'sample');
    expect([code, stderr]).toEqual([0, expect.stringContaining("headings taken in another spelling: 'X' as x")]);
    expect(stderr).toContain('yield at full from 13 trials');
    expect(stderr).toContain("2 molecules in another spelling, such as 'Cc1ccccc1' for 'toluene'");
    const rows = await rowsOf(stdout);
    const told = (name: string) =>
      ['median', 'low', 'high', 'applicability', 'measured'].map((one) => `${name}.${one}`);
    expect(Object.keys(rows[0]!)).toEqual(
      [
        ['sample', 'X', 'solvent'],
        told('quick.yield'),
        told('quick.impurity'),
        told('full.yield'),
        ['note', 'fault'],
      ].flat(),
    );
    expect(rows.map(({ sample, X, solvent }) => [sample, X, solvent])).toEqual([
      ['=A1', '0.5', 'toluene'],
      ['', '0.25', 'Cc1ccccc1'],
      ['two\nlines', '0.4', 'C1=CC=CC=C1C'],
    ]);
    const [first, second, third] = rows as [Record<string, string>, Record<string, string>, Record<string, string>];
    expect(Number(first['quick.yield.measured'])).toBeCloseTo(yieldOf(0.5, 'toluene') - 1, 9);
    expect(first['full.yield.measured']).toBe('');
    expect(Number(first['full.yield.median'])).toBeCloseTo(yieldOf(0.5, 'toluene'), 0);
    expect([first['quick.yield.applicability'], first['full.yield.applicability']]).toEqual(['1', '0.75']);
    expect(Number(second['full.yield.measured'])).toBeCloseTo(yieldOf(0.25, 'toluene') + 0.1, 9);
    expect(second.note).toBe('yield measured 2 times at full, of which the mean is given');
    expect(Number(third['quick.yield.applicability'])).toBeCloseTo(0.9, 9);
    for (const row of rows) {
      expect(Number(row['full.yield.low'])).toBeLessThanOrEqual(Number(row['full.yield.median']));
      expect(Number(row['full.yield.high'])).toBeGreaterThanOrEqual(Number(row['full.yield.median']));
      expect(row.fault).toBe('');
    }
    expect((await free('designs.csv', '--ignore', 'sample')).stdout).toBe(stdout);
  });

  it('predicts what lies outside the space where it can be encoded, and says what is wrong with every other row', async () => {
    await designs(
      'x;solvent\n0,3;CCCCO\n1,8;ethanol\n5;ethanol\nabc;water?\n0,5;C1CC\n;ethanol\n0,5;ethanol\n0.5;ethanol\n',
      'outside.csv',
    );
    const { code, stdout, stderr } = await free('outside.csv');
    expect(code).toBe(2);
    const rows = await rowsOf(stdout);
    expect(stdout).toMatch(/^0,3;CCCCO;\d+,\d+;/m);
    expect(rows.map((row) => row['full.yield.median'] !== '')).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      true,
      false,
    ]);
    expect(rows[0]!.note).toBe('outside the space: solvent CCCCO is none of its values');
    expect(Number(rows[0]!['full.yield.applicability'])).toBeLessThan(1);
    expect(rows[1]!.note).toContain('x 1.8 is not a number from 0 to 1');
    expect(rows.map(({ fault }) => fault!.replace(/ \(.*?\)(?=;|$)/g, ''))).toEqual([
      '',
      '',
      'line 4, x: 5 given',
      expect.stringMatching(/^line 5, x: 'abc' given.*; line 5, solvent: 'water\?' given/),
      expect.stringMatching(/^line 6, solvent: .*C1CC/),
      expect.stringMatching(/^line 7, x: no value given/),
      '',
      expect.stringMatching(/^line 9, x: '0.5' given, with a decimal point, but this file has decimal commas/),
    ]);
    expect(stderr).toContain('athanor: 5 of 8 rows are not predicted');
    for (const line of [4, 5, 6, 7, 9]) expect(stderr).toMatch(new RegExp(`^ {2}line ${line}, `, 'm'));
  });

  it('predicts rows of a pool by their ids, and says lines of JSON', async () => {
    expect((await callCli(['simulate', 'pooled.yaml', '--save', 'runs'], { cwd: folder, env })).code).toBe(0);
    await designs('name,x1\n7,\nb,0.5\nd,9\nz,\n', 'rows.csv');
    const { code, stdout } = await predict('runs/seed-1.json', 'rows.csv', '--json', '--interval', '0.5');
    expect(code).toBe(2);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ line, rowId, design }) => [line, rowId, design])).toEqual([
      [2, '007', { x: 0, y: 1 }],
      [3, 'b', { x: 0.5, y: 3 }],
      [4, null, null],
      [5, null, null],
    ]);
    expect(lines[0]).toMatchObject({
      cells: { name: '7', x1: '' },
      outside: null,
      predicted: [{ fidelity: 'exact', outcome: 'f', nearest: expect.stringMatching(/^pooled\/r\d\/p1$/) }],
      faults: [],
    });
    expect(lines.slice(2).map(({ faults }) => faults)).toMatchObject([
      [{ line: 4, path: 'x1', message: "'9' given for row d" }],
      [{ line: 5, path: 'name', message: "'z' is no row of the pool" }],
    ]);
    // What export wrote will do as a table of designs, too; what was measured there is found again.
    const exported = await callCli(['export', 'runs/seed-1.json', '-o', 'trials.csv'], { cwd: folder, env });
    expect(exported.code).toBe(0);
    const again = await predict('runs/seed-1.json', 'trials.csv', '--out', 'again.csv');
    expect([again.code, again.stdout]).toEqual([0, '']);
    const rows = await rowsOf(await readFile(join(folder, 'again.csv'), 'utf8'));
    expect(rows.map((row) => row['exact.f.measured'])).toEqual(rows.map((row) => row['value.f']));
    expect(rows.map((row) => row['exact.f.applicability'])).toEqual(rows.map(() => '1'));
  });

  it.each([
    [
      'a campaign file without results',
      ['free.yaml', 'designs.csv'],
      2,
      /free\.yaml is a campaign file \(give the results so far, too/,
    ],
    ['no such record', ['nowhere.json', 'designs.csv'], 3, /there is no file nowhere\.json/],
    ['no such table', ['free.yaml', 'nowhere.csv', '--results', 'results.csv'], 2, /there is no such file/],
    [
      'a header of something else',
      ['free.yaml', 'pool.csv', '--results', 'results.csv'],
      2,
      /x: the column is missing[\s\S]*solvent: the column is missing/,
    ],
    [
      'a workbook to write',
      ['free.yaml', 'results.csv', '--results', 'results.csv', '--out', 'a.xlsx'],
      2,
      /would not be a workbook/,
    ],
    [
      'a file that is there',
      ['free.yaml', 'results.csv', '--results', 'results.csv', '--out', 'results.csv'],
      2,
      /exists already/,
    ],
    [
      'no probability',
      ['free.yaml', 'results.csv', '--results', 'results.csv', '--interval', '90'],
      2,
      /between 0 and 1/,
    ],
    [
      'a name that is taken',
      ['free.yaml', 'taken.csv', '--results', 'results.csv', '--ignore', 'note'],
      2,
      /note: the name is taken/,
    ],
    [
      'nothing measured',
      ['free.yaml', 'taken.csv', '--results', 'empty.csv', '--ignore', 'note', '--ignore-results', 'note'],
      2,
      /nothing was measured/,
    ],
  ])('refuses %s', async (_, args, wanted, words) => {
    await designs('x,solvent,note\n0.5,ethanol,a\n', 'taken.csv');
    await designs('x,solvent,note,yield\n', 'empty.csv');
    const { code, stdout, stderr } = await predict(...args);
    expect([code, stdout, stderr]).toEqual([wanted, '', expect.stringMatching(words)]);
  });

  it('leaves whole rows where it is interrupted', async () => {
    await designs(`x,solvent\n${'0.1,ethanol\n0.2,toluene\n'.repeat(150_000)}`, 'long.csv');
    const args = ['predict', 'free.yaml', 'long.csv', '--results', 'results.csv'];
    const running = startCli(args, { cwd: folder, env });
    await running.seen(/\n0\.2,toluene,/);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.done;
    expect([code, stderr]).toEqual([130, expect.stringMatching(/interrupted after \d+ of 300000 designs/)]);
    const lines = stdout.split('\n');
    expect(lines.at(-1)).toBe('');
    expect(new Set(lines.slice(0, -1).map((line) => line.split(',').length)).size).toBe(1);
    expect(lines.length - 2).toBe(Number(/after (\d+) of/.exec(stderr)![1]));
    expect(lines.length).toBeLessThan(300_000);
  });
});
