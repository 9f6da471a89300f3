import { expect, it } from 'vitest';
import { Constraints } from '../../../models/domain/constraints/constraint.js';
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

it('leaves what depends on others as it is, so that it rests where the space says', () => {
  const dependent: Space = {
    parameters: [
      { name: 'c', type: 'continuous', bounds: [0, 1] },
      { name: 'loading', type: 'discrete', values: [0, 1, 2] },
      { name: 'base', type: 'categorical', levels: ['none', 'K2CO3'] },
    ],
    pool: null,
    constraints: [
      { type: 'exclude', when: { loading: 0 } },
      { type: 'dependency', parameter: 'loading', when: { base: 'K2CO3' } },
    ],
  };
  expect(narrowedSpace(dependent).parameters[1]).toBe(dependent.parameters[1]);
  const constraints = Constraints.of(dependent);
  const designs = sampledDesigns(dependent, 50, 1);
  expect(designs.length).toBe(50);
  expect(designs.filter((design) => constraints.excess(design) > 0)).toEqual([]);
});

it('leaves a space alone where constraints are about several', () => {
  const other: Space = { ...space, constraints: [{ type: 'exclude', when: { hue: 'red', n: { above: 3 } } }] };
  expect(narrowedSpace(other)).toBe(other);
});
