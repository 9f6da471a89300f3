import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { parseSupplied, withInitialTrials } from '../../scripts/simulate/supplied.js';

let folder: string;
let free: Campaign;
let pooled: Campaign;

const rest = `
objectives: [{name: value, direction: minimise}]
fidelities: [{name: exact, adapter: problem, settings: {problem: branin}, cost: 1}]
budget: {trials: 5}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-supplied-'));
  await writeFile(join(folder, 'pool.csv'), 'name,x1,x2\na,0,1\nb,2,3\nc,4,5\n');
  const read = (space: string) => readCampaignText(`name: own${space}${rest}`, { file: 'own.yaml', baseDir: folder });
  free = await read(`
space:
  parameters:
    - {name: x1, type: continuous, bounds: [-5, 10]}
    - {name: x2, type: continuous, bounds: [0, 15]}`);
  pooled = await read(`
space:
  pool: {file: pool.csv, id: name, designColumns: [{name: x1, type: continuous}, {name: x2, type: continuous}]}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function faultsOf(campaign: Campaign, text: string): Promise<string[]> {
  const file = join(folder, 'first');
  await writeFile(file, text);
  const error: unknown = await withInitialTrials(campaign, file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).faults.map((fault) => `${fault.path}: ${fault.message}`);
}

const constraints: NonNullable<Campaign['space']['constraints']> = [
  { type: 'linear', terms: { x1: 1, x2: 1 }, max: 4 },
];
const limited = (campaign: Campaign): Campaign => ({ ...campaign, space: { ...campaign.space, constraints } });

describe("a person's own first trials", () => {
  it.each([
    ['a line each', 'b\na\n'],
    ['CSV with a header', 'id\nb\na\n'],
    ['a JSON list', '["b", "a"]'],
    ['a JSON object', '{"rows": ["b", "a"]}'],
  ])('are rows of the pool, as %s', async (_, text) => {
    expect(await parseSupplied(pooled, 'first', new TextEncoder().encode(text))).toEqual({ rows: ['b', 'a'] });
  });

  it.each([
    ['CSV, whatever the order of its columns', 'x2,note,x1\n3,warm,2\n'],
    ['a JSON list', '[{"x1": 2, "x2": 3}]'],
    ['a JSON object', '{"designs": [{"x1": 2, "x2": 3}]}'],
  ])('are designs, as %s', async (_, text) => {
    expect(await parseSupplied(free, 'first', new TextEncoder().encode(text))).toEqual({ designs: [{ x1: 2, x2: 3 }] });
  });

  it.each([
    ['a JSON list', '[{"x1": 2, "Äquivalente": 3}]'],
    ['CSV', 'x1,Äquivalente\n2,3\n'],
  ])('are read in an encoding that the names of the campaign tell, with a note: %s', async (_, text) => {
    const named = structuredClone(free);
    Object.assign(named.space.parameters[1]!, { name: 'Äquivalente' });
    const notes: string[] = [];
    const bytes = Uint8Array.from(text, (sign) => sign.charCodeAt(0));
    const read = await parseSupplied(named, 'first', bytes, (line) => notes.push(line));
    expect(read).toEqual({ designs: [{ x1: 2, Äquivalente: 3 }] });
    expect(notes).toEqual([expect.stringContaining("read as Windows-1252, in which it has the name 'Äquivalente'")]);
  });

  it('become the initial design of the campaign and leave the rest of its strategy alone', async () => {
    const file = join(folder, 'rows.txt');
    await writeFile(file, 'c\n');
    const sized = { ...pooled.spec, strategy: { acquisition: 'x', initial: { trials: 3, rows: ['a'] } } };
    const campaign = await withInitialTrials({ ...pooled, spec: sized }, file);
    expect(campaign.spec.strategy).toEqual({ acquisition: 'x', initial: { trials: 3, rows: ['c'] } });
  });

  it('are refused where there is none', async () => {
    expect(await faultsOf(free, 'x1,x2\n')).toEqual([': no first trials in it']);
    expect(await faultsOf(pooled, 'name,x1\n')).toEqual([': no first trials in it']);
    expect(await faultsOf(free, '[{"x1": 2, "x2": 3, "__proto__": 5}]')).toMatchObject([
      expect.stringContaining('__proto__'),
    ]);
  });

  it('are refused where the pool or the space does not hold them, all faults at once', async () => {
    expect(await faultsOf(pooled, 'a\nzz\nyy\n')).toEqual([
      "[1]: 'zz' is no row of the pool",
      "[2]: 'yy' is no row of the pool",
    ]);
    expect(await faultsOf(free, 'a\n')).toEqual([': row ids, but the campaign has no pool']);
    expect(await faultsOf(free, '[{"x1": 99, "x2": "warm"}, {"x1": 1, "x3": 2}]')).toEqual([
      '[0].x1: 99 given',
      "[0].x2: 'warm' given",
      '[1].x3: not a parameter',
      '[1].x2: no value given',
    ]);
    expect(await faultsOf(pooled, '[{"x1": 0, "x2": 5}]')).toEqual(['[0]: the design is in no row of the pool']);
    expect(await faultsOf(free, 'x1,x2\n1,\n')).toEqual(['[0].x2: no value given']);
  });

  it('are refused where the file cannot be made out', async () => {
    expect((await faultsOf(free, '[1, {"x1": 2}]'))[0]).toContain('neither rows nor designs');
    expect((await faultsOf(free, '{"rows": ['))[0]).toContain('not JSON');
    expect((await faultsOf(free, 'x1,temperature\n1,2\n'))[0]).toContain('2 columns without a header');
  });

  it('keep the constraints of the space, rows of a pool too', async () => {
    const broken = "against the constraint 'x1 + x2 ≤ 4'";
    const designs = '[{"x1": 1, "x2": 3}, {"x1": 2, "x2": 3}, {"x1": 20, "x2": 1}]';
    expect(await faultsOf(limited(free), designs)).toEqual([`[1]: ${broken}`, '[2].x1: 20 given']);
    expect(await faultsOf(limited(pooled), 'a\nb\nc\n')).toEqual([`[1]: ${broken}`, `[2]: ${broken}`]);
  });
});
