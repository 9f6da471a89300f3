import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { type CholeskyFactor, solveLowerInPlace, solveLowerTransposedInPlace } from '../linalg/cholesky.js';
import type { AnchoredPosterior } from './contract.js';
import type { IcmState } from './icm-posterior.js';

/** A conditioned process, taken apart. */
export interface IcmParts extends IcmState {
  readonly factor: CholeskyFactor;
  readonly alpha: Float64Array;
  readonly B: Float64Array;
  readonly constant: number;
}

/**
 * Target-level values of a process at anchors, jointly with those of candidates.
 *
 * cov(f(c), f(a) | rows) = k(c, a) − k(c, X)·W,  W = K⁻¹·k(X, a)
 */
export class AnchoredIcm implements AnchoredPosterior {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  private readonly W: Float64Array;

  constructor(
    private readonly parts: IcmParts,
    private readonly anchors: EncodedDesigns,
  ) {
    const { layout, theta, designs, levels, alpha, factor, constant, scales } = parts;
    const [n, p, target] = [designs.n, anchors.n, layout.levels - 1];
    const { mean, sd } = scales[target]!;
    const k = layout.kernel.cross(theta, designs, anchors);
    const V = new Float64Array(n * p);
    this.mean = new Float64Array(p).fill(constant);
    for (let i = 0; i < n; i++)
      for (let a = 0; a < p; a++) {
        const value = this.prior(levels[i]!, target, k[i * p + a]!);
        V[i * p + a] = value;
        this.mean[a] = this.mean[a]! + value * alpha[i]!;
      }
    for (let a = 0; a < p; a++) this.mean[a] = this.mean[a]! * sd + mean;
    solveLowerInPlace(factor, V, p);
    this.covariance = layout.kernel.cross(theta, anchors, anchors);
    for (let a = 0; a < p; a++)
      for (let b = 0; b <= a; b++) {
        let sum = this.prior(target, target, this.covariance[a * p + b]!);
        for (let i = 0; i < n; i++) sum -= V[i * p + a]! * V[i * p + b]!;
        this.covariance[a * p + b] = sum * sd * sd;
        this.covariance[b * p + a] = sum * sd * sd;
      }
    solveLowerTransposedInPlace(factor, V, p);
    this.W = V;
  }

  with(candidates: EncodedDesigns, level: number): Float64Array {
    const { layout, theta, designs, levels } = this.parts;
    const [n, p, target] = [designs.n, this.anchors.n, layout.levels - 1];
    const result = layout.kernel.cross(theta, candidates, this.anchors);
    const k = layout.kernel.cross(theta, candidates, designs);
    const unit = this.unit(level);
    for (let c = 0; c < candidates.n; c++) {
      for (let a = 0; a < p; a++) result[c * p + a] = this.prior(level, target, result[c * p + a]!);
      for (let i = 0; i < n; i++) {
        const weight = this.prior(level, levels[i]!, k[c * n + i]!);
        for (let a = 0; a < p; a++) result[c * p + a] = result[c * p + a]! - weight * this.W[i * p + a]!;
      }
      for (let a = 0; a < p; a++) result[c * p + a] = result[c * p + a]! * unit;
    }
    return result;
  }

  local(candidate: EncodedDesigns, level: number): { covariance: Float64Array; gradient: Float64Array } {
    const { layout, theta, designs, levels, B } = this.parts;
    const [n, p, d, target] = [designs.n, this.anchors.n, designs.encoding.numeric, layout.levels - 1];
    const toAnchors = layout.kernel.local(theta, this.anchors, candidate);
    const toRows = layout.kernel.local(theta, designs, candidate);
    const unit = this.unit(level);
    const covariance = toAnchors.value.map((value) => this.prior(level, target, value));
    const gradient = toAnchors.gradient.map((value) => B[level * layout.levels + target]! * value);
    for (let i = 0; i < n; i++) {
      const weight = this.prior(level, levels[i]!, toRows.value[i]!);
      const b = B[level * layout.levels + levels[i]!]!;
      for (let a = 0; a < p; a++) {
        const W = this.W[i * p + a]!;
        covariance[a] = covariance[a]! - weight * W;
        for (let j = 0; j < d; j++) gradient[a * d + j] = gradient[a * d + j]! - b * toRows.gradient[i * d + j]! * W;
      }
    }
    return { covariance: covariance.map((v) => v * unit), gradient: gradient.map((v) => v * unit) };
  }

  /** Prior covariance of values at two levels whose designs correlate by k. */
  private prior(a: number, b: number, k: number): number {
    const { levels, constantVariance } = this.parts.layout;
    return this.parts.B[a * levels + b]! * k + (a === b ? (constantVariance ?? 0) : 0);
  }

  private unit(level: number): number {
    const { scales } = this.parts;
    return scales[level]!.sd * scales.at(-1)!.sd;
  }
}
