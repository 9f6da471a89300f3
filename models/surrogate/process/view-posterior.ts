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

/** What a learner says of some designs, as far as all of them say it. */
export interface View {
  readonly n: number;
  /** [n] */
  readonly mean: Float64Array;
}

/** How the moments of one candidate change with its numeric coordinates, [d]. */
export interface Slopes {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** Of the covariances with the designs of a view, row-major [n × d]. */
  readonly covariance: Float64Array;
}

/**
 * Several learners of one level, each grown on a part of the rows and read together as a normal distribution over losses that are
 * standardised.
 */
export interface Bagged<V extends View> {
  readonly hyperparameters: readonly number[];
  /** See `FittedSurrogate`. */
  readonly artefact?: Uint8Array;
  /** Variance of the noise. */
  readonly noise: number;
  view(designs: EncodedDesigns): V;
  /** Designs `from` to `from + m` of a view. */
  slice(view: V, from: number, m: number): V;
  /** Covariances of the losses of two sets of designs, row-major [a.n × b.n]. */
  covariance(a: V, b: V): Float64Array;
  /** Variances of the losses, [n]. */
  variance(view: V): Float64Array;
  /** @param candidate - one @param others - with whose designs covariances are wanted */
  slopes(candidate: EncodedDesigns, others: V): Slopes;
  /** Mean and variance, without noise, of each row learned from, by the learners that have not seen it. */
  outOfBag(): { readonly mean: Float64Array; readonly variance: Float64Array };
}

/** Rows that were not learned from, and the losses found there. */
interface FurtherRows {
  readonly designs: EncodedDesigns;
  readonly losses: Float64Array;
}

/** Candidates whose covariances with further rows are held at the same time. */
const chunk = 2048;

/**
 * Learners of one level as a posterior. Further rows teach them nothing: the normal distribution that they are read as is conditioned on
 * these.
 */
export class ViewPosterior<V extends View> implements FittedSurrogate {
  readonly scale = lossScale;
  readonly screen = null;
  private readonly further: {
    readonly rows: FurtherRows;
    readonly view: V;
    readonly factor: CholeskyFactor;
    readonly alpha: Float64Array;
  } | null;

  /**
   * @param y - standardised losses of the rows learned from, [n]
   * @param order - where each of them stands in the training set, [n]
   * @param rowCount - rows of the training set
   */
  constructor(
    private readonly learners: Bagged<V>,
    private readonly y: Float64Array,
    private readonly order: readonly number[],
    private readonly rowCount = order.length,
    rows: FurtherRows | null = null,
  ) {
    this.further = rows === null ? null : this.conditioned(rows);
  }

  private conditioned(rows: FurtherRows) {
    const view = this.learners.view(rows.designs);
    const K = this.learners.covariance(view, view);
    for (let i = 0; i < view.n; i++) K[i * view.n + i] = K[i * view.n + i]! + this.learners.noise;
    const factor = cholesky(K, view.n);
    const residual = rows.losses.map((loss, i) => loss - view.mean[i]!);
    return { rows, view, factor, alpha: solve(factor, residual) };
  }

  get hyperparameters(): readonly number[] {
    return this.learners.hyperparameters;
  }

  get artefact(): Uint8Array | undefined {
    return this.learners.artefact;
  }

  /** Log density of the losses out of bag: there is no other likelihood. */
  get logPosterior(): number {
    const { mean, variance } = this.outOfBag();
    return this.y.reduce((sum, y, i) => {
      const sd = Math.sqrt(variance[i]!);
      return sum + logDensity((y - mean[i]!) / sd) - Math.log(sd);
    }, 0);
  }

  get jitter(): number {
    return this.further?.factor.jitter ?? 0;
  }

  get noise(): readonly number[] {
    return [this.learners.noise];
  }

  posterior(candidates: EncodedDesigns): LevelPosterior {
    const view = this.learners.view(candidates);
    const mean = Float64Array.from(view.mean);
    const variance = this.learners.variance(view);
    if (this.further !== null)
      for (let from = 0; from < view.n; from += chunk) {
        const m = Math.min(chunk, view.n - from);
        const V = this.solved(this.learners.slice(view, from, m), mean.subarray(from, from + m));
        for (let at = 0; at < V.length; at++) {
          const c = from + (at % m);
          variance[c] = variance[c]! - V[at]! * V[at]!;
        }
      }
    const positive = variance.map((value) => Math.max(value, 1e-10));
    return { mean: [mean], variance: [positive], covariance: [positive] };
  }

