import { expect, it } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { DerivedSpaces } from '../../../models/strategy/derived-spaces.js';

const space: Space = { parameters: [], pool: null };
const made = (key: string) => ({ key, space: Promise.resolve({ ...space }) });

it('the two used last are remembered of each space, and nothing that could not be had', async () => {
  const derived = new DerivedSpaces<ReturnType<typeof made>>();
  const [a, b, c] = ['a', 'b', 'c'].map(made) as [
    ReturnType<typeof made>,
    ReturnType<typeof made>,
    ReturnType<typeof made>,
  ];
  const keys = (of: Space) => derived.of(of).map(({ key }) => key);
  expect(await derived.use(space, a)).toBe(await a.space);
  for (const one of [b, a, c]) derived.use(space, one);
  expect(keys(space)).toEqual(['a', 'c']);
  expect(keys({ ...space })).toEqual([]);
  await expect(derived.use(space, { key: 'lost', space: Promise.reject(new Error('gone')) })).rejects.toThrow('gone');
  expect(keys(space)).toEqual(['c']);
});
