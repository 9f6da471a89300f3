import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { dataset } from '../../lab-adapters/dataset/index.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { virtualClock } from './virtual-clock.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-dataset-'));
afterAll(() => rm(base, { recursive: true }));
const csv = join(base, 'data.csv');
const clock = virtualClock();

const rows = [
  'id,solvent,t,yield,sd,cheap',
  'a,"water, hot",1.50,10,0.5,9',
  'b,DMF,2,20,,',
  'c,"said ""so""",3,lost,0.1,19',
  'd,DMF,2,21,0.2,18',
  '',
  'é,Ethanol,4,30,0.3,28',
];

beforeAll(async () => {
  await writeFile(csv, `\uFEFF${rows.join('\r\n')}\r\n`);
});

const replay = (settings: object = {}, folder = '') =>
  dataset.create(dataset.settings.parse({ file: csv, id: 'id', design: { solvent: 'solvent', t: 't' }, ...settings }), {
    clock,
    folder,
    log: () => {},
  });
const request = (rowId: string | null, design: JobRequest['design'], objectives = ['yield']): JobRequest => ({
  design,
  rowId,
  substances: {},
  fidelity: 'exact',
  objectives,
});
const a = request('a', { solvent: 'water, hot', t: 1.5 });

let made = 0;
const newFolder = async () => {
  const folder = join(base, `jobs-${++made}`);
  await mkdir(folder);
  return folder;
};
const scenario = (settings: object, asked: JobRequest) => ({
  open: (folder: string) => replay(settings, folder),
  request: asked,
});
describeAdapterLaws('dataset', {
  newFolder,
  clock,
  starts: async (folder) => {
    const text = await readFile(join(folder, 'starts.jsonl'), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line).key as string)));
  },
  succeeds: scenario({ delayMs: 100 }, a),
  another: request('é', { solvent: 'Ethanol', t: 4 }),
  fails: scenario({}, request('c', { solvent: 'said "so"', t: 3 })),
  refused: scenario({}, request('z', { solvent: 'DMF', t: 2 })),
  runsLong: scenario({ delayMs: 1e8 }, a),
});

async function outcome(asked: JobRequest, settings: object = {}) {
  const adapter = replay(settings);
  const job = await adapter.submit('c/r1/p1', asked, { fence: 1 });
  const { state } = await adapter.status(job);
  return { state, ...(await adapter.result(job)) };
}

describe('the replay of a data set', () => {
  test('tells the values of the row, with quotes, commas, accents and numbers written otherwise', async () => {
    expect(await outcome(a)).toMatchObject({ state: 'succeeded', values: { yield: 10 }, cost: 1 });
    expect(await outcome(request('é', { solvent: 'Ethanol', t: 4 }))).toMatchObject({ values: { yield: 30 } });
    expect(await outcome(request(null, a.design))).toMatchObject({ values: { yield: 10 } });
  });

  test('takes the values and noise of other columns, and a cost', async () => {
    const settings = { values: { yield: 'cheap' }, noise: { yield: 'sd' }, cost: 0.25 };
    expect(await outcome(a, settings)).toMatchObject({ values: { yield: 9 }, noise: { yield: 0.5 }, cost: 0.25 });
  });

  test('a missing standard deviation is no noise, a missing value a failure with its cause', async () => {
    const b = request('b', { solvent: 'DMF', t: 2 });
    const told = await outcome(b, { noise: { yield: 'sd' } });
    expect(told.values).toEqual({ yield: 20 });
    expect(told.noise).toBeUndefined();
    const missing = await outcome(b, { values: { yield: 'cheap' } });
    expect(missing).toMatchObject({ state: 'failed', values: {}, cause: { code: 'missingValue' } });
    const words = await outcome(request('c', { solvent: 'said "so"', t: 3 }));
    expect(words).toMatchObject({
      state: 'failed',
      cause: { code: 'notANumber', message: expect.stringContaining('lost') },
    });
  });

  test.each([
    ['a row that is not there', request('z', { solvent: 'DMF', t: 2 }), "no row 'z'"],
    ['a design that is not the row’s', request('a', { solvent: 'DMF', t: 2 }), "not the design of row 'a'"],
    ['a design that is not there', request(null, { solvent: 'DMF', t: 9 }), 'not in the data'],
    ['a design of several rows', request(null, { solvent: 'DMF', t: 2 }), '2 rows have this design'],
    ['a design of other parameters', request(null, { solvent: 'DMF' }), 'comes without a row id'],
  ])('refuses %s', async (_, asked, words) => {
    const faults = await replay().validate(asked);
    expect(faults.map((fault) => fault.message)).toEqual([expect.stringContaining(words)]);
    const { state, cause, cost } = await outcome(asked);
    expect({ state, code: cause?.code, cost }).toEqual({ state: 'failed', code: 'unknownDesign', cost: 0 });
  });

  test('rows that share a design are told apart by their ids', async () => {
    expect((await outcome(request('b', { solvent: 'DMF', t: 2 }))).values).toEqual({ yield: 20 });
    expect((await outcome(request('d', { solvent: 'DMF', t: 2 }))).values).toEqual({ yield: 21 });
  });

  test('rows without an id column are numbered from 0', async () => {
    const settings = { id: undefined, design: undefined };
    expect((await outcome(request('4', {}), settings)).values).toEqual({ yield: 30 });
  });

  test('opens no file before a trial asks', async () => {
    const adapter = replay({ file: join(base, 'absent.csv') });
    const job = await adapter.submit('c/r1/p1', a, { fence: 1 });
    await expect(adapter.status(job)).rejects.toMatchObject({ code: 'ADAPTER' });
    expect(await adapter.health()).toMatchObject({ ok: false, remedy: expect.any(String) });
    await adapter.close();
  });
});

