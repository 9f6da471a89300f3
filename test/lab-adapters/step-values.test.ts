import { describe, expect, it } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { stepFaults, stepScope } from '../../lab-adapters/step-scope.js';
import { asOfTrial, stepAchieved, stepRequest, stepUses } from '../../lab-adapters/step-values.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';

const parameters: readonly Parameter[] = [
  { name: 'temperature', type: 'continuous', bounds: [20, 80], unit: '°C' },
  { name: 'minutes', type: 'integer', bounds: [1, 120], unit: 'min' },
  { name: 'solvent', type: 'categorical', levels: ['DMF', 'DMSO'] },
  { name: 'ligand', type: 'substance', smiles: { L1: 'CCO', L2: 'CCN' } },
  { name: 'dose', type: 'discrete', values: [1, 2], unit: 'mL' },
];
const scope = { parameters, pool: null, objectives: ['yield', 'purity'] };
const trial: JobRequest = {
  design: { temperature: 80, minutes: 90, solvent: 'DMF', ligand: 'L1', dose: 2 },
  rowId: null,
  substances: { ligand: 'CCO' },
  units: { temperature: '°C', minutes: 'min', dose: 'mL' },
  fidelity: 'robot',
  objectives: ['yield', 'purity'],
};
const step = {
  with: {
    T: '{temperature as K}',
    hours: '{minutes as h, 1 decimal}',
    medium: '{solvent}',
    additive: '{ligand}',
    program: 'run {solvent}',
    speed: 400,
    volume: '{dose}',
  },
  gives: ['yield'],
};
const key = 'c/r1/p1/g1/make';

describe('the request of a step', () => {
  it('has its own parameters, filled in from the design and converted, and the outcomes that it gives', async () => {
    expect(await stepRequest(step, trial, key)).toEqual({
      request: {
        design: {
          T: 353.15,
          hours: 1.5,
          medium: 'DMF',
          additive: 'L1',
          program: 'run DMF',
          speed: 400,
          volume: 2,
        },
        rowId: null,
        substances: { additive: 'CCO' },
        units: { T: 'K', hours: 'h', volume: 'mL' },
        fidelity: 'robot',
        objectives: ['yield'],
      },
    });
  });

  it('may be of a step without values and outcomes, and has all that cannot be filled in told at once', async () => {
    expect(await stepRequest({ with: {}, gives: [] }, trial, key)).toMatchObject({
      request: { design: {}, objectives: [] },
    });
    const wrong = { with: { a: '{nowhere}', b: '{solvent as K}', c: '{rowId}' }, gives: [] };
    const given = await stepRequest(wrong, trial, key);
    expect('faults' in given && given.faults.map(({ path }) => path)).toEqual(['with.a', 'with.b', 'with.c']);
  });

  it('takes from the stock in its own unit', async () => {
    const stock = { solvent: { unit: 'L' }, vials: { unit: '1' } };
    expect(await stepUses({ solvent: '{dose}', vials: 1 }, trial, stock)).toEqual({
      uses: { solvent: 0.002, vials: 1 },
    });
    expect(await stepUses({ solvent: '{temperature}', vials: '{solvent}' }, trial, stock)).toMatchObject({
      faults: [
        { path: 'uses.solvent', message: "'°C' cannot be told in 'L'" },
        { path: 'uses.vials', message: '{solvent} is "DMF", no amount' },
      ],
    });
  });
});

describe('what the instrument of a step sees of the space', () => {
  it('is the parameters of the step, as far as they go, and its outcomes', async () => {
    const seen = await stepScope(step, scope);
    expect(seen).toEqual({
      parameters: [
        { name: 'T', type: 'continuous', bounds: [293.15, 353.15], unit: 'K' },
        { name: 'hours', type: 'continuous', bounds: [0, 2], unit: 'h' },
        { name: 'medium', type: 'categorical', levels: ['DMF', 'DMSO'] },
        { name: 'additive', type: 'substance', smiles: { L1: 'CCO', L2: 'CCN' } },
        { name: 'program', type: 'categorical', levels: ['run DMF', 'run DMSO'] },
        { name: 'speed', type: 'discrete', values: [400] },
        { name: 'volume', type: 'discrete', values: [1, 2], unit: 'mL' },
      ],
      pool: null,
      objectives: ['yield'],
    });
  });

  it('has the rows of a pool with the values of the step', async () => {
    const designs = [trial.design, { ...trial.design, temperature: 20 }];
    const seen = await stepScope(
      { with: { T: '{temperature as K}', row: '{rowId}' }, gives: [] },
      {
        ...scope,
        pool: { ids: ['a', 'b'], designs },
      },
    );
    expect([...seen.pool!.designs]).toEqual([
      { T: 353.15, row: 'a' },
      { T: 293.15, row: 'b' },
    ]);
  });

  it('is told with its place where nothing has the name, or no unit fits', async () => {
    const faults = await stepFaults({ a: '{nowhere}', b: '{dose as K}', c: '{open' }, scope, ['recipe', 0, 'with']);
    expect(faults.map(({ path }) => path)).toEqual(['recipe[0].with.a', 'recipe[0].with.b', 'recipe[0].with.c']);
  });
});

it('what a step reached is told of the design where a parameter is that alone', async () => {
  const trial: JobRequest = {
    design: { t: 80, s: 'a' },
    rowId: null,
    substances: {},
    units: { t: '°C' },
    fidelity: 'f',
    objectives: ['y'],
  };
  const values = { bath: '{t as K}', solvent: '{s}', speed: 300, note: 'at {t}' };
  const achieved = { bath: 354.85, solvent: 'b', speed: 299, note: 'x', other: 1 };
  const told = await stepAchieved({ with: values }, trial, achieved);
  expect(told.design.t).toBeCloseTo(81.7, 9);
  expect(told.design.s).toBe('b');
  expect(told.others).toEqual({ speed: 299, note: 'x', other: 1 });
  const result = { values: {}, cost: 1, durationMs: 1 };
  expect(await asOfTrial({ with: values }, trial, result)).toBe(result);
  expect(await asOfTrial({ with: values }, trial, { ...result, achieved: { speed: 299 } })).toEqual({
    ...result,
    details: { reached: { speed: 299 } },
  });
});
