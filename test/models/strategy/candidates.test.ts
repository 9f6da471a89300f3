import { describe, expect, it } from 'vitest';
import { rowKey } from '../../../models/encode/encoded-designs.js';
import { prepareSpace, representatives } from '../../../models/strategy/candidates.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

const keysOf = (designs: ReturnType<typeof representatives>) =>
  Array.from({ length: designs.n }, (_, row) => rowKey(designs, row));

describe('designs that represent the whole space', () => {
  it('are spread over a space that cannot be listed', async () => {
    const prepared = await prepareSpace(someCampaign().space);
    const designs = representatives(prepared, 128, 3);
    expect(new Set(keysOf(designs)).size).toBe(128);
    // Each of the 16 × 8 boxes of a scrambled Sobol sequence holds one of its first 128 points.
    const boxes = Array.from({ length: 128 }, (_, i) => {
      const [x, y] = [designs.numeric[2 * i]!, designs.numeric[2 * i + 1]!];
      return `${Math.floor(16 * x)} ${Math.floor(8 * y)}`;
    });
    expect(new Set(boxes).size).toBe(128);
    expect(representatives(prepared, 128, 3)).toEqual(designs);
    expect(keysOf(representatives(prepared, 128, 4))).not.toEqual(keysOf(designs));
  });

  it('are rows of a pool, each once, or all of them', async () => {
    const prepared = await prepareSpace(somePool(60));
    const rows = keysOf(prepared.listed!.encoded);
    const some = keysOf(representatives(prepared, 20, 3));
    expect(new Set(some).size).toBe(20);
    expect(some.every((key) => rows.includes(key))).toBe(true);
    expect(keysOf(representatives(prepared, 100, 3)).sort()).toEqual([...rows].sort());
  });
});
