import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { type CholeskyFactor, solveLower, solveLowerTransposed } from '../../linalg/cholesky.js';
import { Generator } from '../../random/generator.js';
import { independentNormalDraws } from '../../random/normal-draws.js';
import { logsumexp } from '../../stats/logsumexp.js';
import type { AnchoredPosterior, FittedSurrogate } from '../../surrogate/contract.js';
import { drawJoint } from '../joint-draws.js';

/** A surrogate of one outcome. */
export interface OutcomeMember {
  readonly surrogate: FittedSurrogate;
  /** Those of an outcome add up to 1. */
  readonly weight: number;
}

/** An outcome by one of its surrogates, with the anchors that it is drawn at. */
export interface OutcomePart {
  /** Place of the outcome. */
  readonly outcome: number;
  readonly surrogate: FittedSurrogate;
  /** Share of the draws that take it; those of an outcome add up to 1. */
  readonly weight: number;
  /** Null without anchors. */
  readonly anchored: AnchoredPosterior | null;
}

/** Moments of one candidate by a part: on its scale, and its covariances with the anchors, [p]. */
export interface PartMoments {
  readonly mean: number;
  readonly variance: number;
  readonly withAnchors: Float64Array;
}

/** Log of what a candidate is worth, with its derivatives by the moments of each part. */
export interface DrawnWorth {
  readonly value: number;
  readonly byParts: readonly {
    readonly byMean: number;
    readonly byVariance: number;
    readonly byAnchors: Float64Array;
  }[];
}

/**
 * Log of what a candidate is worth in one draw of the anchors, in which its outcomes are independent normals.
 *
 * @param mean - on the scale of the part that the draw takes of each outcome, [outcomes]; so is the variance
 * @param byMean - filled with the derivatives, [outcomes]; so is byVariance
 */
export type WorthInDraw = (
  draw: number,
  mean: Float64Array,
  variance: Float64Array,
  byMean: Float64Array,
  byVariance: Float64Array,
) => number;

/** Least share of a candidate's variance that the anchors leave it; below, rounding decides. */
const leastShare = 1e-8;

/**
 * Joint draws of several outcomes at some designs, the anchors, and what they leave open of a candidate.
 *
 * f_s = μ_A + L·z_s by outcome, outcomes being independent; given the draw a candidate is N(μ + wᵀz_s, σ² − wᵀw), w = L⁻¹·c. Each
 * draw takes one surrogate of each outcome, as many as its weight says, so that an average over draws is one over the mixture.
 *
 * @see Daulton, Balandat and Bakshy 2021, arXiv:2105.08195 (noisy expected hypervolume improvement over such draws)
 * @remarks Cost: O(p³) a part once; then O(p² + S·p) a part and candidate.
 */
export class ConditionalDraws {
  readonly parts: readonly OutcomePart[];
  /** Place of the part that a draw takes of an outcome, row-major [draws × outcomes]. */
  readonly partOf: Int32Array;
  private readonly factors: readonly CholeskyFactor[];
  private readonly base: readonly Float64Array[];
  /** Outcomes as surrogates are told them, at the anchors, by draw: [outcomes] of row-major [draws × anchors]. */
  readonly values: readonly Float64Array[];

  /** @param outcomes - the surrogates of each; at least one with a positive weight */
  constructor(
    outcomes: readonly (readonly OutcomeMember[])[],
    anchors: EncodedDesigns,
    readonly draws: number,
    seed: number,
  ) {
    const p = anchors.n;
    const [parts, chosen] = shared(outcomes, draws, seed);
    this.partOf = chosen;
    this.parts = parts.map((part) => ({ ...part, anchored: p === 0 ? null : part.surrogate.anchored(anchors) }));
    this.base = independentNormalDraws(
      draws,
      outcomes.map(() => p),
      seed,
    );
    const drawn = this.parts.map(({ outcome, anchored }) =>
      anchored === null
        ? { factor: { n: 0, L: new Float64Array(), jitter: 0 }, values: new Float64Array() }
        : drawJoint({ mean: anchored.mean, covariance: anchored.covariance, base: this.base[outcome]! }),
    );
    this.factors = drawn.map(({ factor }) => factor);
    this.values = outcomes.map((_, outcome) => {
      const own = new Float64Array(draws * p);
      for (let s = 0; s < draws; s++) {
        const part = chosen[s * outcomes.length + outcome]!;
        const { scale } = this.parts[part]!.surrogate;
        for (let i = 0; i < p; i++) own[s * p + i] = scale.toLoss(drawn[part]!.values[s * p + i]!);
      }
      return own;
    });
  }

