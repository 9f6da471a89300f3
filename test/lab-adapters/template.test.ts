import { expect, test } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { type Filled, fill, type Template } from '../../lab-adapters/internal/template.js';
import { templateFaults } from '../../lab-adapters/internal/template-faults.js';
import { loadUnits } from '../../lab-adapters/internal/units.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';

const units = await loadUnits();
const request: JobRequest = {
  design: { temperature: 80.1, 'flow rate': 2, solvent: 'DMF', ligand: 'L1', alloy: 'Fe:20 Ni:80', key: 3 },
  rowId: null,
  substances: { ligand: 'CCO' },
  units: { temperature: '°C', 'flow rate': 'mL/min' },
  fidelity: 'robot',
  objectives: ['yield'],
};
const filled = (template: Template, more?: Record<string, string>): Filled =>
  fill(template, { key: 'c/r1/p1/g1/run', request, units, ...(more && { more }) });
const valued = (template: Template) => (filled(template) as { value: unknown }).value;
const refusals = (template: Template) => (filled(template) as { faults: readonly Fault[] }).faults;

test('a text that is exactly one place becomes the value; numbers stay numbers to the last bit', () => {
  expect(valued({ a: ['{temperature}', { b: '{ flow rate }' }], c: 4, d: null, e: '{rowId}' })).toEqual({
    a: [80.1, { b: 2 }],
    c: 4,
    d: null,
    e: null,
  });
  expect(valued('{temperature as degC}')).toBe(80.1);
  expect(valued('run {key} at {temperature} on {fidelity}')).toBe('run c/r1/p1/g1/run at 80.1 on robot');
  expect(valued('{smiles.ligand}|{amount.alloy.Ni}|{amount.alloy.Cr}|{design.key}')).toBe('CCO|80|0|3');
  expect(valued('{{"t": {temperature, 2 decimals}}}')).toBe('{"t": 80.10}');
});

test('units are converted where a target is given, rounding is asked for in words', () => {
  expect(valued('{temperature as K}')).toBeCloseTo(353.25, 10);
  expect(valued('{flow rate as L/h}')).toBeCloseTo(0.12, 12);
  expect(valued('{temperature as K, 1 decimal}')).toBe(353.3);
  expect(valued('T={temperature as K, 3 decimals}')).toBe('T=353.250');
});

test('all that cannot be filled is told at once, with its place', () => {
  const faults = refusals({ a: '{temprature}', b: ['x {solvent as K}', '{flow rate as K}', 'row {rowId}', '{open'] });
  expect(faults.map((fault) => `${fault.path}: ${fault.message}`)).toEqual([
    'a: {temprature}: the request has no such value',
    "b[0]: {solvent as K}: 'solvent' has no unit in the campaign file",
    "b[1]: {flow rate as K}: 'mL/min' cannot be told in 'K'",
    'b[2]: {rowId} has no value here',
    "b[3]: a '{' that belongs to no pair; a brace itself is '{{'",
  ]);
});

test('what becomes part of another text is written as that wants it', () => {
  const written = (text: string) => (text.includes('\r') ? null : encodeURIComponent(text));
  const asked = { key: 'a/b c', request: { ...request, design: { x: 'a\rSTOP' } }, units, written };
  expect(fill('/jobs/{key}', asked)).toEqual({ value: '/jobs/a%2Fb%20c' });
  expect(fill('SET {x}', asked)).toMatchObject({ faults: [{ message: expect.stringContaining('cannot be written') }] });
});

const parameters = [
  { name: 'temperature', type: 'continuous', bounds: [20, 120], unit: '°C' },
  { name: 'flow', type: 'continuous', bounds: [1, 2] },
  { name: 'ligand', type: 'substance', smiles: ['CCO', 'CCN'] },
  { name: 'alloy', type: 'composition', components: ['Fe', 'Ni'], total: 100 },
] as Parameter[];
const scope = { parameters, objectives: ['yield'] };
const checked = (template: Template) =>
  templateFaults(template, { scope, units, more: ['job'] }, ['submit', 'body']).map(
    ({ path, message }) => `${path}: ${message}`,
  );

test('faults of a template are told when the file is checked, with paths', () => {
  expect(checked({ t: '{temperature as K}', s: '{smiles.ligand}', j: '{job}', n: '{amount.alloy.Ni}' })).toEqual([]);
  expect(
    checked({ t: '{temprature}', u: ['{flow as L/s}', '{temperature as bar}', '{temperature as foo}'], r: '{rowId}' }),
  ).toEqual([
    'submit.body.t: {temprature}: nothing of that name has a value',
    "submit.body.u[0]: {flow as L/s}: 'flow' has no unit",
    "submit.body.u[1]: {temperature as bar}: '°C' cannot be told in 'bar'",
    "submit.body.u[2]: {temperature as foo}: 'foo' is no unit that is known here (temperatures are written °C, K or °F)",
    'submit.body.r: {rowId}: the space has no rows',
  ]);
  expect(checked('{amount.alloy.Cr} {ligand, 2 decimals} {{')).toHaveLength(2);
  expect(checked('{')).toEqual(["submit.body: a '{' that belongs to no pair; a brace itself is '{{'"]);
});
