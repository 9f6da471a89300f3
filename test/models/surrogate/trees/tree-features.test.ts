import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { TreeFeatures } from '../../../../models/surrogate/trees/tree-features.js';
import { someDescriptors, someDesigns, someFingerprints } from '../../../support/encoded.js';

describe('features of trees', () => {
  it('are coordinates, levels of categories and entries of vectors', () => {
    const designs = someDesigns(20, { numeric: 2, categories: 1, vectors: [2] }, 1);
    const features = new TreeFeatures(designs);
    expect(features.width).toBe(2 + 3 + 2);
    const values = features.of(designs);
    for (let i = 0; i < 20; i++) {
      expect(values[i]).toBe(designs.numeric[2 * i]);
      for (const level of [0, 1, 2]) expect(values[(2 + level) * 20 + i]).toBe(designs.categories[i] === level ? 1 : 0);
      expect(values[6 * 20 + i]).toBe(designs.vectors[2 * i + 1]);
    }
  });

  it('are counts of environments of molecules, or their descriptors where there are any', () => {
    const fingerprints = someFingerprints(6, 2);
    const designs = someDesigns(30, { substances: 1, fingerprints }, 3);
    const counts = new TreeFeatures(designs);
    const first = counts.of(selectDesigns(designs, [0]));
    const met = fingerprints[designs.substances[0]!]!.counts;
    expect(first.filter((value) => value > 0).reduce((a, b) => a + b)).toBeLessThanOrEqual(met.reduce((a, b) => a + b));
    expect(counts.width).toBeGreaterThan(5);
    const table = someDescriptors(6, 4, 5);
    const described = someDesigns(30, { substances: 1, fingerprints, descriptors: [table] }, 3);
    const features = new TreeFeatures(described);
    expect(features.width).toBe(4);
    expect(features.of(described)[2 * 30 + 7]).toBe(table.values[described.substances[7]! * 4 + 2]);
  });

  it('leave out what does not vary', () => {
    const designs = someDesigns(5, { numeric: 2 }, 4);
    for (let i = 0; i < 5; i++) designs.numeric[2 * i] = 0.5;
    expect(new TreeFeatures(designs).width).toBe(1);
  });
});
