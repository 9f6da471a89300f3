import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EncodedDesigns, selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { Generator } from '../../../../models/random/generator.js';
import { NetworkColumns } from '../../../../models/surrogate/networks/network-columns.js';
import { someCodes, someDesigns, someFingerprints } from '../../../support/encoded.js';

/** Designs of n rows with so many numbers each, which hang together in a few ways only. */
function wideDesigns(n: number, width: number, ways: number, seed: number): EncodedDesigns {
  const random = new Generator(seed);
  const directions = Array.from({ length: ways }, () => Array.from({ length: width }, () => random.normal()));
  const vectors = new Float64Array(n * width);
  for (let i = 0; i < n; i++)
    directions.forEach((direction) => {
      const share = random.normal();
      for (let j = 0; j < width; j++) vectors[i * width + j] = vectors[i * width + j]! + share * direction[j]!;
    });
  const plain = someDesigns(n, { numeric: 2, categories: 0 }, seed);
  return { ...plain, encoding: { ...plain.encoding, vectors: [width] }, vectors };
}

describe('what networks see of designs', () => {
  it('is standardised: mean 0 and mean square 1 of each column that varies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(1_000), (n, seed) => {
        const designs = someDesigns(n, { numeric: 3, categories: 1 }, seed);
        const columns = NetworkColumns.of(designs);
        const rows = columns.of(designs);
        for (let c = 0; c < columns.count; c++) {
          const values = Array.from({ length: n }, (_, i) => rows[i * columns.count + c]!);
          const square = values.reduce((sum, value) => sum + value * value, 0) / n;
          expect(values.reduce((a, b) => a + b, 0) / n).toBeCloseTo(0, 10);
          expect(Math.min(Math.abs(square - 1), square)).toBeLessThan(1e-9);
        }
      }),
      { seed: 2, numRuns: 30 },
    );
  });

  it.each([
    [30, 'fewer rows than columns'],
    [150, 'more rows than columns'],
  ])('keeps the directions of most variance of many columns: %i rows', (n) => {
    const designs = wideDesigns(n, 100, 5, n);
    const columns = NetworkColumns.of(designs);
    // Five ways and two numbers of its own, but for what the five cannot be told from.
    expect(columns.count).toBe(7);
    const rows = columns.of(designs);
    const squares = rows.reduce((sum, value) => sum + value * value, 0) / n / columns.count;
    expect(squares).toBeCloseTo(1, 6);
    for (let a = 0; a < columns.count; a++)
      for (let b = 0; b < a; b++) {
        const product = Array.from({ length: n }, (_, i) => rows[i * 7 + a]! * rows[i * 7 + b]!);
        expect(product.reduce((x, y) => x + y, 0) / n).toBeCloseTo(0, 6);
      }
    // Of a number for each column there are at most 64.
    expect(NetworkColumns.of(wideDesigns(90, 100, 80, 3)).count).toBe(64);
  });

  it('holds the codes of encoders, which weigh like 32 columns at most; what has none lies at their mean', () => {
    const [count, width] = [80, 50];
    const table = { ...someCodes(count, { width, seed: 3 }), masked: new Uint8Array(count) };
    table.masked[5] = 1;
    table.values.fill(0, 5 * width, 6 * width);
    const fingerprints = someFingerprints(count, 4);
    const designs = someDesigns(count, { numeric: 2, substances: 1, fingerprints, codes: [table] }, 2);
    designs.substances.set(Array.from({ length: count }, (_, m) => m));
    const columns = NetworkColumns.of(designs);
    expect(columns.count).toBe(52);
    const rows = columns.of(designs);
    const square = (row: number) =>
      rows.subarray(row * columns.count, (row + 1) * columns.count).reduce((sum, value) => sum + value * value, 0);
    const others = [...Array(count).keys()].filter((row) => row !== 5).map(square);
    expect(square(5)).toBeLessThan(Math.min(...others));
    // By its own deviation a number moves what is seen by as much more than a code does.
    const moves = (j: number, entries: ArrayLike<number>, step: number) => {
      const own = Array.from({ length: count }, (_, i) => entries[i * step]!);
      const mean = own.reduce((sum, one) => sum + one, 0) / count;
      const variance = own.reduce((sum, one) => sum + (one - mean) ** 2, 0) / count;
      return Math.sqrt(variance * columns.slope(j).reduce((sum, one) => sum + one * one, 0));
    };
    const numbers = [0, 1].map((j) => moves(j, designs.numeric.subarray(j), 2));
    const codes = Array.from({ length: width }, (_, j) => moves(2 + j, table.values.subarray(j), width));
    for (const code of codes) for (const number of numbers) expect(number / code).toBeCloseTo(Math.sqrt(50 / 32), 9);
  });

  it('is the same after it was kept as numbers, also for other designs', () => {
    const designs = wideDesigns(40, 80, 3, 9);
    const columns = NetworkColumns.of(designs);
    const again = NetworkColumns.from([...columns.toNumbers()]);
    const others = wideDesigns(11, 80, 3, 10);
    expect(again.of(others)).toEqual(columns.of(others));
    expect(again.slope(1)).toEqual(columns.slope(1));
  });

  it('changes with a numeric coordinate as its slope says', () => {
    const designs = wideDesigns(50, 80, 4, 5);
    const columns = NetworkColumns.of(designs);
    const point = selectDesigns(designs, [3]);
    for (const j of [0, 1]) {
      const moved = selectDesigns(point, [0]);
      moved.numeric[j] = moved.numeric[j]! + 0.25;
      const [before, after] = [columns.of(point), columns.of(moved)];
      columns.slope(j).forEach((slope, c) => {
        expect((after[c]! - before[c]!) / 0.25).toBeCloseTo(slope, 9);
      });
    }
  });
});
