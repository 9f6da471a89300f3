import { expect, it } from 'vitest';
import type { Visit } from '../../../models/strategy/history.js';
import { nextOf, quiet, visit } from '../../support/replicate-visits.js';

it('compares values apart from what contexts do', () => {
  const contexts = [{ name: 'batch', type: 'categorical' }];
  const at = (batch: string, shift: number) => (one: Visit) => ({
    ...one,
    contexts: { batch },
    turned: [one.turned[0]! + shift],
  });
  const [a, b] = [at('A', 0), at('B', 8)];
  const pairs = quiet([1]).map((one, i) => (i % 4 === 3 ? b(one) : a(one)));
  const all = (turned: number) => [...pairs, a(visit('a', 0.1, [0.5])), b(visit('b', 0.1, [turned]))];
  expect(nextOf({ contexts }, all(0.52))).toBeNull();
  expect(nextOf({ contexts }, all(3))).toMatch(
    /^measures again what a, b measured, as its values of f disagree, apart from what contexts do: they differ by 1\.\d/,
  );
  // Of a batch in which nothing else was measured nobody can say what it does.
  const alone = [...pairs, a(visit('a', 0.1, [0.5])), at('C', 0)(visit('b', 0.1, [40]))];
  expect(nextOf({ contexts }, alone)).toBeNull();
});
