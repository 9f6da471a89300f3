import type { Generator } from '../../random/generator.js';
import { type BinnedColumns, SplitFinder } from './binned-columns.js';

/** How trees are grown. */
export interface TreeOptions {
  /** Rows in a leaf, at least, counted as often as they were drawn. */
  readonly leastInLeaf: number;
  /** Columns tried at each split that vary over its rows. */
  readonly tried: number;
}

/** A binary tree over columns of numbers: at node i, values up to the threshold go to `left`, others to `right`. */
export interface RegressionTree {
  /** Column that is asked, −1 at a leaf. */
  readonly column: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Mean of the values that came to each node, and their variance. */
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/**
 * Grows a tree on weighted rows, each split that of the least squared error over some columns drawn at random. The
 * threshold is drawn evenly between the two neighbouring values, so that trees differ where nothing was measured.
 *
 * @param y - values, [n]
 * @param weights - how often each row counts, [n]; rows of weight 0 are left out
 */
export function growTree(
  columns: BinnedColumns,
  y: Float64Array,
  weights: Float64Array,
  { leastInLeaf, tried }: TreeOptions,
  random: Generator,
): RegressionTree {
  const tree = {
    column: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    mean: [] as number[],
    variance: [] as number[],
  };
  const finder = new SplitFinder(columns, y, weights);
  const order = Int32Array.from({ length: columns.width }, (_, j) => j);
  const add = (rows: Int32Array): number => {
    const node = tree.mean.length;
    const { total, mean, variance } = momentsOf(rows, y, weights);
    tree.mean.push(mean);
    tree.variance.push(variance);
    for (const part of [tree.column, tree.left, tree.right]) part.push(-1);
    tree.threshold.push(0);
    if (total < 2 * leastInLeaf || variance < 1e-14) return node;
    const found = bestSplit(rows);
    if (found === null) return node;
    const { column, bin, next } = found;
    const low = columns.highest[column * 256 + bin]!;
    const high = columns.lowest[column * 256 + next]!;
    tree.column[node] = column;
    tree.threshold[node] = low + random.uniform() * (high - low);
    tree.left[node] = add(rows.filter((row) => columns.bins[column * columns.n + row]! <= bin));
    tree.right[node] = add(rows.filter((row) => columns.bins[column * columns.n + row]! > bin));
    return node;
  };
  const bestSplit = (rows: Int32Array) => {
    let best: { column: number; bin: number; next: number; gain: number } | null = null;
    for (let k = 0, valid = 0; k < order.length && valid < tried; k++) {
      const other = k + random.below(order.length - k);
      [order[k], order[other]] = [order[other]!, order[k]!];
      const column = order[k]!;
      const split = finder.best(rows, column, leastInLeaf);
      if (split === null) continue;
      valid++;
      if (best === null || split.gain > best.gain) best = { column, ...split };
    }
    return best;
  };
  add(Int32Array.from(weights.keys()).filter((row) => weights[row]! > 0));
  return tree;
}

/** Leaf of each row of some columns, [n]. */
export function leavesOf(tree: RegressionTree, columns: Float64Array, n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, row) => {
    let node = 0;
    for (let column = tree.column[0]!; column >= 0; column = tree.column[node]!)
      node = columns[column * n + row]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
    return node;
  });
}

/** Mean and variance of rows counted by their weights. */
function momentsOf(rows: Int32Array, y: Float64Array, weights: Float64Array) {
  let [total, mean, variance] = [0, 0, 0];
  for (const row of rows) {
    total += weights[row]!;
    mean += weights[row]! * y[row]!;
  }
  mean /= total;
  for (const row of rows) variance += weights[row]! * (y[row]! - mean) ** 2;
  return { total, mean, variance: variance / total };
}
