import { expect, it } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { valuesWithin } from '../../../models/feasible/values-within.js';

const space: Space = {
  pool: null,
  parameters: [
    { name: 'load', type: 'continuous', bounds: [0.5, 5] },
    { name: 'n', type: 'integer', bounds: [1, 4] },
    { name: 'eq', type: 'discrete', values: [1, 2] },
    { name: 'k', type: 'categorical', levels: ['x', 'y'] },
    { name: 'mix', type: 'composition', components: ['A', 'B'], total: 1 },
  ],
  properties: { price: { x: 1, y: 5 }, cost: { A: 2, B: 4 } },
};

it('are those of all lists, with ranges and amounts as intervals', () => {
  const within = (expression: string) => valuesWithin(expression, space)!.map((one) => Number(one.toFixed(9)));
  expect(within('price(k)*load')).toEqual([0.5, 25]);
  expect(within('eq*price(k) + n')).toEqual([2, 14]);
  // Of lists the combinations themselves: the same value of eq in both places.
  expect(within('(eq - 1)*(eq - 2)')).toEqual([0, 0]);
  // Amounts by themselves, which is wider than what a sum of them can be.
  expect(within('cost(mix)')).toEqual([0, 6]);
  expect(within("k == 'x' ? load : 10")).toEqual([0.5, 10]);
});

it('are nothing where something may be endless, or lists are too long', () => {
  expect(valuesWithin('load/(n - 2)', space)).toBeNull();
  const long = Array.from({ length: 80 }, (_, i) => i);
  const lists: Space = { ...space, parameters: ['a', 'b'].map((name) => ({ name, type: 'discrete', values: long })) };
  expect(valuesWithin('a + b', lists)).toBeNull();
});

it('are those of the rows of a pool', () => {
  const designs = [0.5, 2, 3].map((load) => ({ load, n: 1, eq: 1, k: 'y', mix: 'A:1' }));
  const pool: Space = { ...space, pool: { ids: ['a', 'b', 'c'], designs } };
  expect(valuesWithin('price(k)*load', pool)).toEqual([2.5, 15]);
  expect(valuesWithin('log(load - 2)', pool)).toEqual([0, 0]);
  expect(valuesWithin('log(load - 9)', pool)).toBeNull();
});
