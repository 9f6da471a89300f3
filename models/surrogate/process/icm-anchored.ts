import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { type CholeskyFactor, solveLowerInPlace, solveLowerTransposedInPlace } from '../../linalg/cholesky.js';
import type { AnchoredPosterior } from '../contract.js';
import { covarianceAt, crossTerms, localTerms } from '../levels/level-terms.js';
import type { IcmState } from './icm-rows.js';

/** A conditioned process, taken apart. */
export interface IcmParts extends IcmState {
  readonly factor: CholeskyFactor;
  readonly alpha: Float64Array;
  readonly B: readonly Float64Array[];
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
    const rows = crossTerms(layout, theta, designs, anchors);
    const V = new Float64Array(n * p);
    this.mean = new Float64Array(p).fill(constant);
    for (let i = 0; i < n; i++)
      for (let a = 0; a < p; a++) {
        const value = this.prior(levels[i]!, target, rows, i * p + a);
        V[i * p + a] = value;
        this.mean[a] = this.mean[a]! + value * alpha[i]!;
      }
    for (let a = 0; a < p; a++) this.mean[a] = this.mean[a]! * sd + mean;
    solveLowerInPlace(factor, V, p);
    const pairs = crossTerms(layout, theta, anchors, anchors);
    this.covariance = new Float64Array(p * p);
    for (let a = 0; a < p; a++)
      for (let b = 0; b <= a; b++) {
        let sum = this.prior(target, target, pairs, a * p + b);
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
    const result = new Float64Array(candidates.n * p);
    const pairs = crossTerms(layout, theta, candidates, this.anchors);
    const rows = crossTerms(layout, theta, candidates, designs);
    const unit = this.unit(level);
    for (let c = 0; c < candidates.n; c++) {
      for (let a = 0; a < p; a++) result[c * p + a] = this.prior(level, target, pairs, c * p + a);
      for (let i = 0; i < n; i++) {
        const weight = this.prior(level, levels[i]!, rows, c * n + i);
        for (let a = 0; a < p; a++) result[c * p + a] = result[c * p + a]! - weight * this.W[i * p + a]!;
      }
      for (let a = 0; a < p; a++) result[c * p + a] = result[c * p + a]! * unit;
    }
    return result;
  }

  local(candidate: EncodedDesigns, level: number): { covariance: Float64Array; gradient: Float64Array } {
    const { layout, theta, designs, levels, B } = this.parts;
    const [n, p, d, target] = [designs.n, this.anchors.n, designs.encoding.numeric, layout.levels - 1];
    const toAnchors = localTerms(layout, theta, this.anchors, candidate);
    const toRows = localTerms(layout, theta, designs, candidate);
    const [anchorValues, rowValues] = [toAnchors.map(({ value }) => value), toRows.map(({ value }) => value)];
    const unit = this.unit(level);
    const covariance = Float64Array.from({ length: p }, (_, a) => this.prior(level, target, anchorValues, a));
    const gradient = new Float64Array(p * d);
    toAnchors.forEach((term, q) => {
      const b = B[q]![level * layout.levels + target]!;
      for (let at = 0; at < gradient.length; at++) gradient[at] = gradient[at]! + b * term.gradient[at]!;
    });
    for (let i = 0; i < n; i++) {
      const weight = this.prior(level, levels[i]!, rowValues, i);
      const slopes = new Float64Array(d);
      toRows.forEach((term, q) => {
        const b = B[q]![level * layout.levels + levels[i]!]!;
        for (let j = 0; j < d; j++) slopes[j] = slopes[j]! + b * term.gradient[i * d + j]!;
      });
      for (let a = 0; a < p; a++) {
        const W = this.W[i * p + a]!;
        covariance[a] = covariance[a]! - weight * W;
        for (let j = 0; j < d; j++) gradient[a * d + j] = gradient[a * d + j]! - slopes[j]! * W;
      }
    }
    return { covariance: covariance.map((v) => v * unit), gradient: gradient.map((v) => v * unit) };
  }

  /** Prior covariance of the values at two levels of the pair of designs at a place. */
  private prior(a: number, b: number, values: readonly Float64Array[], at: number): number {
    return covarianceAt(this.parts.layout, this.parts.B, [a, b], values, at);
  }

  private unit(level: number): number {
    const { scales } = this.parts;
    return scales[level]!.sd * scales.at(-1)!.sd;
  }
}
