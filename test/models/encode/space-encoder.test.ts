import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import { typeNamed, typeOf } from '../../../models/domain/parameters/parameter.js';
import type { Space } from '../../../models/domain/space.js';
import { concatDesigns, rowKey, selectDesigns } from '../../../models/encode/encoded-designs.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';

const space: Space = {
  parameters: [
    { name: 'ligand', type: 'categorical', levels: ['A', 'B'] },
    { name: 'temperature', type: 'continuous', bounds: [20, 120] },
    { name: 'solvent', type: 'substance', smiles: { water: 'O', ethanol: 'CCO' } },
    { name: 'equivalents', type: 'discrete', values: [1, 2, 5] },
    { name: 'cycles', type: 'integer', bounds: [1, 11] },
  ],
  pool: null,
};

describe('space encoder', async () => {
  const encoder = await SpaceEncoder.of(space);
  const designs = [
    { ligand: 'B', temperature: 70, solvent: 'ethanol', equivalents: 2, cycles: 6 },
    { ligand: 'A', temperature: 20, solvent: 'water', equivalents: 5, cycles: 11 },
  ];
  const encoded = encoder.encode(designs);

  it('sorts columns by kind and scales numbers to the unit interval', () => {
    expect([...encoded.numeric]).toEqual([0.5, 0.25, 0.5, 0, 1, 1]);
    expect([...encoded.categories]).toEqual([1, 0]);
    expect([...encoded.substances]).toEqual([1, 0]);
    expect(encoder.encoding.fingerprints).toHaveLength(2);
  });

  it('describes the molecules of each substance column', () => {
    expect(encoder.encoding.descriptors).toHaveLength(1);
    const { width, values } = encoder.encoding.descriptors[0]!;
    // Of two molecules all descriptors that differ correlate fully, so the first of them says everything.
    expect(width).toBe(1);
    expect([...values].sort()).toEqual([0, 1]);
  });

  it('selects and joins rows', () => {
    const back = selectDesigns(encoded, [1, 0]);
    expect([...concatDesigns(back, encoded).numeric]).toEqual([0, 1, 1, 0.5, 0.25, 0.5, 0.5, 0.25, 0.5, 0, 1, 1]);
  });

  it('names the parameter that a design lacks', () => {
    expect(() => encoder.encode([{ ligand: 'A' }])).toThrow(/'temperature'/);
  });
});

