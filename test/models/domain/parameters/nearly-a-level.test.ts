import { describe, expect, it } from 'vitest';
import { discrete } from '../../../../models/domain/parameters/discrete.js';
import { agreesWith } from '../../../../models/domain/parameters/numbers.js';

const levels = (...values: number[]) => ({ name: 'equivalents', type: 'discrete' as const, values });

describe('a number that is no level', () => {
  it.each([
    ['0', [0.25, 5, 10]],
    ['1.3', [1, 1.25, 1.5, 2]],
    ['1.2', [1, 1.25, 1.5, 2]],
    ['12', [12.4, 25]],
    ['1', [1.04, 2]],
    ['1e3', [950, 2000]],
    ['0.00000', [0.000001, 1]],
  ])('%s stays what it is beside levels %j', (text, values) => {
    const read = discrete.fromText(levels(...values), text);
    expect(read).toBe(Number(text));
    expect(discrete.refuses(levels(...values), read)).not.toBeNull();
  });

  it('is the level where it has the many digits that spreadsheets write', () => {
    const third = levels(1 / 3, 2 / 3);
    expect(discrete.fromText(third, '0.3333333333')).toBe(1 / 3);
    expect(discrete.fromText(third, '0.666667')).toBe(2 / 3);
    expect(discrete.fromText(third, '0.67')).toBe(0.67);
    expect(discrete.fromText(levels(123456.4, 2), '123456')).toBe(123456.4);
  });

  it('may be short where something else says what is meant', () => {
    expect(agreesWith('1.3', 1.25, 1)).toBe(true);
    expect(agreesWith('1.3', 1.25, 6)).toBe(false);
    expect(agreesWith('1.25', 1.25, 6)).toBe(true);
  });
});
