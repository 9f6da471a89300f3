import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { binColumns } from '../../../../models/surrogate/trees/binned-columns.js';
import { growTree, leavesOf } from '../../../../models/surrogate/trees/regression-tree.js';

const n = 60;
const random = new Generator(3, 'columns');
const columns = Float64Array.from({ length: 3 * n }, () => random.uniform());
const steps = Float64Array.from({ length: n }, (_, i) => (columns[i]! > 0.5 ? 2 : 0) + (columns[n + i]! > 0.3 ? 1 : 0));
const evenly = new Float64Array(n).fill(1);
const grow = (y: Float64Array, weights: Float64Array, leastInLeaf: number) =>
  growTree(binColumns(columns, n), y, weights, { leastInLeaf, tried: 3 }, new Generator(1));

describe('regression tree', () => {
  it('finds steps exactly, and asks only the columns that have them', () => {
    const tree = grow(steps, evenly, 1);
    const leaves = leavesOf(tree, columns, n);
    steps.forEach((value, i) => {
      expect(tree.mean[leaves[i]!]).toBeCloseTo(value, 12);
    });
    expect(new Set(tree.column)).toEqual(new Set([-1, 0, 1]));
    expect(tree.column.filter((column) => column === -1).length).toBe(4);
  });

  it('gives each leaf the mean and variance of its rows, counted by their weights, and enough of them', () => {
    const noise = new Generator(8);
    const y = steps.map((value) => value + noise.normal());
    const weights = evenly.map(() => noise.below(4));
    const tree = grow(y, weights, 5);
    const leaves = leavesOf(tree, columns, n);
    for (const leaf of new Set(leaves)) {
      const rows = [...leaves.keys()].filter((i) => leaves[i] === leaf && weights[i]! > 0);
      const total = rows.reduce((sum, i) => sum + weights[i]!, 0);
      const mean = rows.reduce((sum, i) => sum + weights[i]! * y[i]!, 0) / total;
      const variance = rows.reduce((sum, i) => sum + weights[i]! * (y[i]! - mean) ** 2, 0) / total;
      expect(total).toBeGreaterThanOrEqual(5);
      expect(tree.mean[leaf]).toBeCloseTo(mean, 12);
      expect(tree.variance[leaf]).toBeCloseTo(variance, 12);
    }
    expect(new Set(leaves).size).toBeGreaterThan(3);
  });
});
