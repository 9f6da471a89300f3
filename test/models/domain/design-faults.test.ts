import { describe, expect, it } from 'vitest';
import { designChecker, designFaults } from '../../../models/domain/design-faults.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';

const parameters = [
  { name: 'temperature', type: 'continuous', bounds: [20, 120] },
  { name: 'ligand', type: 'categorical', levels: ['XPhos', 'SPhos'] },
] as unknown as Parameter[];
const told = (design: Record<string, number | string>) =>
  designFaults(parameters, design).map(({ path, message, remedy }) => `${path}: ${message}; ${remedy}`);

describe('faults of a design', () => {
  it('are none of a point of the space', () => {
    expect(told({ temperature: 50, ligand: 'XPhos' })).toEqual([]);
  });

  it.each<[Record<string, number | string>, string]>([
    [{ temperature: 50, ligand: 'XPhos', temperatur: 3 }, 'temperatur: not a parameter; did you mean temperature?'],
    [{ ligand: 'XPhos' }, 'temperature: no value given; '],
    [{ temperature: 50, ligand: '' }, 'ligand: no value given; one of XPhos, SPhos'],
    [{ temperature: 150, ligand: 'SPhos' }, 'temperature: 150 given; '],
    [{ temperature: '5 0', ligand: 'SPhos' }, "temperature: '5 0' given"],
    [{ temperature: 50, ligand: 'Xphos' }, "ligand: 'Xphos' given; did you mean XPhos or"],
  ])('%j', (design, fault) => {
    expect(told(design)).toEqual([expect.stringContaining(fault)]);
  });

  it('are all told at once, and by another measure where one is given', () => {
    expect(told({ x: 1 })).toHaveLength(3);
    expect(designFaults(parameters, { temperature: 500, ligand: 'none' }, () => null)).toEqual([]);
  });
});

describe('a checker of many designs', () => {
  it('gives what is wrong as data: values, absent ones, and names of no parameter', () => {
    const check = designChecker(parameters, (_, value) => (typeof value === 'number' ? null : 'a number'));
    expect(check({ temperature: 900, ligand: 0 })).toEqual([]);
    expect(check({ temperature: 'hot', toString: 1 } as never)).toEqual([
      { name: 'toString', value: 1, wanted: null },
      { name: 'temperature', value: 'hot', wanted: { parameter: parameters[0], allowed: 'a number' } },
      { name: 'ligand', value: undefined, wanted: { parameter: parameters[1], allowed: 'a number' } },
    ]);
  });
});
