import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementSymbols } from '../../../../models/domain/formula.js';
import { formula } from '../../../../models/domain/parameters/formula.js';
import { parameterLaws } from './laws.js';

describe('formula', () => {
  parameterLaws(
    fc
      .uniqueArray(
        fc.tuple(
          fc.constantFrom(...elementSymbols),
          fc.constantFrom(...elementSymbols),
          fc.integer({ min: 1, max: 7 }),
        ),
        {
          minLength: 1,
          maxLength: 12,
          selector: ([a, b, count]) => (a === b ? a : count === 1 ? [a, b].sort().join() : [a, b, count].join()),
        },
      )
      .map((pairs) => ({
        name: 'f',
        type: 'formula' as const,
        formulas: pairs.map(([a, b, count]) => (a === b ? a : `${a}${b}${count}`)),
      })),
  );

  const oxides = { name: 'f', type: 'formula' as const, formulas: ['FeO', 'Fe2O3', 'Fe2(CO)9'] };

  test('a value is the formula as it is written, its feature the fractions of the atoms', () => {
    expect(formula.values(oxides)).toEqual(['FeO', 'Fe2O3', 'Fe2(CO)9']);
    expect(formula.feature(oxides, 'Fe2O3')).toEqual({ kind: 'mixture', fractions: { Fe: 0.4, O: 0.6 } });
    expect(formula.refuses(oxides, 'Fe3O4')).toBe("one of the 3 formulas of 'f'");
    expect(formula.fromText(oxides, ' FeO ')).toBe('FeO');
    expect(() => formula.feature(oxides, 'rust')).toThrow(/'rust' is no formula/);
  });

  test('of two ways to write a formula the first comes back', () => {
    const twice = { ...oxides, formulas: ['Fe2O3', 'Fe4O6'] };
    expect(formula.fromFeature(twice, formula.feature(twice, 'Fe4O6'))).toBe('Fe2O3');
  });

  test('faults name the entry', () => {
    expect(formula.faults({ ...oxides, formulas: ['FeO', 'Xx2', 'FeO'] })).toEqual([
      expect.objectContaining({ path: 'formulas[1]', message: "'Xx2': 'Xx' at letter 1 is no element" }),
      expect.objectContaining({ path: 'formulas', message: 'given twice: FeO' }),
    ]);
  });

  test('comes from a column, or says which rows hold none', () => {
    expect(formula.fromColumn({ name: 'f', cells: ['FeO', ' NiO', 'FeO'] })).toEqual({
      parameter: { name: 'f', type: 'formula', formulas: ['FeO', 'NiO'] },
      values: ['FeO', 'NiO', 'FeO'],
    });
    expect(formula.fromColumn({ name: 'f', cells: ['FeO', 'rust', 'Fe('] })).toEqual([
      {
        path: 'f',
        message:
          "2 cells not a formula (row 2: 'rust', 'r' at letter 1 does not belong there; row 3: 'Fe(', '(' at letter 3 is not closed)",
        remedy: expect.stringContaining('Fe2O3'),
      },
    ]);
  });

  test('one formula in two spellings is refused in a list, one value in a pool, and found in results', () => {
    const given = { name: 'f', type: 'formula' as const, formulas: ['ZnCl2', 'ZnSO4·7H2O', 'ZnSO4.7H2O'] };
    expect(formula.faults(given).map(({ message }) => message)).toEqual([
      "one formula in two spellings: 'ZnSO4.7H2O' and 'ZnSO4·7H2O'",
    ]);
    expect(formula.fromColumn({ name: 'f', cells: ['ZnSO4(H2O)7', 'ZnCl2', 'ZnSO4.7H2O', 'Zn(II)Cl2'] })).toEqual({
      parameter: { name: 'f', type: 'formula', formulas: ['ZnSO4(H2O)7', 'ZnCl2'] },
      values: ['ZnSO4(H2O)7', 'ZnCl2', 'ZnSO4(H2O)7', 'ZnCl2'],
    });
    expect(formula.fromText({ ...given, formulas: ['ZnCl2', 'ZnSO4·7H2O'] }, ' ZnSO4.7H2O ')).toBe('ZnSO4·7H2O');
    expect(formula.fromText(given, 'FeCl3')).toBe('FeCl3');
  });
});