describe('a folder in the data-set format', () => {
  test('is read as it is: id, parameters, values by column', async () => {
    const folder = join(base, 'set');
    await mkdir(folder);
    await writeFile(join(folder, 'data.csv'), 'id,x,lf,hf\n0,1,5,6\n1,2,,8\n');
    const columns = [
      { name: 'id', role: 'id', type: 'integer' },
      { name: 'x', role: 'parameter', type: 'continuous' },
      { name: 'lf', role: 'fidelity', type: 'continuous' },
      { name: 'hf', role: 'objective', type: 'continuous' },
    ];
    await writeFile(
      join(folder, 'meta.json'),
      JSON.stringify({ name: 'set', columns, objectives: 'of no interest here' }),
    );
    const told = async (rowId: string, x: number, settings: object) => {
      const adapter = dataset.create(dataset.settings.parse({ folder, ...settings }), {
        clock,
        folder: '',
        log: () => {},
      });
      return adapter.result(await adapter.submit('c/r1/p1', request(rowId, { x }, ['hf']), { fence: 1 }));
    };
    expect((await told('0', 1, {})).values).toEqual({ hf: 6 });
    expect((await told('0', 1, { values: { hf: 'lf' } })).values).toEqual({ hf: 5 });
    expect((await told('1', 2, { values: { hf: 'lf' } })).cause?.code).toBe('missingValue');
    expect((await told('1', 1, {})).cause?.code).toBe('unknownDesign');
  });
});

