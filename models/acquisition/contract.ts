/** What an acquisition sees of one candidate at one fidelity. Losses are minimised. */
export interface AcquisitionInput {
  /** Lowest target-fidelity loss measured so far. */
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
}

/**
 * One acquisition; larger is better. A new one is one file with such an object and one line in `acquisitions.ts`; it
 * must pass `test/laws/acquisition.ts`.
 */
export interface AcquisitionType {
  readonly name: string;
  readonly description: string;
  /** Set where the value is in units of the loss, not a logarithm; the inner search then divides by a scale of it. */
  readonly inLossUnits?: true;
  evaluate(input: AcquisitionInput): AcquisitionValue;
}
