import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writtenName } from '../../../../models/domain/expression/check.js';
import { evaluate } from '../../../../models/domain/expression/evaluate.js';
import { most, parseExpression } from '../../../../models/domain/expression/parse.js';
import { namesIn, type Tree } from '../../../../models/domain/expression/tree.js';

const numbers: Readonly<Record<string, number | string>> = {
  x: 3,
  y: -2,
  base: 'KOH',
  'blend.A': 0.25,
  'flow-rate (ml/min)': 7,
  température: 40,
};
const values = { of: (name: string) => numbers[name]!, properties: { molarMass: { KOH: 56.1, 'Na OH': 40 } } };
const worth = (text: string) => {
  const tree = parseExpression(text);
  return 'kind' in tree ? evaluate(tree, values) : `character ${tree.at}: ${tree.message}`;
};

describe('an expression', () => {
  test.each<[string, number | string | boolean]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 - 3 - 2', 3],
    ['8 / 4 / 2', 1],
    ['2 ^ 3 ^ 2', 512],
    ['-x ^ 2', -9],
    ['(-x) ^ 2', 9],
    ['2 ^ -1', 0.5],
    ['2 * -y', 4],
    ['--x', 3],
    ['1.5e-3 + .5', 0.5015],
    ['x > 2 && y > 0 || x == 3', true],
    ['x > 2 && (y > 0 || x == 4)', false],
    ['!(x > 2)', false],
    ['x != 3', false],
    ["base == 'KOH' ? 1 : 2", 1],
    ['base == "NaOH" ? 1 : x > 5 ? 2 : 3', 3],
    ['molarMass(base) / 2', 28.05],
    ["molarMass('Na OH')", 40],
    ['min(x, y, 1) + max(x, y)', 1],
    ['abs(y) + sqrt(16) + exp(0) + log(1) + log10(100)', 9],
    ['blend.A * 4', 1],
    ['`flow-rate (ml/min)` + température', 47],
    ['molarMass(toString)', Number.NaN],
    ['0 / 0 == 0 / 0', false],
  ])('%s is %s', (text, value) => {
    expect(worth(text.replace('toString', "'toString'"))).toEqual(value);
  });

  test.each([
    ['', 'character 1: ends too early'],
    ['1 +', 'character 4: ends too early'],
    ['(1', "character 3: the end where ')' is wanted"],
    ['1)', "character 2: ')' after the end"],
    ['1 2', "character 3: '2' after the end"],
    ['* 2', "character 1: '*' where a value is wanted"],
    ['x > 1 ? 2', "character 10: the end where ':' is wanted"],
    ['a < b < c', "character 7: a second comparison, '<'"],
    ['a == b == c', "character 8: a second comparison, '=='"],
    ['x & y', "character 3: '&' means nothing here"],
    ['x ≤ y', "character 3: '≤' means nothing here"],
    ["base == 'KOH", "character 9: ''' means nothing here"],
    ['min(1,', 'character 7: ends too early'],
    ['1e999', 'character 1: 1e999 is larger than a number can be'],
    ['😀', "character 1: '😀' means nothing here"],
    ['('.repeat(40), 'character 33: nested too deeply'],
    ['-'.repeat(100), 'character 64: nested too deeply'],
    ['x'.repeat(most.characters + 1), 'character 1: 2001 characters'],
  ])('%j is refused where it goes wrong', (text, fault) => {
    expect(worth(text)).toBe(fault);
  });

  test('of any text is read or refused, with a place in it', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'xy1.()+-*/^<>=!&|?:,\'"` e'.split('')), maxLength: 30 });
    fc.assert(
      fc.property(signs, (text) => {
        const tree = parseExpression(text);
        if ('kind' in tree) return;
        expect(tree.at).toBeGreaterThanOrEqual(1);
        expect(tree.at).toBeLessThanOrEqual(text.length + 1);
      }),
      { seed: 7, numRuns: 3_000 },
    );
  });

  test('names what it speaks of, and any name can be written', () => {
    expect(namesIn(parseExpression('x < molarMass(base) + min(y, x)') as Tree)).toEqual(['x', 'base', 'y']);
    for (const name of Object.keys(numbers)) expect(worth(writtenName(name))).toBe(numbers[name]);
    expect(writtenName('blend.1,4-dioxane')).toBe('`blend.1,4-dioxane`');
  });
});
