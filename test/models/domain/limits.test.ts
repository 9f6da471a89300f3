import { describe, expect, it } from 'vitest';
import { beyond } from '../../../models/domain/limits.js';

describe('limits of an objective', () => {
  it('are told to a value beyond them, on both sides or one', () => {
    expect(beyond('yield', 100, [0, 100])).toBeNull();
    expect(beyond('yield', 210, [0, 100])).toBe('yield = 210 lies beyond its limits, from 0 to 100');
    expect(beyond('gap', -1, [0, null])).toBe('gap = -1 lies beyond its limits, at least 0');
    expect(beyond('gap', 7, [null, 5])).toBe('gap = 7 lies beyond its limits, at most 5');
  });
});