describe('settings of dataset', () => {
  const faultsOf = async (settings: object, objectives = ['yield']) =>
    dataset.check!(dataset.settings.parse(settings), { parameters: [], objectives });

  test('good ones pass', async () => {
    expect(await faultsOf({ file: csv, id: 'id' })).toEqual([]);
  });

  test.each([
    [{ file: join(base, 'absent.csv') }, 'file', 'absent.csv'],
    [{ folder: base }, 'folder', 'meta.json'],
    [{ file: csv, id: 'nr' }, 'file', 'no column nr'],
    [{ file: csv, values: { yield: 'yeld' } }, 'values.yield', "no column 'yeld'"],
    [{ file: csv, noise: { yield: 'dev' } }, 'noise.yield', "no column 'dev'"],
  ])('%j is refused', async (settings, path, words) => {
    expect(await faultsOf(settings)).toEqual([
      expect.objectContaining({ path, message: expect.stringContaining(words) }),
    ]);
  });

  test('an objective without a column is refused', async () => {
    expect(await faultsOf({ file: csv }, ['gap'])).toEqual([expect.objectContaining({ path: 'values' })]);
  });

  test('a pool must be in the data, row by row', async () => {
    const pool = { ids: ['a', 'd'], designs: [a.design, { solvent: 'DMF', t: 2 }] };
    const told = (settings: object) =>
      dataset.check!(dataset.settings.parse({ file: csv, ...settings }), {
        parameters: [],
        pool,
        objectives: ['yield'],
      });
    expect(await told({ id: 'id' })).toEqual([]);
    expect(await told({})).toEqual([
      {
        path: 'file',
        message: "2 of the pool's 2 rows are not in the data; the first: no row 'a' in the data",
        remedy: "name the file's id column in settings.id",
      },
    ]);
    expect(await told({ id: 'id', design: { t: 'yield' } })).toEqual([]);
    const design = { solvent: 'solvent', t: 'cheap' };
    expect((await told({ id: 'id', design }))[0]).toMatchObject({ path: 'file', remedy: 'give the data of the pool' });
  });

  test('two rows of one name are refused', async () => {
    const file = join(base, 'twice.csv');
    await writeFile(file, 'id,yield\na,1\na,2\n');
    expect((await faultsOf({ file, id: 'id' }))[0]!.message).toContain("two rows are named 'a'");
  });
});

describe('a table as people keep it', () => {
  const open = async (name: string, text: string, settings: object = {}) => {
    const file = join(base, name);
    await writeFile(file, text);
    const parsed = dataset.settings.parse({ file, id: 'id', ...settings });
    return { adapter: dataset.create(parsed, { clock, folder: '', log: () => {} }), parsed };
  };

  test('is read with one sign between cells, whatever single rows hold', async () => {
    const text = 'id;solvent;yield\n1;ethanol;41\n2;1,1,1,3-x-2-ol;91\n3;2,2,2-y;77,5\n';
    const { adapter } = await open('signs.csv', text, { design: { solvent: 'solvent' } });
    for (const [row, solvent, value] of [
      ['2', '1,1,1,3-x-2-ol', 91],
      ['3', '2,2,2-y', 77.5],
    ] as const) {
      const job = await adapter.submit(`k${row}`, request(row, { solvent }), { fence: 1 });
      expect((await adapter.result(job)).values).toEqual({ yield: value });
    }
  });

  test('is refused where digits are no number, and takes a shortened number of a named row', async () => {
    const { parsed, adapter } = await open('odd.csv', 'id,t,yield\na,0.3333333333,<5\nb,2,0x10\nc,3,lost\n', {
      design: { t: 't' },
    });
    const faults = await dataset.check!(parsed, { parameters: [], objectives: ['yield'] });
    expect(faults).toHaveLength(1);
    expect(faults[0]!.message).toContain(
      "2 cells not a number (line 2: '<5', a limit, not a value; line 3: '0x10', not",
    );
    expect(await adapter.validate(request('a', { t: 1 / 3 }))).toEqual([]);
    expect(await adapter.validate(request('a', { t: 0.34 }))).toHaveLength(1);
  });
});

test('molecules are found however the table spells them, and isomers are told apart', async () => {
  const file = join(base, 'molecules.csv');
  await writeFile(file, 'id,solvent,t,yield\n1,OCC,1,10\n2,F/C=C/F,1,20\n3,F/C=C\\F,1,30\n4,not a molecule,2,40\n');
  const adapter = replay({ file });
  const ask = (rowId: string | null, smiles: string, t = 1, name = smiles) =>
    adapter.validate({ ...request(rowId, { solvent: name, t }), substances: { solvent: smiles } });
  expect(await ask(null, 'CCO')).toEqual([]);
  expect(await ask(null, 'CCO', 1, 'ethanol')).toEqual([]);
  expect(await ask('1', 'C(O)C')).toEqual([]);
  expect(await ask('2', 'C(=C/F)\\F')).toEqual([]);
  expect(await ask('3', 'C(=C/F)\\F')).toMatchObject([{ message: "not the design of row '3'" }]);
  expect(await ask(null, 'CCO', 2)).toMatchObject([{ message: 'not in the data' }]);
  expect(await ask(null, 'CCN')).toMatchObject([{ message: 'not in the data' }]);
});
