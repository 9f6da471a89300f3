import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { freshColumns } from '../../scripts/suggest/columns.js';
import type { SuggestDocument } from '../../scripts/suggest/document.js';
import { parseResults } from '../../scripts/suggest/results-table.js';
import { callCli, runCliJson } from '../support/cli.js';

let folder: string;
let free: Campaign;
let pooled: Campaign;

const freeText = `
name: free
space:
  parameters:
    - {name: x, type: continuous, bounds: [0, 1]}
    - {name: solvent, type: categorical, levels: [water, 'DMF, dry']}
objectives: [{name: yield, direction: maximise, unit: '%'}]
fidelities:
  - {name: quick, adapter: by-hand, cost: 0.1}
  - {name: full, adapter: by-hand, cost: 1}
budget: {cost: 30}`;
const pooledText = `
name: pooled
space:
  pool: {file: pool.csv, id: name, designColumns: [{name: x, type: continuous, column: x1}, {name: y, type: integer}]}
objectives: [{name: f, direction: minimise}]
fidelities: [{name: exact, adapter: dataset, settings: {file: lost.csv, id: name, values: {f: f}}, cost: 1}]
budget: {trials: 8}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-suggest-'));
  await writeFile(join(folder, 'pool.csv'), 'name,x1,y\na,0,1\nb,0.5,3\nc,4,5\nd,1e0,2\ntwin,4,5\n');
  await writeFile(join(folder, 'free.yaml'), freeText);
  await writeFile(join(folder, 'pooled.yaml'), pooledText);
  const read = (text: string) =>
    readCampaignText(text, { file: 'own.yaml', baseDir: folder, adapters: 'unchecked' as const });
  free = await read(freeText);
  pooled = await read(pooledText);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const resultsOf = async (campaign: Campaign, text: string, ignored?: string[]) =>
  (await parseResults(campaign, { file: 'r.csv', text, ...(ignored === undefined ? {} : { ignored }) })).results;

async function faultsOf(campaign: Campaign, text: string, ignored?: string[]): Promise<string[]> {
  try {
    await resultsOf(campaign, text, ignored);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.faults.map(({ line, path, message }) => `${line ?? '-'} ${path}: ${message}`);
  }
  return [];
}

describe('a table of results', () => {
  it.each([
    ['commas', '\uFEFFx,solvent,fidelity,outcome,yield,cost\n'],
    ['other columns first', 'yield,cost,outcome,x,solvent,fidelity\n'],
  ])('is read by the names of its columns: %s', async (_, header) => {
    const names = header.replace('\uFEFF', '').trim().split(',');
    const line = (cells: Record<string, string>) => names.map((name) => cells[name] ?? '').join(',');
    const text = [
      line({ x: '.5', solvent: 'water', fidelity: 'full', yield: '-1.5e1', cost: '2' }),
      line({ x: '1', solvent: '"DMF, dry"', fidelity: 'quick', outcome: 'failed' }),
      ',,,,,',
      line({ x: '0', solvent: 'water', fidelity: 'full', outcome: 'pending' }),
    ].join('\r\n');
    expect(await resultsOf(free, header + text)).toEqual([
      { design: { x: 0.5, solvent: 'water' }, fidelity: 'full', value: -15, cost: 2 },
      { design: { x: 1, solvent: 'DMF, dry' }, fidelity: 'quick', outcome: 'failed' },
      { design: { x: 0, solvent: 'water' }, fidelity: 'full', outcome: 'pending' },
    ]);
  });

  it('may use semicolons or tabs, and other columns that are named', async () => {
    expect(await resultsOf(free, 'x;solvent;note;yield\n0.5;DMF, dry;a, b;3\n', ['note'])).toEqual([
      { design: { x: 0.5, solvent: 'DMF, dry' }, value: 3 },
    ]);
    expect(await resultsOf(free, 'x\tsolvent\tstatus\tyield\n0.5\twater\tmeasured\t3\n')).toHaveLength(1);
  });

  it('may name rows of the pool, by id, by design, or both', async () => {
    expect(await resultsOf(pooled, 'name,f\nb,1\n')).toEqual([{ rowId: 'b', value: 1 }]);
    expect(await resultsOf(pooled, 'x,y,f\n0.50,3,1\n')).toEqual([{ design: { x: 0.5, y: 3 }, value: 1 }]);
    expect(await resultsOf(pooled, 'name,x1,y,f\nd,1,2,1\nc,,,2\n,0.5,3,4\n')).toEqual([
      { rowId: 'd', value: 1 },
      { rowId: 'c', value: 2 },
      { design: { x: 0.5, y: 3 }, value: 4 },
    ]);
  });

  it('may be empty below its header', async () => {
    expect(await resultsOf(free, 'x,solvent,yield\n')).toEqual([]);
  });

  it('is refused for its header, all faults at once', async () => {
    expect(await faultsOf(free, 'x,fidelty,outcome,,status\n1,2,3,4,5\n', ['note'])).toEqual([
      "1 status: 'outcome' and 'status' both give the outcome",
      "1 note: no column 'note' to ignore",
      "1 fidelty: no column 'fidelty' is known",
      '1 : column 4 has no name',
      '1 yield: the column is missing',
      '1 solvent: the column is missing',
    ]);
    expect(await faultsOf(free, '\n \n')).toEqual(['1 : no header']);
    expect(await faultsOf(pooled, 'x,x1,y,f\n')).toEqual(["1 x1: 'x' and 'x1' both give the parameter x"]);
    expect((await faultsOf(free, 'x,solvent,yield\n"1,water,2\n'))[0]).toMatch(/a quotation mark is opened/);
  });

  it('is refused for its cells, each with its line and column, all faults at once', async () => {
    const table = [
      'x,solvent,fidelity,outcome,yield',
      '3,water,full,,1',
      '',
      '"0.5",ether,slow,done,1',
      '0x1,water,full,,"\n"',
      ',water,,pending,"0,5"',
      '1,water,full,failed,7',
      '1,water,full',
    ];
    expect(await faultsOf(free, table.join('\n'))).toEqual([
      '2 x: 3 given',
      "4 outcome: 'done' given",
      "4 solvent: 'ether' given",
      "4 fidelity: no fidelity 'slow'",
      "5 x: '0x1' given, not decimal",
      '5 yield: no value given',
      // The cell above holds a line break.
      '7 fidelity: no fidelity given',
      "7 yield: '0,5' is not a number: with a comma, which may stand for a decimal point or for thousands",
      '7 x: no value given',
      '8 yield: 7 given for a trial that is failed',
      '9 : 3 cells, but the header has 5',
    ]);
    expect(await faultsOf(pooled, 'name,x1,f\nz,0,1\na,3,1\n,0,1\n')).toEqual([
      "2 name: 'z' is no row of the pool",
      "3 x1: '3' given for row a",
      '4 : no row and no design given',
    ]);
    expect(await faultsOf(pooled, 'x,y,f\n4,5,1\n')).toEqual(['2 : the design is in rows c, twin']);
  });

  it('begins with what the campaign needs', () => {
    const headers = (campaign: Campaign) => freshColumns(campaign).map(({ header }) => header);
    expect(headers(free)).toEqual(['x', 'solvent', 'fidelity', 'outcome', 'yield']);
    expect(headers(pooled)).toEqual(['name', 'x', 'y', 'outcome', 'f']);
  });
});

describe('athanor suggest', () => {
  const athanor = (...args: string[]) => callCli(['suggest', ...args], { cwd: folder });

  it('begins a table, goes on from it as it is filled in, and never looks at adapters', async () => {
    const first = await athanor('free.yaml', '-n', '3', '--out', 'begin.csv');
    expect([first.code, first.stderr]).toEqual([0, 'written to begin.csv\n']);
    expect(first.stdout).toContain("nothing measured at the target 'full' yet");
    const begun = await readFile(join(folder, 'begin.csv'), 'utf8');
    expect(begun).toMatch(/^x,solvent,fidelity,outcome,yield\n([\d.]+,(water|"DMF, dry"),quick,pending,\n){3}$/);
    const filled = begun
      .replace('pending,', 'measured,31.5')
      .replace('quick,measured', 'full,measured')
      .replace('pending,', 'failed,');
    await writeFile(join(folder, 'results.csv'), filled);
    const document = await runCliJson<SuggestDocument>(['suggest', 'free.yaml', 'results.csv', '-n', '40', '--json'], {
      cwd: folder,
    });
    expect(document.results).toEqual({ measured: 1, failed: 1, quarantined: 0, pending: 1, cost: 1.1, outside: 0 });
    expect(document.best).toMatchObject({ value: 31.5, rowId: null });
    const learned = document.proposals.filter(({ kind }) => kind === 'acquisition');
    expect(learned.length).toBeGreaterThan(0);
    for (const { expected, expectedAtTarget, why } of learned) {
      expect(expected!.sd).toBeGreaterThan(0);
      expect(Number.isFinite(expectedAtTarget!.mean)).toBe(true);
      expect(why).toContain('yield at the target expected at');
    }
  });

  it('gives the same proposals for the same table, as text too, in the columns of the table', async () => {
    await writeFile(join(folder, 'own.csv'), 'note;f;name;cost\nfirst;3;a;1\n;1;b;1\n');
    const args = ['pooled.yaml', 'own.csv', '-n', '2', '--ignore', 'note'];
    const first = await athanor(...args, '--out', 'next.csv');
    expect(await athanor(...args)).toEqual({ ...first, stderr: '' });
    expect(first.stderr).toBe('written to next.csv\n');
    expect(first.stdout).toMatch(/^pooled: minimise f; 2 results \(2 measured, 0 failed, 0 pending\), cost 2\n/);
    expect(first.stdout).toMatch(/best f so far 1: b\n/);
    expect(first.stdout).toMatch(/^1 {2}(c|d|twin) +x=\d y=\d +/m);
    const lines = (await readFile(join(folder, 'next.csv'), 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('note;f;name;cost');
    expect(lines.slice(1).every((line) => /^;;(c|d|twin);$/.test(line))).toBe(true);
    // What may be somebody's measurements is not written over.
    const again = await athanor(...args, '--out', 'next.csv');
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain('next.csv exists already');
  });

  it('begins with fewer random designs after an earlier campaign, and says what was learned of it', async () => {
    const values = Array.from({ length: 12 }, (_, i) => [i / 11, (i * 7) % 12, 60 + 30 * Math.sin((3 * i) / 11)]);
    const lines = values.map(([x, place, value]) => `${x},${place! % 2 === 0 ? 'water' : '"DMF, dry"'},${value}`);
    await writeFile(join(folder, 'march.csv'), `x,solvent,yield\n${lines.join('\n')}\n`);
    const one = freeText.replace('  - {name: quick, adapter: by-hand, cost: 0.1}\n', '');
    await writeFile(join(folder, 'april.yaml'), `${one}\ntransfer: [{name: march, results: march.csv}]`);
    const first = await athanor('april.yaml', '-n', '4');
    expect(first.stdout).toContain('earlier campaign march: 12 rows; nothing is known yet');
    await writeFile(
      join(folder, 'so-far.csv'),
      'x,solvent,yield\n0.1,water,61\n0.9,water,70\n0.4,water,85\n0.2,water,72\n',
    );
    const args = ['suggest', 'april.yaml', 'so-far.csv', '-n', '1', '--json'];
    const document = await runCliJson<SuggestDocument>(args, { cwd: folder });
    expect(document.proposals[0]!.kind).toBe('acquisition');
    expect(document.earlier![0]!.fit!.foretold.pairs).toBe(4);
    expect(document.earlier![0]!.inWords).toContain('march: 12 rows; it ');
    expect((await athanor('april.yaml', 'so-far.csv')).stdout).toContain(
      `earlier campaign ${document.earlier![0]!.inWords}`,
    );
  });

  it('says when there are fewer than wanted, and why', async () => {
    await writeFile(join(folder, 'most.csv'), 'name,f\na,3\nb,1\nc,2\nd,5\n');
    const all = await athanor('pooled.yaml', 'most.csv', '-n', '3');
    expect(all.code).toBe(0);
    expect(all.stderr).toBe('athanor: 2 of 3 not proposed: every design of the space has been tried\n');
    await writeFile(join(folder, 'spent.csv'), 'x,solvent,yield,cost\n0.5,water,3,29.95\n');
    const spent = await athanor('free.yaml', 'spent.csv');
    expect(spent.stderr).toMatch(/^athanor: 1 of 1 not proposed: the budget of the campaign file \(cost 30\)/);
  });

  it('ends with 2 and every fault, and leaves stdout empty', async () => {
    await writeFile(join(folder, 'wrong.csv'), 'name,f\nz,1\na,ten\n');
    const { code, stdout, stderr } = await athanor('pooled.yaml', 'wrong.csv', '--json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/wrong\.csv: 2 faults\n {2}line 2, name: 'z' .*\n {2}line 3, f: 'ten' is not a number/);
    expect((await athanor('pooled.yaml', 'absent.csv')).stderr).toContain('absent.csv: 1 fault\n  cannot be read');
    expect((await athanor('pooled.yaml', 'wrong.csv', '-n', '0')).code).toBe(2);
  });
});
