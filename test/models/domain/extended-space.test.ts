import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import type { InvalidInputError } from '../../../models/domain/errors.js';
import { extendedSpace } from '../../../models/domain/extended-space.js';
import type { Extension } from '../../../models/domain/extension.js';
import type { Space } from '../../../models/domain/space.js';
import { rowsById } from '../../../models/domain/space.js';

const space: Space = {
  parameters: [
    { name: 't', type: 'continuous', bounds: [0, 1] },
    { name: 'n', type: 'integer', bounds: [0, 9] },
    { name: 'd', type: 'discrete', values: [1, 2, 4] },
    { name: 'c', type: 'categorical', levels: ['a', 'b'] },
    { name: 'm', type: 'substance', smiles: { ethanol: 'CCO', water: 'O' } },
    { name: 'mix', type: 'composition', components: ['Fe', 'Ni'], total: 1, values: ['Fe:0.5 Ni:0.5', 'Fe:1'] },
    { name: 'f', type: 'formula', formulas: ['FeNi'] },
  ],
  pool: {
    ids: ['r0', 'r1'],
    designs: [
      { t: 0, n: 0, d: 1, c: 'a', m: 'water', mix: 'Fe:1', f: 'FeNi' },
      { t: 1, n: 9, d: 4, c: 'b', m: 'ethanol', mix: 'Fe:0.5 Ni:0.5', f: 'FeNi' },
    ],
  },
};
const first = space.pool!.designs.at(0)!;
const by = { name: 'test', version: '1' };
const of = (...designs: Design[]): Extension => ({ by, rows: designs.map((design, i) => ({ id: `g${i}`, design })) });
const faultsOf = (...extensions: Extension[]) => {
  try {
    extendedSpace(space, extensions);
  } catch (error) {
    return (error as InvalidInputError).faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`);
  }
  return [];
};

describe('a space with the rows of extensions', () => {
  it('is the space itself where there is none', () => {
    expect(extendedSpace(space, [])).toBe(space);
  });

  it('has rows and values after its own, and leaves those as they are', () => {
    const added = { ...first, c: 'new', m: 'CCC', mix: 'Fe:0.25 Ni:0.75', f: 'Fe2O3' };
    const grown = extendedSpace(space, [of({ ...first, t: 0.5 }, added)]);
    expect(grown.pool!.ids).toEqual(['r0', 'r1', 'g0', 'g1']);
    expect([...grown.pool!.designs]).toEqual([...space.pool!.designs, { ...first, t: 0.5 }, added]);
    expect(['r1', 'g1', 'g2'].map((id) => rowsById(grown.pool!).get(id))).toEqual([1, 3, undefined]);
    expect(grown.parameters.slice(0, 3).every((parameter, p) => parameter === space.parameters[p])).toBe(true);
    expect(grown.parameters.slice(3)).toEqual([
      { name: 'c', type: 'categorical', levels: ['a', 'b', 'new'] },
      { name: 'm', type: 'substance', smiles: { ethanol: 'CCO', water: 'O', CCC: 'CCC' } },
      { ...space.parameters[5], values: ['Fe:0.5 Ni:0.5', 'Fe:1', 'Fe:0.25 Ni:0.75'] },
      { name: 'f', type: 'formula', formulas: ['FeNi', 'Fe2O3'] },
    ]);
    expect(space.pool!.ids).toEqual(['r0', 'r1']);
    // Without a new value all parameters are the same objects.
    const same = extendedSpace(space, [of({ ...first, t: 0.5 })]);
    expect(same.parameters.every((parameter, p) => parameter === space.parameters[p])).toBe(true);
  });

  it('is refused with every fault of every row', () => {
    const wrong = { ...first, t: 2, n: 0.5, d: 3, c: '', m: 'no molecule', mix: 'Cu:1', f: 'Xx' };
    const rows = [
      { id: 'r0', design: { ...first, t: 0.1 } },
      { id: 'g0', design: { ...first, t: 0.1 } },
      { id: 'g0', design: first },
      { id: 'g1', design: { ...first, t: -0, extra: 1 } },
      { id: 'g2', design: wrong },
      { id: 'g3', design: { ...first, t: 0.2, mix: 'Ni:0.75 Fe:0.25', f: 'NiFe' } },
    ];
    const faults = faultsOf({ by, rows });
    expect(faults.map((fault) => fault.replace(/ \(.*/, ''))).toEqual([
      "extensions[0].rows[0].id: 'r0' is a row of the pool already",
      'extensions[0].rows[1].design: the design is that of extensions[0].rows[0]',
      "extensions[0].rows[2].id: 'g0' is a row of the pool already",
      'extensions[0].rows[3].design.extra: not a parameter',
      'extensions[0].rows[4].design.t: 2 given',
      'extensions[0].rows[4].design.n: 0.5 given',
      'extensions[0].rows[4].design.d: 3 given',
      'extensions[0].rows[4].design.c: no value given',
      "extensions[0].rows[4].design.m: 'no molecule' given",
      "extensions[0].rows[4].design.mix: 'Cu:1' given",
      "extensions[0].rows[4].design.f: 'Xx' given",
      "extensions[0].rows[5].design.mix: 'Ni:0.75 Fe:0.25' given",
      "extensions[0].rows[5].design.f: 'NiFe' given",
      "extensions[0].rows[2].design: the design is that of row 'r0'",
    ]);
    expect(faults.at(-2)).toContain("written as 'FeNi'");
    expect(faults.at(-3)).toContain("written as 'Fe:0.25 Ni:0.75'");
    expect(faultsOf(of({ ...first, t: 0.1 }), of({ ...first, t: 0.1 }))).toHaveLength(2);
  });

  it('is there only where there is a pool', () => {
    const open: Space = { parameters: space.parameters, pool: null };
    expect(() => extendedSpace(open, [of(first)])).toThrow(/there is no pool to extend/);
  });

  it('is the same whether rows come at once, in parts, or one part after another', () => {
    const values = fc.record({ t: fc.double({ min: 0, max: 1, noNaN: true }), c: fc.constantFrom('a', 'x', 'y') });
    const designs = fc.uniqueArray(values, { selector: ({ t, c }) => `${t + 0} ${c}`, minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(designs, fc.nat(), (some, cut) => {
        const rows = some.map((value, i) => ({ id: `g${i}`, design: { ...first, n: 5, ...value } }));
        const at = 1 + (cut % (rows.length - 1));
        const [a, b] = [rows.slice(0, at), rows.slice(at)].map((part) => ({ by, rows: part }));
        const whole = extendedSpace(space, [{ by, rows }]);
        const parts = extendedSpace(space, [a!, b!]);
        const after = extendedSpace(extendedSpace(space, [a!]), [b!]);
        for (const one of [parts, after]) {
          expect(one.parameters).toEqual(whole.parameters);
          expect(one.pool!.ids).toEqual(whole.pool!.ids);
          expect([...one.pool!.designs]).toEqual([...whole.pool!.designs]);
          for (const [row, id] of whole.pool!.ids.entries()) expect(rowsById(one.pool!).get(id)).toBe(row);
        }
      }),
      { seed: 15, numRuns: 100 },
    );
  });
});
