import { expect, it } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { narrowedSpace } from '../../../models/search/narrowed.js';
import { sampledDesigns } from '../../../models/search/sampled-designs.js';

const space: Space = {
  parameters: [
    { name: 'c', type: 'continuous', bounds: [0, 1] },
    { name: 'n', type: 'integer', bounds: [1, 100000] },
    { name: 'hue', type: 'categorical', levels: ['red', 'green', 'blue'] },
  ],
  pool: null,
  constraints: [
    { type: 'linear', terms: { n: 2 }, equals: 14 },
    { type: 'exclude', when: { hue: ['red', 'blue'] } },
  ],
};

it('leaves what constraints on one parameter leave, and samples that', () => {
  expect(narrowedSpace(space).parameters.slice(1)).toEqual([
    { name: 'n', type: 'discrete', values: [7] },
    { name: 'hue', type: 'categorical', levels: ['green'] },
  ]);
  expect(narrowedSpace(space)).toBe(narrowedSpace(space));
  const designs = sampledDesigns(space, 100, 1);
  expect(new Set(designs.map(({ c }) => c)).size).toBe(100);
  expect(designs.every(({ n, hue }) => n === 7 && hue === 'green')).toBe(true);
});

it('leaves a space alone where constraints are about several', () => {
  const other: Space = { ...space, constraints: [{ type: 'exclude', when: { hue: 'red', n: { above: 3 } } }] };
  expect(narrowedSpace(other)).toBe(other);
});
