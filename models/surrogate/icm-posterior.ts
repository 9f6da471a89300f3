import { concatDesigns, type EncodedDesigns, sliceDesigns } from '../encode/encoded-designs.js';
import type { DesignKernel } from '../kernel/design-kernel.js';
import {
  type CholeskyFactor,
  cholesky,
  inverse,
  logDeterminant,
  solve,
  solveLowerInPlace,
} from '../linalg/cholesky.js';
import { type FittedSurrogate, type LevelPosterior, type LocalPosterior, lossScale } from './contract.js';
import type { LevelScale } from './icm.js';
import { type IcmLayout, levelCovariance, ownShare } from './icm-hyperparameters.js';
import { designCorrelation, icmCovariance, inverseSquares } from './icm-likelihood.js';

interface IcmState {
  readonly kernel: DesignKernel;
  readonly layout: IcmLayout;
  readonly theta: Float64Array;
  readonly designs: EncodedDesigns;
  readonly levels: Int32Array;
  /** Standardised losses, [n]. */
  readonly y: Float64Array;
  readonly scales: readonly LevelScale[];
}

/** Candidates handled together: bounds the memory of the cross covariance. */
const chunk = 2048;

/** The ICM surrogate at fixed hyperparameters, conditioned on its rows. */
export class IcmPosterior implements FittedSurrogate {
  private readonly factor: CholeskyFactor;
  private readonly alpha: Float64Array;
  private readonly B: Float64Array;
  private readonly scalesOfDistance: Float64Array;

  constructor(private readonly state: IcmState) {
    const { kernel, layout, designs, levels, theta, y } = state;
    this.factor = cholesky(icmCovariance(kernel, layout, designs, levels, theta), designs.n);
    this.alpha = solve(this.factor, y);
    this.B = levelCovariance(layout, theta).B;
    this.scalesOfDistance = inverseSquares(layout, theta);
  }

  get hyperparameters(): readonly number[] {
    return [...this.state.theta];
  }

  get jitter(): number {
    return this.factor.jitter;
  }

  get logPosterior(): number {
    const { layout, theta, y } = this.state;
    let value = 0.5 * (logDeterminant(this.factor) + y.length * Math.log(2 * Math.PI));
    for (let i = 0; i < y.length; i++) value += 0.5 * y[i]! * this.alpha[i]!;
    for (let q = 0; q < layout.size; q++) value += 0.5 * ((theta[q]! - layout.priorMean[q]!) / layout.priorSd[q]!) ** 2;
    return -value;
  }

  get noise(): readonly number[] {
    const { layout, scales, theta } = this.state;
    return scales.map((scale, level) => Math.exp(theta[layout.noiseAt + level]!) * scale.sd * scale.sd);
  }

  get scale() {
    return lossScale;
  }

  posterior(candidates: EncodedDesigns): LevelPosterior {
    const { layout } = this.state;
    const empty = () => Array.from({ length: layout.levels }, () => new Float64Array(candidates.n));
    const result = { mean: empty(), variance: empty(), covariance: empty() };
    for (let from = 0; from < candidates.n; from += chunk)
      this.fill(result, candidates, from, Math.min(chunk, candidates.n - from));
    return result;
  }

  /** Posterior of the candidates from row `from` on, `m` of them, at every level. */
  private fill(
    result: { mean: Float64Array[]; variance: Float64Array[]; covariance: Float64Array[] },
    candidates: EncodedDesigns,
    from: number,
    m: number,
  ): void {
    const { kernel, layout, designs, levels, scales } = this.state;
    const n = designs.n;
    const L = layout.levels;
    const target = L - 1;
    const k = designCorrelation(kernel, layout, designs, sliceDesigns(candidates, from, m), this.state.theta);
    const solved: Float64Array[] = [];
    // The target first: the covariance of every other level needs it.
    for (let level = target; level >= 0; level--) {
      const V = new Float64Array(n * m);
      const mean = result.mean[level]!;
      for (let i = 0; i < n; i++) {
        const b = this.B[level * L + levels[i]!]!;
        const constant = levels[i] === level ? this.state.layout.constantVariance : 0;
        for (let c = 0; c < m; c++) {
          const value = b * k[i * m + c]! + constant;
          V[i * m + c] = value;
          mean[from + c] = mean[from + c]! + value * this.alpha[i]!;
        }
      }
      solveLowerInPlace(this.factor, V, m);
      solved[level] = V;
      const T = solved[target]!;
      const scale = scales[level]!;
      const prior = this.B[level * L + level]! + this.state.layout.constantVariance;
      const priorCross = this.B[level * L + target]! + (level === target ? this.state.layout.constantVariance : 0);
      for (let c = 0; c < m; c++) {
        let variance = prior;
        let covariance = priorCross;
        for (let i = 0; i < n; i++) {
          const v = V[i * m + c]!;
          variance -= v * v;
          covariance -= v * T[i * m + c]!;
        }
        mean[from + c] = mean[from + c]! * scale.sd + scale.mean;
        result.variance[level]![from + c] = Math.max(variance, 1e-10) * scale.sd * scale.sd;
        result.covariance[level]![from + c] = covariance * scale.sd * scales[target]!.sd;
      }
    }
  }

