import { Generator } from '../random/generator.js';
import type { DrawnAcquisition } from './contract.js';
import { drawJoint } from './joint-draws.js';

/**
 * Thompson sampling: one joint draw of the target losses from the posterior, turned round; the design that is best in it
 * is asked.
 *
 * −(μ + L·z),  L·Lᵀ = posterior covariance of the candidates
 *
 * A design is chosen with its posterior probability of being the best, so a batch spreads by itself: each proposal has a draw
 * of its own, and pending trials count only in that they are not proposed again. Which fidelity the design is asked at
 * is decided by ρ² per cost, as in `perCost`.
 *
 * @see Thompson 1933, Biometrika 25, 285; Kandasamy et al. 2018, AISTATS (batches)
 * @remarks Cost: O(q³) for q candidates.
 */
export const thompson: DrawnAcquisition = {
  kind: 'drawn',
  lossPower: null,
  name: 'thompson',
  description: 'the best design of one joint draw from the posterior, at the fidelity with the largest ρ² per cost',
  draw: (joint, seed) => {
    const random = new Generator(seed, 'thompson');
    return drawJoint({ ...joint, base: joint.mean.map(() => random.normal()) }).values.map((loss) => -loss);
  },
};
