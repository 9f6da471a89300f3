import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf } from '../../../models/pretrained/batches.js';

describe('batchesOf', () => {
  it('has every text once, those of one length together, short ones first, within the bound', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 })), fc.integer({ min: 1, max: 40 }), (lengths, most) => {
        const batches = batchesOf(lengths, most);
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        for (const batch of batches) {
          expect(new Set(batch.map((i) => lengths[i])).size).toBe(1);
          expect(batch.length === 1 || batch.length * lengths[batch[0]!]! <= most).toBe(true);
        }
        const order = batches.map((batch) => lengths[batch[0]!]!);
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
    );
  });

  it('makes batches of the size that a network wants', () => {
    expect(batchesOf([3, 3, 3], 1_000, 2)).toEqual([[0, 1], [2]]);
  });
});
