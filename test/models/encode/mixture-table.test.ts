import { expect, it } from 'vitest';
import { parameterSchema } from '../../../models/domain/parameters/parameter.js';
import { firstOfEach, mixtureTable } from '../../../models/encode/mixture-table.js';

it('tells of mixtures that are not in the list by the same entries', () => {
  const alloy = (values: string[]) =>
    parameterSchema.parse({ name: 'alloy', type: 'composition', components: ['Fe', 'Ni', 'Cr'], values });
  const table = mixtureTable(alloy(['Fe:0.5 Ni:0.5', 'Fe:0.2 Ni:0.8', 'Ni:0.4 Cr:0.6']));
  const listed = table.entries.get('Fe:0.2 Ni:0.8')!;
  expect(table.strange('Fe:0.2 Ni:0.8')).toEqual(listed);
  expect(table.values.get(listed.join())).toBe('Fe:0.2 Ni:0.8');
  // Of a mixture between two listed ones the fraction of iron is between theirs, on any scale.
  const between = table.strange('Fe:0.3 Ni:0.7')[1]!;
  const ends = ['Fe:0.5 Ni:0.5', 'Fe:0.2 Ni:0.8'].map((value) => table.entries.get(value)![1]!);
  expect(between).toBeGreaterThan(Math.min(...ends));
  expect(between).toBeLessThan(Math.max(...ends));
});

it('keeps the first of equal keys', () => {
  expect(
    [
      ...firstOfEach([
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ]),
    ].sort(),
  ).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});
