import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementSymbols, formulaKey, isElement, readFormula } from '../../../models/domain/formula.js';

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
    // A dot before water joins; one within a number is a decimal point.
    ['NiCl2.6H2O', { Ni: 1, Cl: 2, O: 6, H: 12 }],
    ['Na2CO3 . 10 H2O', { Na: 2, C: 1, O: 13, H: 20 }],
    ['BaSO4.0.5H2O', { Ba: 1, S: 1, O: 4.5, H: 1 }],
    ['BaSO4.1/2H2O', { Ba: 1, S: 1, O: 4.5, H: 1 }],
    ['BaSO4·½H2O', { Ba: 1, S: 1, O: 4.5, H: 1 }],
    ['ZnSO4.(H2O)7', { Zn: 1, S: 1, O: 11, H: 14 }],
    ['Mg(NO3)2.6H2O', { Mg: 1, N: 2, O: 12, H: 12 }],
    ['ZnO.Fe2O3', { Zn: 1, Fe: 2, O: 4 }],
    ['ZnSO4.H2O', { Zn: 1, S: 1, O: 5, H: 2 }],
    ['Na1.5Zr2Si1.5P1.5O12', { Na: 1.5, Zr: 2, Si: 1.5, P: 1.5, O: 12 }],
    ['LaO0.9F0.1FeAs', { La: 1, O: 0.9, F: 0.1, Fe: 1, As: 1 }],
    ['YBa2Cu3O6.5', { Y: 1, Ba: 2, Cu: 3, O: 6.5 }],
    ['(Ba0.5Sr0.5)1.2TiO3', { Ba: 0.6, Sr: 0.6, Ti: 1, O: 3 }],
    // Oxidation states add nothing.
    ['Ti(IV)O2', { Ti: 1, O: 2 }],
    ['Mn(II,III)3O4', { Mn: 3, O: 4 }],
    ['Cu(I)Br', { Cu: 1, Br: 1 }],
    ['Pd(0)', { Pd: 1 }],
    ['Cr(Ⅲ)Cl₃', { Cr: 1, Cl: 3 }],
    ['Ｆｅ2O3', { Fe: 2, O: 3 }],
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

  test.each(['·', '•', '∙', '⋅', '‧', '・', '･', '*', '×', ' · '])('parts are joined by %j', (joint) => {
    expect(readFormula(`ZnSO4${joint}7H2O`)).toEqual(readFormula('ZnSO4(H2O)7'));
  });

  test.each([
    ['K2SO4.3MgSO4', /the dot in 'O4.3' may join two parts/],
    ['CuCl2.2NH4Cl', /the dot in 'Cl2.2' may join two parts/],
    ['Al2O3.2SiO2.2H2O', /may join two parts/],
    ['Cu(I)2O', /may be an oxidation state or an amount/],
    ['D2O', /isotopes are not told apart/],
    ['ZnSO4.nH2O', /'n' at letter 7 stands for no number/],
    ['ZnSO4·xH2O', /'x' at letter 7 stands for no number/],
    ['Fe³⁺', /neither charges nor isotopes/],
    ['SO4^2-', /neither charges nor isotopes/],
    ['[Fe(CN)6]4-', /'-' at letter 11/],
    ['[13C]O2', /'13' at letter 2/],
    ['co', /'c' at letter 1/],
    ['ZnSO4,7H2O', /',' at letter 6/],
  ])('%s is refused with its reason', (text, why) => {
    expect(readFormula(text)).toMatch(why);
  });

  test('spellings of one formula share a key, and only they do', () => {
    const key = formulaKey('ZnSO4·7H2O');
    for (const same of ['ZnSO4.7H2O', 'ZnSO4(H2O)7', 'Zn(II)SO4 * 7H2O', 'H14O11SZn'])
      expect(formulaKey(same)).toBe(key);
    expect(formulaKey('ZnSO4')).not.toBe(key);
    expect(formulaKey('C2H4')).not.toBe(formulaKey('C4H8'));
    expect(formulaKey('Fe0.5Ni0.5')).toBe(formulaKey('NiFe'));
    expect(formulaKey('Ba0.5Sr0.5TiO3')).toBe(formulaKey('SrBaTi2O6'));
    expect(formulaKey('Fe0.2Ni0.8')).not.toBe(formulaKey('FeNi'));
    expect(formulaKey('Fe0.333Ni0.667')).not.toBe(formulaKey('FeNi2'));
    expect(formulaKey('Xx')).toBeNull();
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
          .map(([name, amount]) => `${name}${amount.toFixed(3)}`)
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
