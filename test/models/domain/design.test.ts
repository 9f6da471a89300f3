import fc from 'fast-check';
import { expect, test } from 'vitest';
import { designKey } from '../../../models/domain/design.js';

test('a key does not depend on the order of names, and differs where a value does', () => {
  expect(designKey({ a: 1, b: 'x' })).toBe(designKey({ b: 'x', a: 1 }));
  expect(designKey({ a: 1 })).not.toBe(designKey({ a: '1' }));
  expect(designKey({ a: 1 })).not.toBe(designKey({ b: 1 }));
  expect(designKey({ 'a","b': 1 })).not.toBe(designKey({ a: 1, b: 1 }));
});

test('numbers that differ in the last bit have different keys', () =>
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), (a) => {
      const b = a * (1 + Number.EPSILON);
      expect(designKey({ x: a }) === designKey({ x: b })).toBe(a === b);
    }),
    { seed: 3 },
  ));
