import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blankDesigns,
  concatDesigns,
  rowKey,
  selectDesigns,
  sliceDesigns,
  vectorsWidth,
} from '../../../models/encode/encoded-designs.js';
import { someDesigns, someFingerprints } from '../../support/encoded.js';

describe('encoded designs', () => {
  const fingerprints = someFingerprints(9, 4);
  const columns = { numeric: 2, categories: 1, substances: 2, fingerprints, vectors: [3, 2] };
  const designs = someDesigns(12, columns, 8);
  const rows = Array.from({ length: 12 }, (_, i) => i);

  it('have a block for each kind of column', () => {
    expect(vectorsWidth(designs.encoding)).toBe(5);
    const blank = blankDesigns(4, designs.encoding);
    expect([blank.numeric, blank.categories, blank.substances, blank.vectors].map(({ length }) => length)).toEqual([
      8, 4, 8, 20,
    ]);
    expect(blank.vectors.every((value) => value === 0)).toBe(true);
  });

  it('are the same rows after any selection', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(11), { maxLength: 20 }), (chosen) => {
        const selected = selectDesigns(designs, chosen);
        expect(selected.n).toBe(chosen.length);
        expect(chosen.map((_, i) => rowKey(selected, i))).toEqual(chosen.map((row) => rowKey(designs, row)));
      }),
      { seed: 1 },
    );
  });

  it('are whole again after a cut, without copying', () => {
    fc.assert(
      fc.property(fc.nat(12), (at) => {
        const [head, tail] = [sliceDesigns(designs, 0, at), sliceDesigns(designs, at, 12 - at)];
        expect(concatDesigns(head, tail)).toEqual(designs);
        expect(tail.vectors.buffer).toBe(designs.vectors.buffer);
      }),
      { seed: 2 },
    );
  });

  it('tell rows apart by every kind of column', () => {
    expect(new Set(rows.map((row) => rowKey(designs, row))).size).toBe(12);
    for (const block of ['numeric', 'categories', 'substances', 'vectors'] as const) {
      const changed = selectDesigns(designs, rows);
      changed[block][changed[block].length - 1]! += 1;
      expect(rowKey(changed, 11)).not.toBe(rowKey(designs, 11));
      expect(rowKey(changed, 10)).toBe(rowKey(designs, 10));
    }
  });
});
