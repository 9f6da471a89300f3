import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distinctNames } from '../../../models/domain/distinct-names.js';

it('gives every name once, and those that come once as they are', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'a (2)', 'a (3)', 'a (2) (2)', '__proto__', '(__proto__)', ''));
  fc.assert(
    fc.property(names, (given) => {
      const out = given.map(distinctNames());
      expect(new Set(out).size).toBe(given.length);
      expect(out).not.toContain('__proto__');
    }),
    { seed: 9, numRuns: 500 },
  );
  expect(['a', 'b', 'a', 'a'].map(distinctNames())).toEqual(['a', 'b', 'a (2)', 'a (3)']);
});
