import { expect, test } from 'vitest';
import {
  parameterSchema,
  parameterTypeNames,
  typeNamed,
  typeOf,
} from '../../../../models/domain/parameters/parameter.js';

test('every type is known by its name, and a composition adds up to 1 where nothing else is said', () => {
  expect(parameterTypeNames).toEqual([
    'continuous',
    'discrete',
    'integer',
    'categorical',
    'substance',
    'composition',
    'formula',
  ]);
  for (const name of parameterTypeNames) expect(typeNamed(name).type).toBe(name);
  const level = { name: 'c', type: 'categorical' as const, levels: ['a'] };
  expect(typeOf(level)).toBe(typeNamed('categorical'));
  expect(parameterSchema.parse({ name: 'b', type: 'composition', components: ['A', 'B'] })).toEqual({
    name: 'b',
    type: 'composition',
    components: ['A', 'B'],
    total: 1,
  });
});

test.each([
  [{ name: 'x', type: 'continuous', bounds: [0, 1], step: 2 }],
  [{ name: 'x', type: 'categorical', levels: [''] }],
  [{ name: '1x', type: 'continuous', bounds: [0, 1] }],
  [{ name: 'x'.repeat(65), type: 'continuous', bounds: [0, 1] }],
  [{ name: 'x', type: 'vector' }],
  [{ name: 'x', type: 'discrete', values: [Number.NaN] }],
])('%j is not a parameter', (given) => {
  expect(parameterSchema.safeParse(given).success).toBe(false);
});
