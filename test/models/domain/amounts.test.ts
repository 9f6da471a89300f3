import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Amounts, amountsShape, readAmounts, sumOf, textOf } from '../../../models/domain/amounts.js';

describe('amounts', () => {
  test('come back from their text', () => {
    const amounts = fc.dictionary(
      fc.stringMatching(/^[A-Za-z][\w.-]{0,7}$/),
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      { minKeys: 1, maxKeys: 6, noNullPrototype: true },
    );
    fc.assert(
      fc.property(amounts, (given) => {
        const names = Object.keys(given);
        const text = textOf([...names, 'absent'], new Map(Object.entries(given)));
        expect([...(readAmounts(text) as Amounts)]).toEqual(Object.entries(given));
        expect(
          textOf([...names].reverse(), readAmounts(text) as Amounts)
            .split(' ')
            .reverse()
            .join(' '),
        ).toBe(text);
      }),
      { seed: 31 },
    );
  });

  test('are read with any spaces and leave out what is 0 when written', () => {
    const amounts = readAmounts('  Fe:20\tNi:8e1  Cr:0 ') as Amounts;
    expect(Object.fromEntries(amounts)).toEqual({ Fe: 20, Ni: 80, Cr: 0 });
    expect(sumOf(amounts)).toBe(100);
    expect(textOf(['Ni', 'Fe', 'Cr'], amounts)).toBe('Ni:80 Fe:20');
  });

  test('have a shape that reads', () => {
    const [, example = ''] = /'(.*)'/.exec(amountsShape) ?? [];
    expect(sumOf(readAmounts(example) as Amounts)).toBe(1);
  });
});
