import { describe, expect, it } from 'vitest';
import { among } from '../../../models/domain/nearest.js';

describe('values that were meant', () => {
  it('come first, and all allowed ones where they are few', () => {
    expect(among('Xphos', ['XPhos', 'SPhos'])).toBe('did you mean XPhos or SPhos? one of XPhos, SPhos');
    expect(among('zzz', ['XPhos', 'dppf'])).toBe('one of XPhos, dppf');
    const many = Array.from({ length: 40 }, (_, i) => `level${i}`);
    expect(among('q', many)).toBe('one of the 40 allowed ones, such as level0, level1, level2');
  });
});
