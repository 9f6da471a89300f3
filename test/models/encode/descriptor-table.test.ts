import { describe, expect, it } from 'vitest';
import { descriptorTable } from '../../../models/encode/descriptor-table.js';

const vector = (...values: number[]) => Float64Array.from(values);

describe('table of descriptors', () => {
  it('scales each descriptor to [0, 1] over the molecules of the column', () => {
    const all = [vector(5, 1), vector(900, 900), vector(7, 3), vector(9, 1.5)];
    const { width, values } = descriptorTable(all, [0, 2, 3]);
    expect(width).toBe(2);
    expect([...values]).toEqual([0, 0, 0, 0, 0.5, 1, 1, 0.25]);
  });

  it('leaves out what does not vary and what says the same as a descriptor before it', () => {
    const all = [vector(1, 4, -2, 3), vector(2, 4, -4, 1), vector(3, 4, -6, 4)];
    const { width, values } = descriptorTable(all, [0, 1, 2]);
    expect(width).toBe(2);
    expect([...values].filter((_, i) => i % 2 === 0)).toEqual([0, 0.5, 1]);
    expect([...values].filter((_, i) => i % 2 === 1)).toEqual([2 / 3, 0, 1]);
  });

  it('is empty where there is one molecule, or none', () => {
    expect(descriptorTable([vector(1, 2)], [0]).width).toBe(0);
    expect(descriptorTable([], [])).toEqual({ width: 0, stereo: 0, values: new Float64Array(), columns: [] });
  });

  it('keeps of stereo what varies, and its tie breakers only where there is a tie', () => {
    const all = [vector(1, 1, 0, 0.7), vector(1, -1, 0, -0.7), vector(2, 1, 0, 0.9), vector(2, -1, 0, -0.9)];
    const of = (skeletons: string[], vectors = all) =>
      descriptorTable(vectors, [0, 1, 2, 3], { columns: 3, tieBreakers: 1, skeletons });
    expect(of(['a', 'a', 'b', 'b'])).toMatchObject({ width: 2, stereo: 1 });
    const tied = all.map(([plain, , none, last]) => vector(plain!, 0, none!, last!));
    expect(of(['a', 'a', 'b', 'b'], tied)).toMatchObject({ width: 2, stereo: 1 });
    expect(of(['a', 'b', 'c', 'd'], tied)).toMatchObject({ width: 1, stereo: 0 });
  });
});
