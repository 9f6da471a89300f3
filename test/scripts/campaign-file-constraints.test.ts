import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import { readCampaignText } from '../../scripts/campaign-file.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-constraints-'));
  await writeFile(path.join(folder, 'solvents.csv'), 'name,bp (°C),price\nTHF,66,3\nDMF,153,\nwater,100,0.1\n');
  await writeFile(path.join(folder, 'twice.csv'), 'name,bp\nTHF,66\nTHF,67\n');
  await writeFile(path.join(folder, 'pool.csv'), 'id,T,base\na,20,KOH\nb,40,KOH\nc,60,NaOH\nd,80,NaOH\n');
});
afterAll(() => rm(folder, { recursive: true }));

const parameters = `
    - { name: T, type: continuous, bounds: [20, 120] }
    - { name: time, type: continuous, bounds: [0, 1] }
    - { name: cycles, type: integer, bounds: [1, 12] }
    - { name: ratio, type: discrete, values: [0, 1, 1.5, 2] }
    - { name: solvent, type: categorical, levels: [THF, DMF, water] }
    - { name: ligand, type: categorical, levels: [XPhos, SPhos, none] }
    - { name: blend, type: composition, components: [A, B, C, D], step: 0.1 }`;

/** What is wrong with a space. */
async function faultsOf(space: string, more = ''): Promise<readonly string[]> {
  const text = `name: c
space:${space}
objectives: [{ name: yield, direction: maximise }]
fidelities: [{ name: bench, adapter: operator, cost: 1 }]
budget: { trials: 40 }
${more}`;
  const options = { file: 'c.yaml', baseDir: folder, adapters: 'unchecked' as const };
  const faults = await readCampaignText(text, options).then(
    () => [],
    (error: InvalidInputError) => error.faults,
  );
  return faults.map((fault) => `${faultText(fault)} (${fault.remedy})`);
}

const spaceWith = (constraints: string, own = parameters) => `
  parameters:${own}
  properties:
    boilingPoint: { THF: 66, DMF: 153, water: 100 }
  constraints:
${constraints
  .trim()
  .split('\n')
  .map((line) => `    - ${line.trim()}`)
  .join('\n')}`;

describe('constraints that leave enough', () => {
  test.each([
    '{ type: linear, terms: { T: 1, cycles: 10 }, max: 200 }\n{ type: exclude, when: { ligand: XPhos, T: { above: 100 } } }',
    '{ type: linear, terms: { blend.A: 1, blend.B: -2 }, equals: 0 }',
    '{ type: cardinality, of: blend, max: 2 }\n{ type: dependency, parameter: ratio, when: { ligand: [XPhos, SPhos] } }',
    "{ type: formula, expression: 'T < boilingPoint(solvent) - 10' }",
  ])('%s', async (constraints) => {
    expect(await faultsOf(spaceWith(constraints))).toEqual([]);
  });
});

