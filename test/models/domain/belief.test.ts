import { expect, it } from 'vitest';
import { type Belief, beliefFaults, beliefSchema } from '../../../models/domain/belief.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';

const parameters: Parameter[] = [
  { name: 't', type: 'continuous', bounds: [20, 120] },
  { name: 'n', type: 'discrete', values: [1, 2, 4] },
  { name: 'ligand', type: 'categorical', levels: ['XPhos', 'SPhos'] },
];

function faultsOf(...beliefs: Belief[]) {
  return beliefFaults(beliefs, { parameters }).map(({ path, message }) => `${path}: ${message}`);
}

it('takes numbers near a value, and weights of values', () => {
  expect(
    faultsOf(
      { parameter: 't', near: 80, sd: 10 },
      { parameter: 'ligand', weights: { XPhos: 3 } },
      { parameter: 'n', weights: { 4: 2 } },
    ),
  ).toEqual([]);
});

it('refuses what is believed of nothing', () => {
  expect(
    faultsOf(
      { parameter: 'x', near: 1, sd: 1 },
      { parameter: 't', near: 200, sd: 10 },
      { parameter: 't', near: 80, sd: 10 },
      { parameter: 'ligand', near: 1, sd: 1 },
    ),
  ).toEqual([
    "[0].parameter: no parameter 'x'",
    "[1].near: 200 given for 't'",
    "[2].parameter: a second belief about 't'",
    "[3].near: 'ligand' is no number",
  ]);
  expect(faultsOf({ parameter: 't', weights: { 80: 2 } })).toEqual(["[0].weights: 't' is no list of values"]);
  expect(faultsOf({ parameter: 'ligand', weights: { Xphos: 2 } })).toEqual([
    "[0].weights: 'Xphos' is no value of 'ligand'",
  ]);
  expect(beliefSchema.safeParse({ parameter: 't', near: 80, sd: 0 }).success).toBe(false);
  expect(beliefSchema.safeParse({ parameter: 'ligand', weights: { XPhos: 0 } }).success).toBe(false);
});
