import type { AcquisitionInput } from '../../models/acquisition/contract.js';

/** A trial at the target: σ = 0.7. */
export const target: AcquisitionInput = {
  incumbent: 0.2,
  mean: 0.5,
  variance: 0.49,
  levelVariance: 1,
  covariance: 0.5,
  noise: 0.1,
  isTarget: true,
  cost: 1,
};

/** The same at a lower fidelity, ρ² = 0.25/(0.49 · 1.1). */
export const elsewhere: AcquisitionInput = { ...target, isTarget: false };
