import { concatDesigns, type EncodedDesigns } from '../../encode/encoded-designs.js';
import { type CholeskyFactor, cholesky, solve, solveLowerInPlace } from '../../linalg/cholesky.js';
import { logDensity } from '../../stats/normal.js';
import {
  type AnchoredPosterior,
  type FittedSurrogate,
  type LevelPosterior,
  type LocalPosterior,
  lossScale,
} from '../contract.js';
import type { Forest, ForestView } from './forest.js';

/** A forest with what it was fitted to. */
export interface ForestState {
  readonly forest: Forest;
  /** Standardised losses in the order of the forest's rows, [n], and where each row stands in the training set. */
  readonly y: Float64Array;
  readonly order: readonly number[];
  readonly logNoise: number;
}

/** Rows that a forest was not grown on, and the losses found there. */
interface FurtherRows {
  readonly designs: EncodedDesigns;
  readonly losses: Float64Array;
}

/** Candidates whose covariances with further rows are held at the same time. */
const chunk = 2048;

/**
 * A forest of one level as a posterior. Further rows grow no trees: the normal distribution that approximates the forest is
 * conditioned on them.
 *
 * Trees are constant between their thresholds, so all gradients are 0, and a search along gradients stays where it
 * starts.
 */
export class ForestPosterior implements FittedSurrogate {
  private readonly further: {
    readonly rows: FurtherRows;
    readonly view: ForestView;
    readonly factor: CholeskyFactor;
    readonly alpha: Float64Array;
  } | null;

  constructor(
    private readonly state: ForestState,
    rows: FurtherRows | null = null,
  ) {
    this.further = rows === null ? null : this.conditioned(rows);
  }

  private conditioned(rows: FurtherRows) {
    const { forest } = this.state;
    const view = forest.view(rows.designs);
    const K = forest.covariance(view, view);
    for (let i = 0; i < view.n; i++) K[i * view.n + i] = K[i * view.n + i]! + this.noise[0]!;
    const factor = cholesky(K, view.n);
    const residual = rows.losses.map((loss, i) => loss - view.mean[i]!);
    return { rows, view, factor, alpha: solve(factor, residual) };
  }

  get hyperparameters(): readonly number[] {
    return [this.state.logNoise];
  }

  /** Log density of the losses out of bag: there is no other likelihood. */
  get logPosterior(): number {
    const { mean, variance } = this.outOfBag();
    return this.state.y.reduce((sum, y, i) => {
      const sd = Math.sqrt(variance[i]!);
      return sum + logDensity((y - mean[i]!) / sd) - Math.log(sd);
    }, 0);
  }

  get jitter(): number {
    return this.further?.factor.jitter ?? 0;
  }

  get noise(): readonly number[] {
    return [Math.exp(this.state.logNoise)];
  }

  get scale() {
    return lossScale;
  }

  get screen() {
    return null;
  }

  posterior(candidates: EncodedDesigns): LevelPosterior {
    const { forest } = this.state;
    const view = forest.view(candidates);
    const mean = Float64Array.from(view.mean);
    const variance = forest.variance(view);
    if (this.further !== null)
      for (let from = 0; from < view.n; from += chunk) {
        const m = Math.min(chunk, view.n - from);
        const V = this.solved(sliceView(view, from, m), mean.subarray(from, from + m));
        for (let at = 0; at < V.length; at++) {
          const c = from + (at % m);
          variance[c] = variance[c]! - V[at]! * V[at]!;
        }
      }
    const positive = variance.map((value) => Math.max(value, 1e-10));
    return { mean: [mean], variance: [positive], covariance: [positive] };
  }

  /** L⁻¹·cov(further rows, candidates), [rows × n]; what the rows tell is added to the mean. */
  private solved(view: ForestView, mean?: Float64Array): Float64Array {
    const { factor, alpha, view: rows } = this.further!;
    const V = this.state.forest.covariance(rows, view);
    if (mean !== undefined)
      for (let i = 0; i < rows.n; i++)
        for (let c = 0; c < view.n; c++) mean[c] = mean[c]! + V[i * view.n + c]! * alpha[i]!;
    solveLowerInPlace(factor, V, view.n);
    return V;
  }

  joint(candidates: EncodedDesigns): { mean: Float64Array; covariance: Float64Array } {
    const { mean, covariance } = this.anchored(candidates);
    return { mean, covariance };
  }

  anchored(anchors: EncodedDesigns): AnchoredPosterior {
    const { forest } = this.state;
    const view = forest.view(anchors);
    const mean = Float64Array.from(view.mean);
    const own = this.further === null ? null : this.solved(view, mean);
    const between = (candidates: ForestView, others: Float64Array | null) => {
      const result = forest.covariance(candidates, view);
      const rows = this.further?.view.n ?? 0;
      for (let i = 0; i < rows; i++)
        for (let c = 0; c < candidates.n; c++) {
          const v = others![i * candidates.n + c]!;
          for (let a = 0; a < view.n; a++) result[c * view.n + a] = result[c * view.n + a]! - v * own![i * view.n + a]!;
        }
      return result;
    };
    const withAnchors = (candidates: EncodedDesigns) => {
      const theirs = forest.view(candidates);
      return between(theirs, this.further === null ? null : this.solved(theirs));
    };
    return {
      mean,
      covariance: between(view, own),
      with: withAnchors,
      local: (candidate) => ({
        covariance: withAnchors(candidate),
        gradient: new Float64Array(anchors.n * anchors.encoding.numeric),
      }),
    };
  }

  local(candidate: EncodedDesigns): LocalPosterior {
    const { mean, variance, covariance } = this.posterior(candidate);
    const flat = [new Float64Array(candidate.encoding.numeric)];
    return {
      mean: mean[0]!,
      variance: variance[0]!,
      covariance: covariance[0]!,
      meanGradient: flat,
      varianceGradient: flat,
      covarianceGradient: flat,
    };
  }

  condition(designs: EncodedDesigns, _levels: Int32Array, losses?: Float64Array): FittedSurrogate {
    const values = losses ?? this.posterior(designs).mean[0]!;
    const before = this.further?.rows;
    const rows =
      before === undefined
        ? { designs, losses: values }
        : {
            designs: concatDesigns(before.designs, designs),
            losses: Float64Array.from([...before.losses, ...values]),
          };
    return new ForestPosterior(this.state, rows);
  }

  /** Of the rows the trees were grown on, each from the trees that have not drawn it. */
  leaveOneOut(): { mean: Float64Array; variance: Float64Array } {
    const { mean, variance } = this.outOfBag();
    const placed = (values: Float64Array) => {
      const result = new Float64Array(values.length);
      this.state.order.forEach((row, i) => {
        result[row] = values[i]!;
      });
      return result;
    };
    return { mean: placed(mean), variance: placed(variance) };
  }

  private outOfBag() {
    const { mean, variance } = this.state.forest.outOfBag();
    return { mean, variance: variance.map((value) => value + this.noise[0]!) };
  }
}

function sliceView({ mean, leaves, deviations }: ForestView, from: number, m: number): ForestView {
  const cut = <T extends Float64Array | Int32Array>(values: T) => values.subarray(from, from + m) as T;
  return { n: m, mean: cut(mean), leaves: leaves.map(cut), deviations: deviations.map(cut) };
}
