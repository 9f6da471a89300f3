import { NumericalError } from '../../domain/errors.js';
import { concatDesigns, type EncodedDesigns, sliceDesigns } from '../../encode/encoded-designs.js';
import type { InPlaceCross } from '../../kernel/contract.js';
import { RadialBlock } from '../../kernel/radial-block.js';
import {
  appendRow,
  type CholeskyFactor,
  inverseLower,
  logDeterminant,
  solve,
  solveLowerInPlace,
} from '../../linalg/cholesky.js';
import {
  type AnchoredPosterior,
  type CorrelationPosterior,
  type FittedSurrogate,
  type LevelPosterior,
  type LocalPosterior,
  lossScale,
  type ScreenModel,
} from '../contract.js';
import { correlationPosteriors } from '../levels/level-laplace.js';
import { standardLoss } from '../levels/level-scale.js';
import { covarianceAt, crossTerms, ownTerms } from '../levels/level-terms.js';
import { inUnits } from '../outputs/loss-unit.js';
import { AnchoredIcm } from './icm-anchored.js';
import { addPrior, levelCovariances } from './icm-hyperparameters.js';
import { bestConstant, icmFactor } from './icm-likelihood.js';
import { localPosterior } from './icm-local.js';
import type { IcmState } from './icm-rows.js';
import { crossInPlace, oneLevelMoments } from './one-level-posterior.js';
import { type PriorCorrelation, priorCorrelation } from './prior-correlation.js';

/** Candidates handled together: bounds the memory of the cross covariance. */
const chunk = 1024;

/** New rows up to which a factor grows by them one by one; beyond, it is made anew. */
const appendUpTo = 16;

/** A Gaussian process over (design, fidelity) at fixed hyperparameters, conditioned on its rows. */
export class IcmPosterior implements FittedSurrogate {
  private readonly factor: CholeskyFactor;
  /** K⁻¹(y − constant), [n]. */
  private readonly alpha: Float64Array;
  private readonly B: readonly Float64Array[];
  /** The constant of standardised losses that is no part of the covariance. */
  private readonly constant: number;
  private lowerInverse: Float64Array | null = null;

  /** @param known - factor of the rows and constant, where they are known already */
  constructor(
    private readonly state: IcmState,
    known?: { readonly factor: CholeskyFactor; readonly constant: number },
  ) {
    const { layout, theta, y } = state;
    this.factor = known?.factor ?? icmFactor(layout, state, theta);
    this.constant = known?.constant ?? bestConstant(layout, this.factor, y);
    this.alpha = solve(
      this.factor,
      y.map((value) => value - this.constant),
    );
    this.B = levelCovariances(layout, theta).B;
  }

  get hyperparameters(): readonly number[] {
    return [...this.state.theta];
  }

  get levelCorrelations(): readonly number[] {
    const { levels } = this.state.layout;
    const target = levels - 1;
    const total = (a: number, b: number) => this.B.reduce((sum, B) => sum + B[a * levels + b]!, 0);
    return Array.from(
      { length: levels },
      (_, level) => total(level, target) / Math.sqrt(total(level, level) * total(target, target)),
    );
  }

  get jitter(): number {
    return this.factor.jitter;
  }

  get logPosterior(): number {
    const { layout, theta, y } = this.state;
    let value = 0.5 * (logDeterminant(this.factor) + y.length * Math.log(2 * Math.PI));
    for (let i = 0; i < y.length; i++) value += 0.5 * (y[i]! - this.constant) * this.alpha[i]!;
    return -value - addPrior(layout, theta);
  }

  get noise(): readonly number[] {
    const { layout, scales, theta } = this.state;
    return scales.map((scale, level) => {
      const known = this.state.noise?.typical(this.state.levels, level) ?? Number.NaN;
      return (Number.isNaN(known) ? Math.exp(theta[layout.noiseAt + level]!) : known) * scale.sd * scale.sd;
    });
  }

  get scale() {
    return inUnits(
      lossScale,
      this.state.scales.map(({ unit }) => unit),
    );
  }

  posterior(candidates: EncodedDesigns, lowest = 0): LevelPosterior {
    const { layout, theta, designs } = this.state;
    const cross = crossInPlace(layout, theta, designs);
    if (cross !== null) return this.oneLevel(cross, candidates);
    const empty = () => Array.from({ length: layout.levels }, () => new Float64Array(candidates.n));
    const result = { mean: empty(), variance: empty(), covariance: empty() };
    for (let from = 0; from < candidates.n; from += chunk)
      this.fill(result, candidates, [from, Math.min(chunk, candidates.n - from)], lowest);
    return result;
  }

