import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { Generator } from '../../random/generator.js';
import { noiseOf } from '../noise/out-of-bag.js';
import type { Bagged, Slopes, View } from '../process/view-posterior.js';
import { binColumns } from './binned-columns.js';
import { growTree, leavesOf, type RegressionTree } from './regression-tree.js';
import { TreeFeatures } from './tree-features.js';

/** Number of trees; columns tried at each split, as a share of all and at most; rows in a leaf, at least. */
const [treeCount, triedShare, triedMost, leastInLeaf] = [100, 5 / 6, 40, 2];

/** Variance of a leaf, at least, in standardised losses: no loss is known exactly. */
const leastVariance = 1e-6;

/** What each tree says of some designs. */
export interface ForestView extends View {
  /** Leaf that each tree puts a design in, [trees × n]. */
  readonly leaves: readonly Int32Array[];
  /** Value of that leaf minus the mean over the trees, [trees × n]. */
  readonly deviations: readonly Float64Array[];
}

/**
 * Regression trees, each grown on rows drawn with replacement from all.
 *
 * Read as a normal distribution over losses, with mean the mean over the trees and
 *
 * cov(f(x), f(x')) = Σ_t (f_t(x) − f̄(x))·(f_t(x') − f̄(x'))/(T − 1) + Σ_t [same leaf of t]·v_t/T,
 *
 * v_t the variance of the losses in that leaf; at x = x' it is the variance over the trees plus the mean variance of the
 * leaves. Trees are constant between their thresholds, so all slopes are 0, and a search along gradients stays where it starts.
 *
 * @see Breiman 2001, Machine Learning 45, 5; Hutter, Hoos and Leyton-Brown 2011 (SMAC: both parts of the variance)
 */
export class Forest implements Bagged<ForestView> {
  readonly hyperparameters: readonly number[];
  readonly noise: number;
  private readonly features: TreeFeatures;
  private readonly trees: readonly RegressionTree[];
  /** How often each tree has drawn each row, [trees × n]. */
  private readonly drawn: readonly Float64Array[];

  /** @param y - standardised losses, [n] @param logNoise - log of the noise variance; found out of bag where null */
  constructor(
    private readonly designs: EncodedDesigns,
    y: Float64Array,
    seed: number,
    logNoise: number | null = null,
  ) {
    const { n } = designs;
    this.features = new TreeFeatures(designs);
    const binned = binColumns(this.features.of(designs), n);
    const tried = Math.min(triedMost, Math.ceil(triedShare * this.features.width));
    const root = new Generator(seed, 'trees');
    const streams = Array.from({ length: treeCount }, (_, t) => root.split(t));
    this.drawn = streams.map((random) => {
      const times = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const row = random.below(n);
        times[row] = times[row]! + 1;
      }
      return times;
    });
    this.trees = streams.map((random, t) => growTree(binned, y, this.drawn[t]!, { leastInLeaf, tried }, random));
    this.hyperparameters = [logNoise ?? Math.log(noiseOf(this.outOfBag(), y))];
    this.noise = Math.exp(this.hyperparameters[0]!);
  }

  view(designs: EncodedDesigns): ForestView {
    const { n } = designs;
    const columns = this.features.of(designs);
    const leaves = this.trees.map((tree) => leavesOf(tree, columns, n));
    const deviations = leaves.map((own, t) => Float64Array.from(own, (leaf) => this.trees[t]!.mean[leaf]!));
    const mean = new Float64Array(n);
    for (const values of deviations) for (let i = 0; i < n; i++) mean[i] = mean[i]! + values[i]! / treeCount;
    for (const values of deviations) for (let i = 0; i < n; i++) values[i] = values[i]! - mean[i]!;
    return { n, mean, leaves, deviations };
  }

  /** Covariances of the losses of two sets of designs, row-major [a.n × b.n]. */
  covariance(a: ForestView, b: ForestView): Float64Array {
    const result = new Float64Array(a.n * b.n);
    this.trees.forEach((tree, t) => {
      const [fa, fb, la, lb] = [a.deviations[t]!, b.deviations[t]!, a.leaves[t]!, b.leaves[t]!];
      for (let i = 0; i < a.n; i++) {
        const own = fa[i]! / (treeCount - 1);
        const leaf = la[i]!;
        const inLeaf = Math.max(leastVariance, tree.variance[leaf]!) / treeCount;
        for (let k = 0, at = i * b.n; k < b.n; k++, at++)
          result[at] = result[at]! + own * fb[k]! + (leaf === lb[k] ? inLeaf : 0);
      }
    });
    return result;
  }

  /** Variance of the loss of each design, [n]. */
  variance({ n, leaves, deviations }: ForestView): Float64Array {
    const result = new Float64Array(n);
    this.trees.forEach((tree, t) => {
      for (let i = 0; i < n; i++) {
        const inLeaf = Math.max(leastVariance, tree.variance[leaves[t]![i]!]!) / treeCount;
        result[i] = result[i]! + deviations[t]![i]! ** 2 / (treeCount - 1) + inLeaf;
      }
    });
    return result;
  }

  /**
   * Mean and variance of each row, without noise, from the trees that have not drawn it; 0 and 1, which is all that is
   * known of standardised losses, where fewer than two trees have not.
   */
  outOfBag(): { mean: Float64Array; variance: Float64Array } {
    const { n } = this.designs;
    const { leaves } = this.view(this.designs);
    const [mean, variance] = [new Float64Array(n), new Float64Array(n).fill(1)];
    for (let i = 0; i < n; i++) {
      const outside = this.trees.filter((_, t) => this.drawn[t]![i] === 0);
      const nodes = leaves.flatMap((own, t) => (this.drawn[t]![i] === 0 ? [own[i]!] : []));
      if (outside.length < 2) continue;
      const values = outside.map((tree, k) => tree.mean[nodes[k]!]!);
      const average = values.reduce((sum, value) => sum + value, 0) / values.length;
      const between = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1);
      const within = outside.reduce((sum, tree, k) => sum + Math.max(leastVariance, tree.variance[nodes[k]!]!), 0);
      mean[i] = average;
      variance[i] = between + within / outside.length;
    }
    return { mean, variance };
  }

  slice({ mean, leaves, deviations }: ForestView, from: number, m: number): ForestView {
    const cut = <T extends Float64Array | Int32Array>(values: T) => values.subarray(from, from + m) as T;
    return { n: m, mean: cut(mean), leaves: leaves.map(cut), deviations: deviations.map(cut) };
  }

  slopes({ encoding: { numeric: d } }: EncodedDesigns, { n }: ForestView): Slopes {
    return { mean: new Float64Array(d), variance: new Float64Array(d), covariance: new Float64Array(n * d) };
  }
}