describe('contradictory and degenerate spaces are refused, with what clashes', () => {
  const some = `
    - { name: n, type: integer, bounds: [0, 9] }
    - { name: m, type: integer, bounds: [0, 9] }`;
  const numbers = `
    - { name: x, type: continuous, bounds: [0, 1] }
    - { name: y, type: continuous, bounds: [0, 1] }`;

  test.each<[string, string, string, string?]>([
    ['a sum that is never so large', '{ type: linear, terms: { T: 1, cycles: 10 }, min: 300 }', ''],
    [
      'two sums, beside a third that harms nobody',
      '{ type: linear, terms: { T: 1 }, min: 90 }\n{ type: linear, terms: { time: 1 }, max: 0.5 }\n{ type: linear, terms: { T: 1, cycles: 10 }, max: 80 }',
      '',
    ],
    ['whole numbers that never make a sum', '{ type: linear, terms: { cycles: 2 }, equals: 5 }', ''],
    [
      'a sum and an exclusion',
      '{ type: exclude, when: { T: { above: 50 } } }\n{ type: linear, terms: { T: 1, time: 1 }, min: 60 }',
      '',
    ],
    [
      'every level excluded',
      '{ type: exclude, when: { ligand: [XPhos, SPhos] } }\n{ type: exclude, when: { ligand: none, ratio: { below: 5 } } }',
      '',
    ],
    [
      'one component alone, of each at most half',
      '{ type: cardinality, of: blend, max: 1 }\n{ type: linear, terms: { blend.A: 1 }, max: 0.5 }\n{ type: linear, terms: { blend.B: 1 }, max: 0.5 }\n{ type: linear, terms: { blend.C: 1 }, max: 0.5 }\n{ type: linear, terms: { blend.D: 1 }, max: 0.5 }',
      '',
    ],
    ['three components of at least 0.4 each', '{ type: cardinality, of: blend, min: 3, least: 0.4 }', ''],
    [
      'hotter than what boils',
      "{ type: formula, expression: 'T < boilingPoint(solvent) - 10' }\n{ type: linear, terms: { T: 1 }, min: 60 }\n{ type: exclude, when: { solvent: [DMF, water] } }",
      '',
    ],
    ['a formula of whole numbers', "{ type: formula, expression: 'cycles ^ 2 > 200 || ratio * cycles > 30' }", ''],
    ['a formula that no number keeps', "{ type: formula, expression: 'T ^ 2 < 100 * time' }", ''],
    [
      'what does not matter, asked for',
      '{ type: dependency, parameter: cycles, when: { ligand: XPhos }, otherwise: 1 }\n{ type: exclude, when: { ligand: XPhos } }\n{ type: linear, terms: { cycles: 1 }, min: 4 }',
      '',
    ],
    [
      'two values where one parameter does not matter',
      '{ type: dependency, parameter: n, when: { m: { above: 5 } }, otherwise: 0 }\n{ type: dependency, parameter: n, when: { m: { below: 4 } }, otherwise: 9 }\n{ type: linear, terms: { m: 1 }, min: 4, max: 5 }',
      some,
    ],
    ['two designs left', '{ type: linear, terms: { n: 1, m: 1 }, equals: 1 }', some],
    [
      'a range as narrow as a hair',
      '{ type: linear, terms: { x: 1 }, equals: 0.5 }\n{ type: linear, terms: { y: 1 }, min: 0.2, max: 0.2005 }',
      numbers,
    ],
    [
      'fewer than the first trials',
      '{ type: linear, terms: { n: 1, m: 1 }, max: 2 }',
      some,
      'strategy: { initial: { trials: 8 } }',
    ],
    ['a curve that touches the space nowhere', "{ type: formula, expression: 'x ^ 2 + y ^ 2 == 3' }", numbers],
    [
      'amounts of any size that add up to more than all',
      '{ type: linear, terms: { mix.A: 1, mix.B: 1 }, min: 0.7 }\n{ type: linear, terms: { mix.C: 1 }, min: 0.4 }\n{ type: linear, terms: { x: 1 }, min: 0.4 }',
      '\n    - { name: mix, type: composition, components: [A, B, C] }\n    - { name: x, type: continuous, bounds: [0, 1] }',
    ],
    ['bounds the wrong way round', '{ type: linear, terms: { T: 1 }, min: 60, max: 50 }', ''],
    ['an empty range', '{ type: exclude, when: { T: { above: 50, below: 50 } } }', ''],
    ['more present than there are', '{ type: cardinality, of: blend, max: 5 }', ''],
  ])('%s', async (_, constraints, own, more = '') => {
    expect(await faultsOf(spaceWith(constraints, own === '' ? parameters : own), more)).toMatchSnapshot();
  });

  test.each([
    ['no row', '[{ type: linear, terms: { T: 1 }, min: 50 }, { type: exclude, when: { base: NaOH } }]'],

    [
      'no row and another constraint',
      '[{ type: exclude, when: { base: NaOH } }, { type: linear, terms: { T: 1 }, min: 90 }]',
    ],
  ])('%s of a pool', async (_, constraints) => {
    const columns = '[{ name: T, type: continuous }, { name: base, type: categorical }]';
    const space = `\n  pool: { file: pool.csv, id: id, designColumns: ${columns} }\n  constraints: ${constraints}`;
    expect(await faultsOf(space)).toMatchSnapshot();
  });
});

test('a pool that is small anyway may be made as small as one likes', async () => {
  const columns = '[{ name: T, type: continuous }, { name: base, type: categorical }]';
  const space = `\n  pool: { file: pool.csv, id: id, designColumns: ${columns} }`;
  expect(await faultsOf(`${space}\n  constraints: [{ type: linear, terms: { T: 1 }, min: 70 }]`)).toEqual([]);
});

describe('properties', () => {
  const formula = (properties: string, expression = 'T < boilingPoint(solvent) - 10') => `
  parameters:${parameters}
  properties: ${properties}
  constraints: [{ type: formula, expression: '${expression}' }]`;

  test.each([
    '{ boilingPoint: { file: solvents.csv, of: name, column: bp (°C) } }',
    '{ boilingPoint: { THF: 66, DMF: 153, water: 100, toluene: 111 } }',
  ])('%s are read', async (properties) => {
    expect(await faultsOf(formula(properties))).toEqual([]);
  });

  test.each([
    ['{ boilingPoint: { THF: 66, DMF: 153 } }'],
    ['{ bp: { THF: 66, DMF: 153, water: 100 } }'],
    ['{ log: { THF: 66, DMF: 153, water: 100 } }'],
    ['{ boilingPoint: { THF: hot } }'],
    ['{ boilingPoint: { file: solvents.csv, of: name } }'],
    ['{ boilingPoint: { file: nowhere.csv, of: name } }'],
    ['{ boilingPoint: { file: solvents.csv, of: name, column: price } }'],
    ['{ boilingPoint: { file: twice.csv, of: name, column: bp } }'],
    ['{ boilingPoint: { file: solvents.csv, column: name, of: name } }'],
  ])('%s are refused', async (properties) => {
    expect(await faultsOf(formula(properties))).toMatchSnapshot();
  });
});

test('designs that a person gives first keep the constraints', async () => {
  const design = '{ T: 100, time: 0, cycles: 12, ratio: 1, solvent: THF, ligand: none, blend: A:1 }';
  const first = `strategy: { initial: { designs: [${design}] } }`;
  expect(await faultsOf(spaceWith('{ type: linear, terms: { T: 1, cycles: 10 }, max: 200 }'), first)).toMatchSnapshot();
});