  private oneLevel(cross: InPlaceCross, candidates: EncodedDesigns): LevelPosterior {
    const { factor, alpha, constant, B } = this;
    const { layout, scales } = this.state;
    const process = { factor, alpha, constant, scale: B[0]![0]!, constantVariance: layout.constantVariance ?? 0 };
    const { mean, variance } = oneLevelMoments({ cross, ...process }, candidates);
    const { mean: centre, sd } = scales[0]!;
    return {
      mean: [mean.map((value) => value * sd + centre)],
      variance: [variance.map((value) => Math.max(value, 1e-10) * sd * sd)],
      covariance: [variance.map((value) => value * sd * sd)],
    };
  }

  /** Posterior of the candidates from row `from` on, `m` of them, at the levels from `lowest` on. */
  private fill(
    result: { mean: Float64Array[]; variance: Float64Array[]; covariance: Float64Array[] },
    candidates: EncodedDesigns,
    [from, m]: readonly [number, number],
    lowest: number,
  ): void {
    const { layout, theta, designs, scales } = this.state;
    const [n, target] = [designs.n, layout.levels - 1];
    const slice = sliceDesigns(candidates, from, m);
    const [values, own] = [crossTerms(layout, theta, designs, slice), ownTerms(layout, theta, slice)];
    const solved: Float64Array[] = [];
    // The target first: the covariance of every other level needs it.
    for (let level = target; level >= lowest; level--) {
      const V = this.withRows(values, m, level);
      const mean = new Float64Array(m).fill(this.constant);
      for (let i = 0; i < n; i++) for (let c = 0; c < m; c++) mean[c] = mean[c]! + V[i * m + c]! * this.alpha[i]!;
      solveLowerInPlace(this.factor, V, m);
      solved[level] = V;
      const T = solved[target]!;
      const variance = Float64Array.from({ length: m }, (_, c) => this.prior(level, level, own, c));
      const covariance =
        level === target ? variance : Float64Array.from({ length: m }, (_, c) => this.prior(level, target, own, c));
      for (let i = 0; i < n; i++)
        for (let c = 0; c < m; c++) {
          const v = V[i * m + c]!;
          variance[c] = variance[c]! - v * v;
          if (level !== target) covariance[c] = covariance[c]! - v * T[i * m + c]!;
        }
      const [unit, other] = [scales[level]!, scales[target]!];
      for (let c = 0; c < m; c++) {
        result.mean[level]![from + c] = mean[c]! * unit.sd + unit.mean;
        result.variance[level]![from + c] = Math.max(variance[c]!, 1e-10) * unit.sd * unit.sd;
        result.covariance[level]![from + c] = covariance[c]! * unit.sd * other.sd;
      }
    }
  }

  /** Prior covariance of the rows with values at a level, from the kernels' values, [n × m]. */
  private withRows(values: readonly Float64Array[], m: number, level: number): Float64Array {
    const { levels, layout } = this.state;
    const result = new Float64Array(levels.length * m);
    values.forEach((k, q) => {
      const last = q === values.length - 1;
      for (let i = 0; i < levels.length; i++) {
        const b = this.B[q]![level * layout.levels + levels[i]!]!;
        const constant = last && levels[i] === level ? (layout.constantVariance ?? 0) : 0;
        for (let at = i * m; at < (i + 1) * m; at++) result[at] = result[at]! + b * k[at]! + constant;
      }
    });
    return result;
  }

  /** Prior covariance of the values at two levels of the design at a place. */
  private prior(a: number, b: number, own: readonly Float64Array[], at: number): number {
    return covarianceAt(this.state.layout, this.B, [a, b], own, at);
  }

  readonly priorCorrelation: PriorCorrelation = (a, b) => priorCorrelation({ ...this.state, B: this.B }, a, b);

  joint(candidates: EncodedDesigns): { mean: Float64Array; covariance: Float64Array } {
    return this.anchored(candidates);
  }

  anchored(anchors: EncodedDesigns): AnchoredPosterior {
    const { factor, alpha, B, constant } = this;
    return new AnchoredIcm({ ...this.state, factor, alpha, B, constant }, anchors);
  }

