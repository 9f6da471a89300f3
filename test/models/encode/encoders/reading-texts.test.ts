import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinedKey } from '../../../../models/domain/space-codes.js';
import { compositionText, fractionsIn, textOfKey } from '../../../../models/encode/encoders/reading-texts.js';

it('reactions are written of canonical parts in the order of their columns', async () => {
  const key = joinedKey(['OCC', '[Na+].[Cl-]', 'C(=O)(C)O']);
  const on = ['alcohol', 'salt', 'acid'];
  expect(await textOfKey({ reads: 'reactions', on }, key)).toBe('CCO.[Cl-].[Na+].CC(=O)O>>');
  expect(await textOfKey({ reads: 'reactions', on, product: 'CCOC(C)=O' }, key)).toBe(
    'CCO.[Cl-].[Na+].CC(=O)O>>CCOC(C)=O',
  );
  expect(await textOfKey({ reads: 'reactions', on, product: 'acid' }, key)).toBe('CCO.[Cl-].[Na+]>>CC(=O)O');
  expect(await textOfKey({ reads: 'reactions', on: ['alcohol'] }, 'OCC')).toBe('CCO>>');
  await expect(textOfKey({ reads: 'reactions', on: ['alcohol'] }, 'no')).rejects.toMatchObject({ code: 'SMILES' });
  expect(await textOfKey({ reads: 'texts', on: ['note'] }, 'OCC')).toBe('OCC');
});

it('compositions are the same text in any order, and come back', () => {
  expect(compositionText({ O: 0.6, Fe: 0.4, H: 0 })).toBe('Fe:0.4 O:0.6');
  const amounts = fc.dictionary(fc.constantFrom('Fe', 'O', 'H', 'C'), fc.integer({ min: 1, max: 9 }), { minKeys: 1 });
  fc.assert(
    fc.property(amounts, (given) => {
      const sum = Object.values(given).reduce((total, one) => total + one, 0);
      const fractions = Object.fromEntries(Object.entries(given).map(([name, one]) => [name, one / sum]));
      expect(fractionsIn(compositionText(fractions))).toEqual(fractions);
    }),
  );
  for (const text of ['', 'Fe', 'Fe:0.5', 'Fe:0.5:1 O:0.5', 'Fe:x O:1', 'Fe:2 O:-1'])
    expect(() => fractionsIn(text)).toThrow('is no composition');
});
