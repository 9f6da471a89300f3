import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { AnchoredPosterior, FittedSurrogate } from '../surrogate/contract.js';

/** What an acquisition sees of one candidate at one fidelity. Losses are minimised. */
export interface AcquisitionInput {
  /** Lowest target-fidelity loss so far: measured, or predicted of a trial in flight. */
  readonly incumbent: number;
  /** Posterior mean and variance of the loss at the target fidelity. */
  readonly mean: number;
  readonly variance: number;
  /** Posterior variance at the fidelity in question, and its covariance with the target. */
  readonly levelVariance: number;
  readonly covariance: number;
  /** Noise variance of a measurement at that fidelity. */
  readonly noise: number;
  /** Whether that fidelity is the target. */
  readonly isTarget: boolean;
  /** Cost of a trial at that fidelity. */
  readonly cost: number;
}

/** Value with its partial derivatives by the posterior moments, for gradients over continuous spaces. */
export interface AcquisitionValue {
  readonly value: number;
  readonly byMean: number;
  readonly byVariance: number;
  readonly byLevelVariance: number;
  readonly byCovariance: number;
  /** By the covariances with the anchors, [p], where there are any. */
  readonly byAnchors?: Float64Array;
}

interface Named {
  readonly name: string;
  readonly description: string;
  /**
   * Power of the loss in whose units exp(value) is, e.g. 1 for a logarithm of an improvement; null where the value itself
   * is a loss, turned round. The values of surrogates that work on different scales are brought together by it.
   */
  readonly lossPower: number | null;
}

/** An acquisition of a candidate's own moments; pending trials count as measured at their posterior mean. */
export interface MomentAcquisition extends Named {
  readonly kind: 'moments';
  /**
   * By how much a trial has to undercut the incumbent while others are in flight, in standard deviations of the posterior means
   * at what was measured; 0 where absent. For what does not ask by how much something is better.
   */
  readonly marginBeside?: number;
  evaluate(input: AcquisitionInput): AcquisitionValue;
}

/** The state of a campaign that an acquisition is prepared from, for one proposal. */
export interface AcquisitionSituation {
  /** The surrogate given everything measured. */
  readonly surrogate: FittedSurrogate;
  /** The same after pending trials came out at their posterior mean. */
  readonly withPending: FittedSurrogate;
  /** Lowest target-fidelity loss measured so far, on the surrogate's scale. */
  readonly measuredIncumbent: number;
  /** The same where trials in flight at the target count, too, at the posterior means that `withPending` takes them for. */
  readonly incumbent: number;
  /** The target level. */
  readonly target: number;
  /** Designs measured at the target. */
  readonly measured: EncodedDesigns;
  /** Trials running or just proposed, and their levels, [n]. */
  readonly pending: { readonly designs: EncodedDesigns; readonly levels: Int32Array };
  /** That many designs that represent the whole space, or all if it has fewer. */
  representatives(count: number): EncodedDesigns;
  readonly seed: number;
}

/** An acquisition ready to be evaluated at candidates. */
export interface PreparedAcquisition {
  /** The surrogate whose moments it wants. */
  readonly surrogate: FittedSurrogate;
  /** The designs that candidates are seen together with, or null if there are none. */
  readonly anchors: AnchoredPosterior | null;
  /** Which value of the candidate they are seen with: that at the target, or at the fidelity in question. */
  readonly anchored: 'target' | 'fidelity';
  /** @param withAnchors - covariances of that value with the target values at the anchors, [p] */
  evaluate(input: AcquisitionInput, withAnchors: Float64Array): AcquisitionValue;
}

/**
 * An acquisition of a candidate together with other designs, its anchors: designs it is compared with, or for which it
 * is to tell something.
 */
export interface AnchoredAcquisition extends Named {
  readonly kind: 'anchored';
  /** One of a candidate's own moments that is high where this one is; absent where there is none. */
  readonly like?: MomentAcquisition;
  prepare(situation: AcquisitionSituation): PreparedAcquisition;
}

/** An acquisition that draws values of all candidates of a finite list together; the largest is taken. */
export interface DrawnAcquisition extends Named {
  readonly kind: 'drawn';
  /** @param joint - posterior of the target losses at the candidates, mean [q] and covariance row-major [q × q] */
  draw(joint: { readonly mean: Float64Array; readonly covariance: Float64Array }, seed: number): Float64Array;
}

/**
 * One acquisition; larger is better. A new one is one file with such an object and one line in `acquisitions.ts`; it
 * must pass `test/laws/acquisition.ts`.
 */
export type AcquisitionType = MomentAcquisition | AnchoredAcquisition | DrawnAcquisition;