  local(candidate: EncodedDesigns): LocalPosterior {
    const { alpha, B, constant } = this;
    return localPosterior({ ...this.state, alpha, B, constant, lowerInverse: this.inverseOfLower() }, candidate);
  }

  condition(designs: EncodedDesigns, levels: Int32Array, losses?: Float64Array): FittedSurrogate {
    const { scales, noise } = this.state;
    const values = losses === undefined ? this.posterior(designs).mean : null;
    const y = Float64Array.from(levels, (level, i) => {
      const scale = scales[level]!;
      // Its own means are in units already.
      return values === null ? standardLoss(losses![i]!, scale) : (values[level]![i]! - scale.mean) / scale.sd;
    });
    const state = {
      ...this.state,
      designs: concatDesigns(this.state.designs, designs),
      levels: Int32Array.from([...this.state.levels, ...levels]),
      y: Float64Array.from([...this.state.y, ...y]),
      noise: noise?.extended(Float64Array.from(levels, (level) => noise.typical(this.state.levels, level))) ?? null,
    };
    return new IcmPosterior(state, { factor: this.grown(state, designs, levels), constant: this.constant });
  }

  /** The factor with rows appended for new trials, whose noise is that of their levels. */
  private grown(state: IcmState, designs: EncodedDesigns, levels: Int32Array): CholeskyFactor {
    const { layout, theta } = this.state;
    if (designs.n > appendUpTo) return icmFactor(layout, state, theta);
    const n = this.factor.n;
    const values = crossTerms(layout, theta, state.designs, designs);
    const own = ownTerms(layout, theta, designs);
    let factor = this.factor;
    for (let c = 0; c < designs.n; c++) {
      const level = levels[c]!;
      const row = Float64Array.from({ length: n + c }, (_, i) =>
        covarianceAt(layout, this.B, [level, state.levels[i]!], values, i * designs.n + c),
      );
      try {
        const learned = Math.exp(theta[layout.noiseAt + level]!);
        const noise = state.noise?.variance(n + c, learned) ?? learned;
        factor = appendRow(factor, row, this.prior(level, level, own, c) + noise);
      } catch (error) {
        if (!(error instanceof NumericalError)) throw error;
        return icmFactor(layout, state, theta);
      }
    }
    return factor;
  }

  leaveOneOut(): { mean: Float64Array; variance: Float64Array } {
    const { levels, y, scales, designs } = this.state;
    const n = designs.n;
    const precision = this.precisions();
    const mean = new Float64Array(n);
    const variance = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const scale = scales[levels[i]!]!;
      mean[i] = (y[i]! - this.alpha[i]! / precision[i]!) * scale.sd + scale.mean;
      variance[i] = (scale.sd * scale.sd) / precision[i]!;
    }
    return { mean, variance };
  }

  /** Diagonal of K⁻¹ = L⁻ᵀ·L⁻¹. */
  private precisions(): Float64Array {
    const { n } = this.factor;
    const rows = this.inverseOfLower();
    const result = new Float64Array(n);
    for (let k = 0; k < n; k++)
      for (let i = 0, at = k * n; i <= k; i++, at++) result[i] = result[i]! + rows[at]! * rows[at]!;
    return result;
  }

  /** L⁻¹, made when first asked for. */
  private inverseOfLower(): Float64Array {
    this.lowerInverse ??= inverseLower(this.factor);
    return this.lowerInverse;
  }

  correlations(): readonly (CorrelationPosterior | null)[] {
    return correlationPosteriors(this.state);
  }

  get screen(): ScreenModel | null {
    const { layout, designs, theta, scales } = this.state;
    const { kernel } = layout.terms[0]!;
    if (layout.levels > 1 || layout.terms.length > 1 || !(kernel instanceof RadialBlock) || !kernel.isNumeric)
      return null;
    const { mean, sd } = scales[0]!;
    return {
      radial: kernel.radial,
      d: designs.encoding.numeric,
      n: designs.n,
      inputs: designs.numeric,
      inverseLengthscales: Float64Array.from(kernel.hyperparameters, (_, j) => Math.exp(-theta[j]!)),
      alpha: this.alpha.map((value) => value * sd),
      factor: this.factor,
      signalVariance: this.B[0]![0]!,
      constantVariance: layout.constantVariance ?? 0,
      mean: this.constant * sd + mean,
      sd,
    };
  }
}
