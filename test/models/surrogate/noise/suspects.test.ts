import { expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { markedRows, suspectsOf } from '../../../../models/surrogate/noise/suspects.js';
import { someDesigns } from '../../../support/encoded.js';

it('suspects are found again by their marks at the target, in any order, unless their value was changed', () => {
  const designs = someDesigns(6, { numeric: 2, categories: 1 }, 3);
  const training = {
    designs,
    levels: Int32Array.of(1, 1, 0, 1, 1, 1),
    losses: Float64Array.of(1, 2, 3, 4, 5, 6),
    levelCount: 2,
    finite: false,
  };
  const { marks, designs: left } = suspectsOf(training, [1, 4]);
  expect(left).toEqual(selectDesigns(designs, [1, 4]));
  expect(markedRows(training, marks)).toEqual([1, 4]);
  const order = [4, 3, 2, 1, 0, 5];
  const turned = {
    ...training,
    designs: selectDesigns(designs, order),
    levels: Int32Array.from(order, (row) => training.levels[row]!),
    losses: Float64Array.from(order, (row) => training.losses[row]!),
  };
  expect(markedRows(turned, marks)).toEqual([0, 3]);
  expect(markedRows({ ...training, losses: training.losses.with(4, 5.1) }, marks)).toEqual([1]);
  expect(markedRows({ ...training, levels: new Int32Array(6) }, marks)).toEqual([]);
});
