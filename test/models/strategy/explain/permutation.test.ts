import { expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { permutationImportance } from '../../../../models/strategy/explain/permutation.js';

it('gives a factor the fall of R² that shuffling it comes to', () => {
  const random = new Generator(1, 'designs');
  const designs = Array.from({ length: 200 }, () => ({
    a: random.uniform(),
    b: random.uniform(),
    c: random.uniform(),
  }));
  const f = ({ a, b }: Record<string, number>) => 3 * a! + b!;
  const predict = (ones: readonly Record<string, unknown>[]) => ones.map((one) => f(one as Record<string, number>));
  const measured = designs.map(f);
  const importance = permutationImportance(predict, ['a', 'b', 'c'], { designs, measured }, 7);
  // Shuffled, a coefficient k costs 2·k²·Var; of the total (9 + 1)·Var: 1.8 and 0.2, within the spread over 20 shuffles of 200.
  expect(importance[0]!.fall).toBeCloseTo(1.8, 0);
  expect(importance[1]!.fall).toBeCloseTo(0.2, 1);
  expect(importance[2]!.fall).toBe(0);
  expect(
    permutationImportance(predict, ['a'], { designs: designs.slice(0, 3), measured: measured.slice(0, 3) }, 7),
  ).toEqual([]);
});
