import { describe, expect, it } from 'vitest';
import { tanimoto } from '../../../models/encode/fingerprint.js';
import { allColumns, numericRow, numericWidth, otherDistances } from '../../../models/kernel/columns.js';
import { someDesigns } from '../../support/encoded.js';
import { everyColumn } from '../../support/kernels.js';

const designs = someDesigns(12, everyColumn, 3);
const { encoding } = designs;

describe('distances of columns that are not numeric', () => {
  it('come as categories, molecules, vectors', () => {
    const [category, first, second, short, long, ...none] = otherDistances(encoding, allColumns(encoding));
    expect(none).toEqual([]);
    const [a, b] = [3, 8];
    const at = (i: number, s: number) => designs.substances[2 * i + s]!;
    expect(category!(designs, a, designs, b)).toBe(designs.categories[a] === designs.categories[b] ? 0 : 0.5);
    const similarity = (s: number) => tanimoto(encoding.fingerprints[at(a, s)]!, encoding.fingerprints[at(b, s)]!);
    expect(first!(designs, a, designs, b)).toBeCloseTo(1 - similarity(0), 14);
    expect(second!(designs, a, designs, b)).toBeCloseTo(1 - similarity(1), 14);
    const z = (i: number) => [...designs.vectors.subarray(5 * i, 5 * i + 5)];
    const squares = z(a).map((value, j) => (value - z(b)[j]!) ** 2);
    expect(short!(designs, a, designs, b)).toBeCloseTo((squares[0]! + squares[1]!) / 2, 14);
    expect(long!(designs, a, designs, b)).toBeCloseTo((squares[2]! + squares[3]! + squares[4]!) / 3, 14);
  });

  it('compare molecules only by which they are', () => {
    const columns = { ...allColumns(encoding), categories: [], vectors: [], substances: [0] };
    const [byIdentity] = otherDistances(encoding, { ...columns, molecules: 'identity' });
    for (let i = 0; i < 12; i++) {
      const [m, k] = [designs.substances[0]!, designs.substances[2 * i]!];
      expect(byIdentity!(designs, 0, designs, i)).toBe(m === k ? 0 : 0.5);
    }
  });

  it('become numeric columns where molecules are compared by descriptors', () => {
    const columns = { ...allColumns(encoding), molecules: 'descriptors' as const };
    expect(otherDistances(encoding, columns)).toHaveLength(3);
    expect(numericWidth(encoding, columns)).toBe(3 + 4 + 2);
    const row = new Float64Array(9);
    numericRow(columns, designs, 5, row);
    const [first, second] = encoding.descriptors;
    const [m, k] = [designs.substances[10]!, designs.substances[11]!];
    expect([...row]).toEqual([
      ...designs.numeric.subarray(15, 18),
      ...first!.values.subarray(4 * m, 4 * m + 4),
      ...second!.values.subarray(2 * k, 2 * k + 2),
    ]);
  });

  it('are zero for equal rows and the same both ways', () => {
    for (const distance of otherDistances(encoding, allColumns(encoding)))
      for (let i = 0; i < 12; i++) {
        expect(distance(designs, i, designs, i)).toBe(0);
        expect(distance(designs, 2, designs, i)).toBe(distance(designs, i, designs, 2));
      }
  });
});