describe('decoding', async () => {
  const mixed: Parameter[] = [
    ...space.parameters,
    { name: 'alloy', type: 'composition', components: ['Fe', 'Ni', 'Cr'], total: 1, step: 0.1 },
    { name: 'blend', type: 'composition', components: ['resin', 'fibre'], total: 100, step: 5 },
    { name: 'support', type: 'formula', formulas: ['Al2O3', 'SiO2', 'TiO2', 'Ba0.5Sr0.5TiO3'] },
  ];
  const encoder = await SpaceEncoder.of({ parameters: mixed, pool: null });
  const decimals = fc.integer({ min: 20e9, max: 120e9 }).map((n) => Number(`${n}e-9`));
  const designs: fc.Arbitrary<Design> = fc.record(
    Object.fromEntries(
      mixed.map((parameter) => [
        parameter.name,
        parameter.type === 'continuous' ? decimals : fc.constantFrom(...typeOf(parameter).values(parameter)!),
      ]),
    ),
  );

  it('gives every design back exactly', () => {
    fc.assert(
      fc.property(fc.array(designs, { minLength: 1, maxLength: 5 }), (given) => {
        expect(encoder.decode(encoder.encode(given))).toEqual(given);
      }),
      { seed: 21, numRuns: 300 },
    );
  });

  it('gives the rows of a pool back with all digits of their numbers', async () => {
    const numbers = fc.double({ min: -1e3, max: 1e3, noNaN: true }).map(String);
    const rows = fc.array(fc.record({ x: numbers, y: numbers, f: fc.constantFrom('FeO', 'NiO', 'Fe2O3') }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (cells) => {
        const read = [
          ['x', 'continuous'],
          ['y', 'discrete'],
          ['f', 'formula'],
        ] as const;
        const columns = read.map(([name, type]) => {
          const column = typeNamed(type).fromColumn({ name, cells: cells.map((row) => row[name]) });
          if (!('parameter' in column)) throw new Error(JSON.stringify(column));
          return column;
        });
        const pool = cells.map((_, row) =>
          Object.fromEntries(columns.map(({ parameter, values }) => [parameter.name, values[row]!])),
        );
        const parameters = columns.map(({ parameter }) => parameter);
        const ids = cells.map((_, row) => String(row));
        const own = await SpaceEncoder.of({ parameters, pool: { ids, designs: pool } });
        const encoded = own.encode(pool);
        // Rows that are encoded alike cannot be told apart; the first of them stands for all.
        expect(own.encode(own.decode(encoded))).toEqual(encoded);
        const keys = pool.map((_, row) => rowKey(encoded, row));
        expect(own.decode(encoded)).toEqual(keys.map((key) => pool[keys.indexOf(key)]));
      }),
      { seed: 22, numRuns: 200 },
    );
  });

  it('refuses what is no design', async () => {
    const encoded = encoder.encode([Object.fromEntries(mixed.map((p) => [p.name, typeOf(p).fromUnit(p, 0.4)]))]);
    encoded.vectors[0] = 99;
    expect(() => encoder.decode(encoded)).toThrow(/row 0 has no value of 'alloy'/);
    const parameters: Parameter[] = [{ name: 'x', type: 'discrete', values: [1, 2, 3] }];
    const pooled = await SpaceEncoder.of({ parameters, pool: { ids: ['a'], designs: [{ x: 1 }] } });
    expect(() => pooled.decode(pooled.encode([{ x: 2 }]))).toThrow(/row 0 is no row of the pool/);
  });
});

describe('mixtures in a space', async () => {
  const parameters: Parameter[] = [
    { name: 'x', type: 'continuous', bounds: [0, 1] },
    { name: 'blend', type: 'composition', components: ['resin', 'fibre', 'filler'], total: 1, step: 0.5 },
    { name: 'support', type: 'formula', formulas: ['Al2O3', 'SiO2'] },
  ];
  const encoder = await SpaceEncoder.of({ parameters, pool: null });

  it('are vector columns, one a parameter', () => {
    const [fractions, entries] = encoder.encoding.vectors;
    expect(encoder.columns.map(({ kind, at }) => `${kind}${at}`)).toEqual(['numeric0', 'vector0', 'vector1']);
    expect(fractions).toBe(3);
    expect(entries).toBeGreaterThan(20);
    const encoded = encoder.encode([
      { x: 0, blend: 'fibre:1', support: 'SiO2' },
      { x: 1, blend: 'resin:0.5 filler:0.5', support: 'Al2O3' },
    ]);
    expect(encoded.vectors).toHaveLength(2 * (3 + entries!));
    // Components stand in alphabetical order: fibre, filler, resin.
    const [fibre, filler, resin] = encoded.vectors.subarray(3 + entries!);
    expect(fibre).toBeLessThan(0);
    expect(filler).toBeCloseTo(resin!, 12);
    expect(filler).toBeGreaterThan(0);
    const row = (i: number) => encoded.vectors.subarray(i * (3 + entries!) + 3, (i + 1) * (3 + entries!));
    row(0).forEach((z, j) => {
      expect(Math.abs(z)).toBeCloseTo(1, 9);
      expect(row(1)[j]).toBeCloseTo(-z, 9);
    });
  });

  it('must be in the space', () => {
    expect(() => encoder.encode([{ x: 0, blend: 'resin:2', support: 'SiO2' }])).toThrow(/'resin:2' is no mixture/);
  });
});
