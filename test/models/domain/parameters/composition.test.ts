import { expect, test } from 'vitest';
import { compositionSchema } from '../../../../models/domain/parameters/composition.js';

test('a composition has two components or more and a total above 0', () => {
  const given = { name: 'blend', type: 'composition', components: ['A', 'B'], total: 100 };
  expect(compositionSchema.parse(given)).toEqual(given);
  expect(compositionSchema.safeParse({ ...given, components: ['A'] }).success).toBe(false);
  expect(compositionSchema.safeParse({ ...given, total: 0 }).success).toBe(false);
});