  /** L⁻¹·cov(further rows, candidates), [rows × n]; what the rows tell is added to the mean. */
  private solved(view: V, mean?: Float64Array): Float64Array {
    const { factor, alpha, view: rows } = this.further!;
    const solved = this.learners.covariance(rows, view);
    if (mean !== undefined)
      for (let i = 0; i < rows.n; i++)
        for (let c = 0; c < view.n; c++) mean[c] = mean[c]! + solved[i * view.n + c]! * alpha[i]!;
    solveLowerInPlace(factor, solved, view.n);
    return solved;
  }

  joint(candidates: EncodedDesigns): { mean: Float64Array; covariance: Float64Array } {
    const { mean, covariance } = this.anchored(candidates);
    return { mean, covariance };
  }

  anchored(anchors: EncodedDesigns): AnchoredPosterior {
    const view = this.learners.view(anchors);
    const mean = Float64Array.from(view.mean);
    const own = this.further === null ? null : this.solved(view, mean);
    const between = (candidates: V, others: Float64Array | null) => {
      const result = this.learners.covariance(candidates, view);
      const rows = this.further?.view.n ?? 0;
      for (let i = 0; i < rows; i++)
        for (let c = 0; c < candidates.n; c++) {
          const v = others![i * candidates.n + c]!;
          for (let a = 0; a < view.n; a++) result[c * view.n + a] = result[c * view.n + a]! - v * own![i * view.n + a]!;
        }
      return result;
    };
    const withAnchors = (candidates: EncodedDesigns) => {
      const theirs = this.learners.view(candidates);
      return between(theirs, this.further === null ? null : this.solved(theirs));
    };
    return {
      mean,
      covariance: between(view, own),
      with: withAnchors,
      local: (candidate) => ({ covariance: withAnchors(candidate), gradient: this.slopesWith(candidate, view, own) }),
    };
  }

  /** How covariances with anchors change with the numeric coordinates of a candidate, row-major [p × d]. */
  private slopesWith(candidate: EncodedDesigns, anchors: V, own: Float64Array | null): Float64Array {
    const d = candidate.encoding.numeric;
    const gradient = this.learners.slopes(candidate, anchors).covariance;
    if (this.further === null) return gradient;
    const { factor, view } = this.further;
    const rows = this.learners.slopes(candidate, view).covariance;
    solveLowerInPlace(factor, rows, d);
    for (let i = 0; i < view.n; i++)
      for (let a = 0; a < anchors.n; a++)
        for (let j = 0; j < d; j++)
          gradient[a * d + j] = gradient[a * d + j]! - own![i * anchors.n + a]! * rows[i * d + j]!;
    return gradient;
  }

  local(candidate: EncodedDesigns): LocalPosterior {
    const { mean, variance, covariance } = this.posterior(candidate);
    const d = candidate.encoding.numeric;
    const view = this.further?.view ?? this.learners.view(candidate);
    const slopes = this.learners.slopes(candidate, view);
    const [meanGradient, varianceGradient] = [Float64Array.from(slopes.mean), Float64Array.from(slopes.variance)];
    if (this.further !== null) {
      const { alpha, factor } = this.further;
      const k = this.learners.covariance(view, this.learners.view(candidate));
      const weights = solve(factor, k);
      for (let i = 0; i < view.n; i++)
        for (let j = 0; j < d; j++) {
          const slope = slopes.covariance[i * d + j]!;
          meanGradient[j] = meanGradient[j]! + slope * alpha[i]!;
          varianceGradient[j] = varianceGradient[j]! - 2 * slope * weights[i]!;
        }
    }
    return {
      mean: mean[0]!,
      variance: variance[0]!,
      covariance: covariance[0]!,
      meanGradient: [meanGradient],
      varianceGradient: [varianceGradient],
      covarianceGradient: [varianceGradient],
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
    return new ViewPosterior(this.learners, this.y, this.order, this.rowCount, rows);
  }

  /** Of the rows learned from, each from the learners that have not seen it; of others 0 and 1, as of standardised losses. */
  leaveOneOut(): { mean: Float64Array; variance: Float64Array } {
    const { mean, variance } = this.outOfBag();
    const placed = (values: Float64Array, otherwise: number) => {
      const result = new Float64Array(this.rowCount).fill(otherwise);
      this.order.forEach((row, i) => {
        result[row] = values[i]!;
      });
      return result;
    };
    return { mean: placed(mean, 0), variance: placed(variance, 1) };
  }

  private outOfBag() {
    const { mean, variance } = this.learners.outOfBag();
    return { mean, variance: variance.map((value) => value + this.learners.noise) };
  }
}
