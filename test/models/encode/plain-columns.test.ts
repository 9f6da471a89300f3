import { expect, test } from 'vitest';
import { sliceDesigns } from '../../../models/encode/encoded-designs.js';
import { columnsOf } from '../../../models/encode/plain-columns.js';
import { someDescriptors, someDesigns, someFingerprints } from '../../support/encoded.js';

const designs = someDesigns(
  7,
  {
    numeric: 2,
    categories: 1,
    substances: 1,
    vectors: [3],
    fingerprints: someFingerprints(4, 1),
    descriptors: [someDescriptors(4, 5, 2)],
  },
  3,
);

test('each kind of column stands in its place, a category as one column a level', () => {
  const columns = columnsOf(designs, [3]);
  const width = 2 + 3 + 3 + 5;
  expect(columns).toHaveLength(7 * width);
  for (let row = 0; row < 7; row++) {
    const own = columns.subarray(row * width, (row + 1) * width);
    expect([...own.subarray(0, 2)]).toEqual([...designs.numeric.subarray(2 * row, 2 * row + 2)]);
    expect([...own.subarray(2, 5)]).toEqual([...designs.vectors.subarray(3 * row, 3 * row + 3)]);
    expect([...own.subarray(5, 8)]).toEqual([0, 1, 2].map((level) => (level === designs.categories[row] ? 1 : 0)));
    const molecule = designs.substances[row]!;
    const { values } = designs.encoding.descriptors[0]!;
    expect([...own.subarray(8)]).toEqual([...values.subarray(5 * molecule, 5 * molecule + 5)]);
  }
});

test('a design has the same columns alone and among others', () => {
  const all = columnsOf(designs, [3]);
  const alone = columnsOf(sliceDesigns(designs, 4, 1), [3]);
  expect([...alone]).toEqual([...all.subarray(4 * alone.length, 5 * alone.length)]);
});
