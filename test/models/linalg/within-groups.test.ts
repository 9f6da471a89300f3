import { describe, expect, it } from 'vitest';
import { WithinGroups } from '../../../models/linalg/within-groups.js';
import { Generator } from '../../../models/random/generator.js';

describe('what is left of values within groups', () => {
  const groups = [
    [0, 1, 2],
    [3, 4],
    [6, 7],
  ];

  it('is their deviation from the mean of each where nothing explains it', () => {
    const within = new WithinGroups(groups, []);
    expect([...within.left([1, 2, 6, 4, 8, 99, 5, 5])]).toEqual([-2, -1, 3, -2, 2, 0, 0]);
    expect([within.rank, ...within.taken]).toEqual([0, 0, 0, 0]);
  });

  it('is what least squares leave, with dummies of groups and slopes of the columns', () => {
    // By hand: x deviates by ±1 in the second group alone, so the slope takes its only degree of freedom.
    const x = [5, 5, 5, 1, 3, 0, 2, 2];
    const within = new WithinGroups(groups, [x, x.map((one) => 7 - 2 * one), x.map(() => 4)]);
    expect(within.rank).toBe(1);
    [0, 1, 0].forEach((taken, g) => {
      expect(within.taken[g]).toBeCloseTo(taken, 12);
    });
    [-2, -1, 3, 0, 0, -1, 1].forEach((left, i) => {
      expect(within.left([1, 2, 6, 4, 800, 99, 4, 6])[i]).toBeCloseTo(left, 9);
    });
  });

  it('is more by what a group adds, as if all were asked without it', () => {
    const random = new Generator(5, 'columns');
    const many = [
      [0, 1, 2],
      [3, 4],
      [5, 6],
      [7, 8, 9, 10],
    ];
    const draw = () => Array.from({ length: 11 }, () => random.normal());
    // The last column varies in the third group alone.
    const columns = [draw(), draw(), draw().map((one, row) => (row === 5 ? one : 0))];
    const y = draw().map((one, row) => one + (row === 1 ? 1e4 : 0));
    const squares = (within: WithinGroups) => within.left(y).reduce((sum, one) => sum + one ** 2, 0);
    const freedom = ({ groups: some, rank }: WithinGroups) => some.flat().length - some.length - rank;
    const all = new WithinGroups(many, columns);
    for (const g of many.keys()) {
      const without = new WithinGroups(
        many.filter((_, i) => i !== g),
        columns,
      );
      const added = all.added(g, all.left(y));
      expect(added.freedom).toBe(freedom(all) - freedom(without));
      expect(added.squares / (squares(all) - squares(without) || 1)).toBeCloseTo(added.freedom === 0 ? 0 : 1, 6);
    }
    expect(all.added(2, all.left(y)).freedom).toBe(0);
    const plain = new WithinGroups(many, []);
    expect(plain.added(0, plain.left([1, 2, 6, ...Array(8).fill(0)]))).toEqual({ squares: 14, freedom: 2 });
  });

  it('is at a right angle to what explains, and nothing where that explains it all', () => {
    const random = new Generator(3, 'columns');
    const draw = () => Array.from({ length: 8 }, () => random.normal());
    const [a, b, y] = [draw(), draw(), draw()];
    const within = new WithinGroups(groups, [a, b]);
    expect([...within.taken].reduce((sum, one) => sum + one, 0)).toBeCloseTo(2, 12);
    const plain = new WithinGroups(groups, []);
    const left = within.left(y);
    for (const column of [a, b])
      expect(plain.left(column).reduce((sum, one, i) => sum + one * left[i]!, 0)).toBeCloseTo(0, 12);
    expect([...within.left(a.map((one, i) => 3 * one - 1e6 * b[i]!))]).toEqual(Array(7).fill(0));
  });
});
