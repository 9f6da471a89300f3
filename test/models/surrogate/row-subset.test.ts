import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Generator } from '../../../models/random/generator.js';
import { rowSubset } from '../../../models/surrogate/row-subset.js';
import { numericDesigns, someDesigns, someFingerprints } from '../../support/encoded.js';

const lossesOf = (n: number) => {
  const random = new Generator(3, 'losses');
  return Float64Array.from({ length: n }, () => random.normal());
};

describe('subset of rows', () => {
  it('is all rows where they are few enough', () => {
    const designs = someDesigns(20, { numeric: 2 }, 3);
    const set = { designs, levels: new Int32Array(20), losses: lossesOf(20), levelCount: 1 };
    expect(rowSubset(set, 20)).toEqual([...Array(20).keys()]);
  });

  it('holds the best, the newest, and no gap that another choice of a row would have closed', () => {
    // A hundred designs close together, and ten spread out, all measured early and badly.
    const crowd = Array.from({ length: 100 }, (_, i) => [0.5 + i * 1e-4]);
    const spread = Array.from({ length: 10 }, (_, i) => [i / 9]);
    const designs = numericDesigns([...spread, ...crowd]);
    const losses = Float64Array.from({ length: 110 }, (_, i) => (i < 10 ? 5 : Math.sin(i)));
    const rows = rowSubset({ designs, levels: new Int32Array(110), losses, levelCount: 1 }, 24);
    const best = [...losses.keys()].sort((a, b) => losses[a]! - losses[b]!).slice(0, 6);
    expect(rows).toEqual(expect.arrayContaining([...best, 104, 105, 106, 107, 108, 109]));
    expect(rows.filter((row) => row < 10).length).toBeGreaterThanOrEqual(9);
  });

  it('leaves half of the places to lower levels, to paired designs first', () => {
    const n = 60;
    const levels = Int32Array.from({ length: n }, (_, i) => (i < 30 ? 1 : 0));
    const numbers = [...Array(30).keys(), ...Array(5).keys(), ...Array.from({ length: 25 }, (_, i) => 100 + i)];
    const designs = numericDesigns(numbers.map((x) => [x / 125]));
    const rows = rowSubset({ designs, levels, losses: lossesOf(n), levelCount: 2 }, 20);
    expect(rows.filter((row) => row < 30)).toHaveLength(10);
    expect(rows).toEqual(expect.arrayContaining([30, 31, 32, 33, 34]));
    const few = rowSubset(
      { designs, levels: levels.map((_, i) => (i < 56 ? 1 : 0)), losses: lossesOf(n), levelCount: 2 },
      20,
    );
    expect(few.filter((row) => row >= 56)).toEqual([56, 57, 58, 59]);
  });

  it('has as many different rows as wanted, in rising order, of designs of every kind', () => {
    const fingerprints = someFingerprints(5, 1);
    const columns = { numeric: 1, categories: 1, substances: 1, fingerprints, vectors: [2] };
    const property = (n: number, most: number, seed: number) => {
      const designs = someDesigns(n, columns, seed);
      const levels = Int32Array.from({ length: n }, (_, i) => i % 3);
      const set = { designs, levels, losses: lossesOf(n), levelCount: 3 };
      const rows = rowSubset(set, most);
      expect(rows).toHaveLength(Math.min(n, most));
      expect(rows.every((row, i) => i === 0 || row > rows[i - 1]!)).toBe(true);
      expect(rowSubset(set, most)).toEqual(rows);
    };
    const size = fc.integer({ min: 4, max: 40 });
    fc.assert(fc.property(size, size, fc.integer({ min: 0, max: 99 }), property), { seed: 7, numRuns: 60 });
  });
});
