import { describe, expect, it } from 'vitest';
import { among, nearest } from '../../../models/domain/nearest.js';

describe('values that were meant', () => {
  it('come first, and all allowed ones where they are few', () => {
    expect(among('Xphos', ['XPhos', 'SPhos'])).toBe('did you mean XPhos or SPhos? one of XPhos, SPhos');
    expect(among('zzz', ['XPhos', 'dppf'])).toBe('one of XPhos, dppf');
    const many = Array.from({ length: 40 }, (_, i) => `level${i}`);
    expect(among('q', many)).toBe('one of the 40 allowed ones, such as level0, level1, level2');
  });
});

it('a text that is far too long was not mistyped, and costs no time among thousands', () => {
  const known = Array.from({ length: 100_000 }, (_, i) => `design-${i}`);
  expect(nearest('d'.repeat(30_000), known)).toEqual([]);
  expect(nearest(`${'x'.repeat(99)}`, ['x'.repeat(98), 'y'.repeat(40_000)])).toEqual(['x'.repeat(98)]);
  expect(nearest('desing-7', known.slice(0, 20))[0]).toBe('design-7');
});