  joint(candidates: EncodedDesigns): { mean: Float64Array; covariance: Float64Array } {
    const { kernel, layout, designs, levels, scales } = this.state;
    const n = designs.n;
    const m = candidates.n;
    const target = layout.levels - 1;
    const { mean: offset, sd } = scales[target]!;
    const b = this.B[target * layout.levels + target]!;
    const V = designCorrelation(kernel, layout, designs, candidates, this.state.theta);
    const mean = new Float64Array(m);
    for (let i = 0; i < n; i++)
      for (let c = 0; c < m; c++) {
        const value =
          this.B[target * layout.levels + levels[i]!]! * V[i * m + c]! +
          (levels[i] === target ? this.state.layout.constantVariance : 0);
        V[i * m + c] = value;
        mean[c] = mean[c]! + value * this.alpha[i]!;
      }
    solveLowerInPlace(this.factor, V, m);
    const covariance = designCorrelation(kernel, layout, candidates, candidates, this.state.theta);
    for (let c = 0; c < m; c++)
      for (let e = 0; e <= c; e++) {
        let sum = b * covariance[c * m + e]! + this.state.layout.constantVariance;
        for (let i = 0; i < n; i++) sum -= V[i * m + c]! * V[i * m + e]!;
        covariance[c * m + e] = sum * sd * sd;
        covariance[e * m + c] = covariance[c * m + e]!;
      }
    return { mean: mean.map((value) => value * sd + offset), covariance };
  }

  local(candidate: EncodedDesigns): LocalPosterior {
    const { kernel, layout, designs, levels, scales } = this.state;
    const n = designs.n;
    const L = layout.levels;
    const target = L - 1;
    const d = kernel.encoding.numeric;
    const k = new Float64Array(n);
    const slopes = new Float64Array(n);
    const shared = 1 - ownShare(layout, this.state.theta);
    for (let i = 0; i < n; i++) {
      const m = kernel.radial(kernel.scaledDistance(designs, i, candidate, 0, this.scalesOfDistance));
      k[i] = m.value === 1 ? 1 : shared * m.value;
      slopes[i] = shared * m.slope;
    }
    const row = (level: number) =>
      Float64Array.from(
        k,
        (value, i) =>
          this.B[level * L + levels[i]!]! * value + (levels[i] === level ? this.state.layout.constantVariance : 0),
      );
    const rows = Array.from({ length: L }, (_, level) => row(level));
    const weights = rows.map((values) => solve(this.factor, values));
    const result = {
      mean: new Float64Array(L),
      variance: new Float64Array(L),
      covariance: new Float64Array(L),
      meanGradient: Array.from({ length: L }, () => new Float64Array(d)),
      varianceGradient: Array.from({ length: L }, () => new Float64Array(d)),
      covarianceGradient: Array.from({ length: L }, () => new Float64Array(d)),
    };
    const sdT = scales[target]!.sd;
    for (let level = 0; level < L; level++) {
      const { mean, sd } = scales[level]!;
      let m = 0;
      let variance = this.B[level * L + level]! + this.state.layout.constantVariance;
      let covariance = this.B[level * L + target]! + (level === target ? this.state.layout.constantVariance : 0);
      for (let i = 0; i < n; i++) {
        m += rows[level]![i]! * this.alpha[i]!;
        variance -= rows[level]![i]! * weights[level]![i]!;
        covariance -= rows[level]![i]! * weights[target]![i]!;
      }
      result.mean[level] = m * sd + mean;
      result.variance[level] = Math.max(variance, 1e-10) * sd * sd;
      result.covariance[level] = covariance * sd * sdT;
      for (let i = 0; i < n; i++) {
        const own = this.B[level * L + levels[i]!]!;
        const toTarget = this.B[target * L + levels[i]!]!;
        for (let j = 0; j < d; j++) {
          // dk/dx_j = −slope·(x_j − x_ij)/ℓ_j²
          const dk = -slopes[i]! * (candidate.numeric[j]! - designs.numeric[i * d + j]!) * this.scalesOfDistance[j]!;
          result.meanGradient[level]![j]! += dk * own * this.alpha[i]! * sd;
          result.varianceGradient[level]![j]! -= 2 * dk * own * weights[level]![i]! * sd * sd;
          result.covarianceGradient[level]![j]! -=
            dk * (own * weights[target]![i]! + toTarget * weights[level]![i]!) * sd * sdT;
        }
      }
    }
    return result;
  }

  condition(designs: EncodedDesigns, levels: Int32Array): FittedSurrogate {
    const { mean } = this.posterior(designs);
    const y = Float64Array.from(
      levels,
      (level, i) => (mean[level]![i]! - this.state.scales[level]!.mean) / this.state.scales[level]!.sd,
    );
    return new IcmPosterior({
      ...this.state,
      designs: concatDesigns(this.state.designs, designs),
      levels: Int32Array.from([...this.state.levels, ...levels]),
      y: Float64Array.from([...this.state.y, ...y]),
    });
  }

  leaveOneOut(): { mean: Float64Array; variance: Float64Array } {
    const { levels, y, scales, designs } = this.state;
    const n = designs.n;
    const inv = inverse(this.factor);
    const mean = new Float64Array(n);
    const variance = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const scale = scales[levels[i]!]!;
      mean[i] = (y[i]! - this.alpha[i]! / inv[i * n + i]!) * scale.sd + scale.mean;
      variance[i] = (scale.sd * scale.sd) / inv[i * n + i]!;
    }
    return { mean, variance };
  }
}
