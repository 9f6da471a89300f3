import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementSymbols, isElement, readFormula } from '../../../models/domain/formula.js';

describe('elements', () => {
  test('are those from hydrogen to curium, each once', () => {
    expect(elementSymbols).toHaveLength(96);
    expect(new Set(elementSymbols).size).toBe(96);
    expect([elementSymbols[25], elementSymbols[78], elementSymbols[95]]).toEqual(['Fe', 'Au', 'Cm']);
    expect(['Fe', 'fe', 'Xx', 'Bk', ''].map(isElement)).toEqual([true, false, false, false, false]);
  });
});

describe('formula', () => {
  test.each([
    ['Fe2O3', { Fe: 2, O: 3 }],
    ['Ba0.5Sr0.5TiO3', { Ba: 0.5, Sr: 0.5, Ti: 1, O: 3 }],
    ['Ca(OH)2', { Ca: 1, O: 2, H: 2 }],
    ['Ag(AuS)2', { Ag: 1, Au: 2, S: 2 }],
    ['[Co(NH3)6]Cl3', { Co: 1, N: 6, H: 18, Cl: 3 }],
    ['K4{Fe(CN)6}', { K: 4, Fe: 1, C: 6, N: 6 }],
    ['CuSO4·5H2O', { Cu: 1, S: 1, O: 9, H: 10 }],
    ['CuSO4*5H2O', { Cu: 1, S: 1, O: 9, H: 10 }],
    ['2CO', { C: 2, O: 2 }],
    ['Fe₂O₃', { Fe: 2, O: 3 }],
    [' La.5Sr0O1. ', { La: 0.5, O: 1 }],
    ['CoCO', { Co: 1, C: 1, O: 1 }],
  ])('%s', (text, amounts: Record<string, number>) => {
    const sum = Object.values(amounts).reduce((a, b) => a + b, 0);
    const fractions = readFormula(text) as Record<string, number>;
    expect(Object.keys(fractions).sort()).toEqual(Object.keys(amounts).sort());
    for (const [name, amount] of Object.entries(amounts)) expect(fractions[name]).toBeCloseTo(amount / sum, 14);
  });

  test.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['Xx2', "'Xx' at letter 1 is no element"],
    ['BaBk', "'Bk' at letter 3 is no element"],
    ['fe', "'f' at letter 1 does not belong there"],
    ['Fe 2', "' ' at letter 3 does not belong there"],
    ['Fe2.5.1', "'.1' at letter 6 does not belong there"],
    ['Fe(OH', "'(' at letter 3 is not closed"],
    ['Fe[OH)2', "')' at letter 6 closes nothing"],
    ['FeO)2', "')' at letter 4 closes nothing"],
    ['Fe()2', 'nothing in the brackets at letter 3'],
    ['CuSO4·', 'no element at letter 7'],
    ['CuSO4·5', 'no element at letter 7'],
    ['12', 'no element at letter 1'],
    ['Fe0', 'every amount is 0'],
    [`Fe${'9'.repeat(400)}`, 'the amounts are too large'],
    ['Fe2+', "'+' at letter 4 does not belong there"],
  ])('%j is none', (text, why) => {
    expect(readFormula(text)).toBe(why);
  });

  test('written from amounts, reads as their fractions, whatever the factor', () => {
    const amounts = fc.dictionary(
      fc.constantFrom(...elementSymbols),
      fc.integer({ min: 1, max: 999 }).map((n) => n / 8),
      {
        minKeys: 1,
        maxKeys: 8,
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 20 }), (given, factor) => {
        const text = Object.entries(given)
          .map(([name, amount]) => `${name}${amount}`)
          .join('');
        const sum = Object.values(given).reduce((a, b) => a + b, 0);
        const plain = readFormula(text) as Record<string, number>;
        const bracketed = readFormula(`(${text})${factor}`) as Record<string, number>;
        for (const [name, amount] of Object.entries(given)) {
          expect(plain[name]).toBe(amount / sum);
          expect(bracketed[name]).toBeCloseTo(amount / sum, 12);
        }
        expect(Object.values(plain).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      }),
      { seed: 11 },
    );
  });

  test('no text makes it fail', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'FeOHCu0123.()[]·* x+') }), (text) => {
        const read = readFormula(text);
        expect(typeof read === 'string' ? read.length > 0 : Object.keys(read).every(isElement)).toBe(true);
      }),
      { seed: 12, numRuns: 2000 },
    );
  });
});
