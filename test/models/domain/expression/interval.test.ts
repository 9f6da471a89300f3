import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../../../models/domain/expression/evaluate.js';
import { type Interval, surely } from '../../../../models/domain/expression/interval.js';
import { parseExpression } from '../../../../models/domain/expression/parse.js';
import type { Tree } from '../../../../models/domain/expression/tree.js';

const properties = { weight: { a: 2, b: 5 } };
const numbers = fc.letrec<{ number: string }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('x', 'y', '1', '2.5', 'weight(z)'),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number'))
      .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    fc.tuple(tie('number'), fc.constantFrom('2', '3', '-1', '0.5', 'x')).map(([a, power]) => `(${a}) ^ ${power}`),
    fc.tuple(fc.constantFrom('abs', 'exp', 'log', 'log10', 'sqrt'), tie('number')).map(([name, a]) => `${name}(${a})`),
    fc.tuple(fc.constantFrom('min', 'max'), tie('number'), tie('number')).map(([name, a, b]) => `${name}(${a}, ${b})`),
    tie('number').map((a) => `-${a}`),
    fc.tuple(tie('number'), tie('number')).map(([a, b]) => `(x > y ? ${a} : ${b})`),
  ),
})).number;
const truths = fc.letrec<{ truth: string }>((tie) => ({
  truth: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(numbers, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), numbers).map((parts) => parts.join(' ')),
    fc.constantFrom("z == 'a'", "z != 'b'"),
    fc.tuple(tie('truth'), fc.constantFrom('&&', '||'), tie('truth')).map(([a, sign, b]) => `((${a}) ${sign} (${b}))`),
    tie('truth').map((a) => `!(${a})`),
  ),
})).truth;
const intervals = fc
  .tuple(fc.integer({ min: -8, max: 8 }), fc.integer({ min: 0, max: 6 }))
  .map(([low, width]): Interval => [low / 2, (low + width) / 2]);
const share = fc.integer({ min: 0, max: 8 }).map((i) => i / 8);

test('what surely holds, or does not, is so of every design', () => {
  let sure = 0;
  fc.assert(
    fc.property(truths, intervals, intervals, share, share, fc.constantFrom('a', 'b'), (text, x, y, u, v, z) => {
      const tree = parseExpression(text) as Tree;
      const answer = surely(tree, { of: (name) => (name === 'z' ? z : name === 'x' ? x : y), properties });
      if (answer === 'maybe') return;
      sure += 1;
      const at: Readonly<Record<string, number | string>> = {
        x: x[0] + u * (x[1] - x[0]),
        y: y[0] + v * (y[1] - y[0]),
        z,
      };
      // Of what has no value nothing holds, and nothing is said.
      if (hasNoValue(tree, at)) return;
      expect(evaluate(tree, { of: (name) => at[name]!, properties })).toBe(answer);
    }),
    { seed: 11, numRuns: 5_000 },
  );
  expect(sure).toBeGreaterThan(1_000);
});

function hasNoValue(tree: Tree, at: Readonly<Record<string, number | string>>): boolean {
  const value = evaluate(tree, { of: (name) => at[name]!, properties });
  if (typeof value === 'number' && !Number.isFinite(value)) return true;
  if (tree.kind === 'call') return tree.given.some((one) => hasNoValue(one, at));
  if (tree.kind === 'unary') return hasNoValue(tree.of, at);
  if (tree.kind === 'binary') return hasNoValue(tree.left, at) || hasNoValue(tree.right, at);
  return tree.kind === 'choice' && [tree.test, tree.yes, tree.no].some((one) => hasNoValue(one, at));
}

test.each([
  ['x * x + 5 > 0.5', [-1, 2], true],
  ['x ^ 2 < 0', [-3, 3], false],
  ['x ^ 2 < 100', [20, 120], false],
  ['x / 2 > 3 && x < 4', [0, 10], 'maybe'],
  ['exp(x) > 0', [-1, 1], true],
  ['1 / x > 0', [-1, 1], 'maybe'],
] as const)('%s of %j is %s', (text, x, answer) => {
  expect(surely(parseExpression(text) as Tree, { of: () => x, properties })).toBe(answer);
});
