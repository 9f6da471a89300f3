import type { AnchoredAcquisition } from './contract.js';

/** Designs that represent the whole space. */
const points = 128;

/**
 * Log of how much a measurement takes off the mean posterior variance at the target over the whole space, per cost:
 * active learning, which asks where most is learned about everything and not only about the design itself.
 *
 * log (1/G·Σ_g c_g²/(σ_l² + noise_l)) − log cost,  c_g = covariance of the candidate's value at level l with the target
 * value at g, over 128 Sobol points of the space or rows of the pool
 *
 * At one fidelity it ranks as minus the log of the variance that is left, since the variance before is the same for
 * all; but what is taken off can be divided by a cost, and what is left cannot. Pending trials count as measured, which
 * is exact here: a posterior variance does not depend on what was measured.
 *
 * @see Cohn 1996, Neural Networks 9, 1071; Seo et al. 2000, Proc. IJCNN (active learning Cohn)
 */
export const integratedVariance: AnchoredAcquisition = {
  kind: 'anchored',
  lossPower: 2,
  name: 'integrated-variance',
  description: 'log of the variance taken off the whole space at the target, per cost: learns, does not optimise',
  prepare: ({ withPending, representatives }) => ({
    surrogate: withPending,
    anchors: withPending.anchored(representatives(points)),
    anchored: 'fidelity',
    evaluate: ({ levelVariance, noise, cost }, withAnchors) => {
      // In units of the largest covariance, whose square could underflow.
      const unit = withAnchors.reduce((largest, c) => Math.max(largest, Math.abs(c)), 0);
      const measured = levelVariance + noise;
      const sum = withAnchors.reduce((total, c) => total + (c / unit) ** 2, 0);
      const taken = 2 * Math.log(unit) + Math.log(sum / withAnchors.length);
      return {
        value: unit === 0 ? Number.NEGATIVE_INFINITY : taken - Math.log(measured) - Math.log(cost),
        byMean: 0,
        byVariance: 0,
        byLevelVariance: -1 / measured,
        byCovariance: 0,
        byAnchors: withAnchors.map((c) => (2 * c) / unit / unit / sum),
      };
    },
  }),
};
