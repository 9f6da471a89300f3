import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binColumns, SplitFinder } from '../../../../models/surrogate/trees/binned-columns.js';

describe('binned columns', () => {
  const column = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 });

  it('keep the order of the values, and tell the lowest and highest of each bin', () => {
    fc.assert(
      fc.property(column, (values) => {
        const { bins, lowest, highest } = binColumns(Float64Array.from(values), values.length);
        values.forEach((a, i) => {
          expect(lowest[bins[i]!]).toBe(values.filter((_, k) => bins[k] === bins[i]).reduce((x, y) => Math.min(x, y)));
          expect(highest[bins[i]!]! >= a).toBe(true);
          values.forEach((b, k) => {
            expect(a < b ? bins[i]! < bins[k]! : a === b ? bins[i] === bins[k] : true).toBe(true);
          });
        });
      }),
      { seed: 1, numRuns: 40, examples: [[[0, 3, 3, -1]]] },
    );
  });

  it('share 256 bins evenly where there are more values', () => {
    const n = 1000;
    const { bins } = binColumns(
      Float64Array.from({ length: n }, (_, i) => (i * 7) % n),
      n,
    );
    const sizes = [...new Set(bins)].map((bin) => bins.filter((other) => other === bin).length);
    expect(sizes.length).toBe(250);
    expect(Math.max(...sizes)).toBe(4);
  });

  it('find the split of the least squared error, as trying all does', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.double({ min: -3, max: 3, noNaN: true }), fc.nat(3));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (rows, least) => {
        const used = Int32Array.from(rows.keys()).filter((i) => rows[i]![2] > 0);
        const columns = binColumns(
          Float64Array.from(rows, ([x]) => x),
          rows.length,
        );
        const weights = Float64Array.from(rows, ([, , w]) => w);
        const finder = new SplitFinder(
          columns,
          Float64Array.from(rows, ([, y]) => y),
          weights,
        );
        const side = (keep: (x: number) => boolean) => {
          const mine = rows.filter(([x, , w]) => w > 0 && keep(x));
          const total = mine.reduce((sum, [, , w]) => sum + w, 0);
          const sum = mine.reduce((all, [, y, w]) => all + w * y, 0);
          return { total, gain: total === 0 ? 0 : (sum * sum) / total };
        };
        const gains = [0, 1, 2, 3, 4, 5].flatMap((cut) => {
          const [left, right] = [side((x) => x <= cut), side((x) => x > cut)];
          return Math.min(left.total, right.total) >= least ? [left.gain + right.gain] : [];
        });
        const found = finder.best(used, 0, least);
        if (gains.length === 0) expect(found).toBeNull();
        else expect(found!.gain).toBeCloseTo(Math.max(...gains), 9);
        // Nothing is left in the working memory.
        expect(finder.best(used, 0, least)).toEqual(found);
      }),
      { seed: 2 },
    );
  });
});