  /**
   * Log of the mean over the draws of what a candidate is worth.
   *
   * @param moments - by part
   */
  worth(moments: readonly PartMoments[], inDraw: WorthInDraw): DrawnWorth {
    const { parts, draws, partOf, base } = this;
    const outcomes = base.length;
    const seen = moments.map(({ mean, variance, withAnchors }, part) => {
      const w = solveLower(this.factors[part]!, withAnchors);
      const left = w.reduce((rest, weight) => rest - weight * weight, variance);
      const floored = !(left > leastShare * variance);
      return { mean, w, floored, variance: floored ? leastShare * variance : left };
    });
    const [mean, variance] = [new Float64Array(outcomes), new Float64Array(outcomes)];
    const by = { mean: new Float64Array(draws * outcomes), variance: new Float64Array(draws * outcomes) };
    const logs = new Float64Array(draws);
    for (let s = 0; s < draws; s++) {
      const at = s * outcomes;
      for (let k = 0; k < outcomes; k++) {
        const own = seen[partOf[at + k]!]!;
        const p = own.w.length;
        let shifted = own.mean;
        for (let i = 0; i < p; i++) shifted += own.w[i]! * base[k]![s * p + i]!;
        mean[k] = shifted;
        variance[k] = own.variance;
      }
      const [byMean, byVariance] = [by.mean.subarray(at, at + outcomes), by.variance.subarray(at, at + outcomes)];
      const value = inDraw(s, mean, variance, byMean, byVariance);
      logs[s] = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
    }
    const total = logsumexp(logs);
    const sums = seen.map(({ w }) => ({ byMean: 0, byVariance: 0, byW: new Float64Array(w.length) }));
    for (let s = 0; s < draws; s++) {
      const share = total === Number.NEGATIVE_INFINITY ? 0 : Math.exp(logs[s]! - total);
      if (share === 0) continue;
      for (let k = 0; k < outcomes; k++) {
        const at = s * outcomes + k;
        const sum = sums[partOf[at]!]!;
        const p = sum.byW.length;
        const slope = share * by.mean[at]!;
        sum.byMean += slope;
        sum.byVariance += share * by.variance[at]!;
        for (let i = 0; i < p; i++) sum.byW[i] = sum.byW[i]! + slope * base[k]![s * p + i]!;
      }
    }
    return {
      value: total - Math.log(draws),
      byParts: parts.map((_, part) => {
        const { w, floored } = seen[part]!;
        const { byMean, byVariance, byW } = sums[part]!;
        if (!floored) for (let i = 0; i < w.length; i++) byW[i] = byW[i]! - 2 * w[i]! * byVariance;
        return {
          byMean,
          byVariance: floored ? leastShare * byVariance : byVariance,
          byAnchors: solveLowerTransposed(this.factors[part]!, byW),
        };
      }),
    };
  }
}

/** As many draws for each surrogate as its weight says, in an order that differs from outcome to outcome. */
function shared(outcomes: readonly (readonly OutcomeMember[])[], draws: number, seed: number) {
  const parts: Omit<OutcomePart, 'anchored'>[] = [];
  const chosen = new Int32Array(draws * outcomes.length);
  outcomes.forEach((members, outcome) => {
    const order = new Generator(seed, 'members', outcome).permutation(draws);
    const total = members.reduce((sum, { weight }) => sum + weight, 0);
    let [sum, from] = [0, 0];
    for (const { surrogate, weight } of members) {
      sum += weight;
      const to = Math.round((draws * sum) / total);
      if (to > from) parts.push({ outcome, surrogate, weight: (to - from) / draws });
      for (; from < to; from++) chosen[order[from]! * outcomes.length + outcome] = parts.length - 1;
    }
  });
  return [parts, chosen] as const;
}
