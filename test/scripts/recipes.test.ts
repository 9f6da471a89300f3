import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../models/domain/errors.js';
import { loadCampaign } from '../../scripts/campaign-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-recipes-'));
  await writeFile(join(folder, 'lab.yaml'), lab);
});
afterAll(() => rm(folder, { recursive: true }));

const lab = `name: bench
instruments:
  reactor: { adapter: problem, settings: { problem: branin }, can: [synthesise] }
  oven: { adapter: problem, settings: { problem: branin } }
  balance: { adapter: problem, settings: { problem: branin } }
stock:
  argon: { unit: L, amount: 50 }
positions:
  shelf: { slots: 12 }
`;

const campaign = (steps: string, more = '') => `name: c
lab: lab.yaml
space:
  parameters:
    - { name: temperature, type: continuous, bounds: [20, 30], unit: °C }
    - { name: flow, type: continuous, bounds: [1, 10], unit: mL/min }
    - { name: solvent, type: categorical, levels: [DMF, DMSO] }
objectives: [{ name: value, direction: minimise }]
${more}fidelities:
  - name: exact
    cost: 1
    recipe:
${steps.replace(/^/gm, '      ')}
budget: { trials: 5 }
`;

const good = `- step: make
  on: synthesise
  with: { x1: '{flow}', x2: '{flow as L/h}' }
  uses: { argon: '{flow as mL/min}' }
  at: shelf
  undo: { with: { x1: 0, x2: 0 } }
- { step: weigh, on: balance, with: { x1: 1, x2: '{flow, 1 decimal}' }, gives: [value] }`.replace(
  "uses: { argon: '{flow as mL/min}' }",
  'uses: { argon: 0.5 }',
);

const load = async (steps: string, more?: string) => {
  const file = join(folder, 'campaign.yaml');
  await writeFile(file, campaign(steps, more));
  return loadCampaign(file);
};

async function faultsOf(steps: string, more?: string): Promise<readonly string[]> {
  const error = await load(steps, more).then(
    () => null,
    (cause: unknown) => cause,
  );
  if (error === null) return [];
  if (!(error instanceof InvalidInputError)) throw error;
  return error.faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`);
}

describe('the recipe of a level', () => {
  it('is kept with the campaign as it stands', async () => {
    const { spec } = await load(good);
    expect(spec.fidelities[0]).toMatchObject({ adapter: 'lab', settings: {} });
    expect(spec.fidelities[0]!.recipe!.map(({ step, on, gives }) => [step, on, gives])).toEqual([
      ['make', 'synthesise', []],
      ['weigh', 'balance', ['value']],
    ]);
  });

  it('has all its faults told at once, each with its place and what is allowed', async () => {
    const faults = await faultsOf(
      `- step: make
  on: reactro
  with: { x1: '{flwo}', x2: '{flow as K}' }
  uses: { helium: 1, argon: '{temperature}' }
  at: shelve
- step: make
  on: oven
  with: { x1: 100, x2: 1 }
  undo: { with: { x3: '{nothing}' } }
- { step: weigh, on: balance, with: { x1: 1, x2: 1 }, gives: [valeu] }`,
    );
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(' (')))).toEqual([
      "fidelities[0].recipe: no step gives 'value'",
      "fidelities[0].recipe[0].on: no instrument 'reactro'",
      'fidelities[0].recipe[0].with.x1: {flwo}: nothing of that name has a value',
      "fidelities[0].recipe[0].with.x2: {flow as K}: 'mL/min' cannot be told in 'K'",
      "fidelities[0].recipe[0].uses.helium: no stock 'helium' in the lab",
      "fidelities[0].recipe[0].uses.argon: '°C' cannot be told in 'L'",
      "fidelities[0].recipe[0].at: no position 'shelve'",
      "fidelities[0].recipe[1].step: a second step 'make'",
      'fidelities[0].recipe[1].on: oven: problem: parameter x1 takes 100, outside branin',
      'fidelities[0].recipe[1].undo.with.x3: {nothing}: nothing of that name has a value',
      "fidelities[0].recipe[2].gives[0]: no objective or outcome 'valeu'",
    ]);
    expect(faults[1]).toContain('did you mean reactor?');
    expect(faults[10]).toContain('did you mean value?');
  });

  it.each([
    [
      'an outcome from two steps',
      good.replace('at: shelf', 'gives: [value]'),
      /gives\[0\]: 'value' comes from step 'make' already/,
    ],
    [
      'a name that no key can end in',
      good.replace('step: make', 'step: make~undo'),
      /step: 'make~undo' is not allowed/,
    ],
    ['an unknown entry', good.replace('at: shelf', 'after: shelf'), /after: unknown key 'after'/],
    ['a value that is none', good.replace('x1: 0', 'x1: true'), /undo\.with\.x1: /],
    [
      'too many outcomes for an instrument',
      good.replace('gives: [value]', 'gives: [value, purity]'),
      /balance: .*2 outcomes/,
    ],
  ])('is refused with %s', async (_, steps, words) => {
    const more = steps.includes('purity') ? 'outcomes: [{ name: purity }]\n' : '';
    expect((await faultsOf(steps, more)).join('\n')).toMatch(words);
  });

  it('lacks no outcome that another level may give', async () => {
    expect((await faultsOf(good, 'outcomes: [{ name: purity }]\n')).join('\n')).toMatch(/no step gives 'purity'/);
  });
});
