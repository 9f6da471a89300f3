import { describe, expect, it } from 'vitest';
import { pool } from '../../../models/pretrained/pooling.js';

describe('pool', () => {
  // Two texts of three tokens, two numbers a token; the last token of the second only fills it up.
  const hidden = [1, 10, 2, 20, 6, 60, 3, 30, 5, 50, 999, 999];
  const shape = { lengths: [3, 2], tokens: 3, width: 2 };

  it('takes the mean over the tokens of each text', () => {
    expect([...pool(hidden, { ...shape, pooling: 'mean' })]).toEqual([3, 30, 4, 40]);
  });

  it('takes the first token', () => {
    expect([...pool(hidden, { ...shape, pooling: 'cls' })]).toEqual([1, 10, 3, 30]);
  });
});
