import { expect, it } from 'vitest';
import { learnableFaults, placeRun } from '../../../models/domain/achieved.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';

const parameters: readonly Parameter[] = [
  { name: 'x', type: 'continuous', bounds: [0, 1] },
  { name: 'kind', type: 'categorical', levels: ['a', 'b'] },
];
const proposed = { design: { x: 0.5, kind: 'a' }, rowId: '7' };

it('a trial was run where it was proposed, unless something else was achieved, which is in no row', () => {
  expect(placeRun(proposed, null)).toEqual(proposed);
  expect(placeRun(proposed, {}).design).toBe(proposed.design);
  expect(placeRun(proposed, { achieved: { x: 0.5 } }).design).toBe(proposed.design);
  expect(placeRun(proposed, { achieved: { x: 0.4 } })).toEqual({ design: { x: 0.4, kind: 'a' }, rowId: null });
});

it('what lies outside can be learned from where it can be encoded', () => {
  expect(learnableFaults(parameters, { x: 1.4, kind: 'a' })).toEqual([]);
  const wrong = learnableFaults(parameters, { x: 'warm', kind: 'c', y: 1 });
  expect(wrong.map(({ path }) => path).sort()).toEqual(['kind', 'x', 'y']);
});
