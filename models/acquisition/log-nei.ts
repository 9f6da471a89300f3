import { concatDesigns, selectDesigns } from '../encode/encoded-designs.js';
import { deriveSeed } from '../random/generator.js';
import type { AnchoredAcquisition } from './contract.js';
import { preparedImprovement } from './internal/drawn-improvement.js';
import { everBest, withinReach } from './internal/ever-best.js';
import { logEiPerCost } from './log-ei-per-cost.js';
import { drawnPending } from './pending.js';

/** Baseline points that are drawn together to see which can be the best, and that are kept, at most. */
const most = { drawn: 256, kept: 64 } as const;

/**
 * Log of the expected improvement at the target on the best of the noiseless losses at what was measured and what is
 * pending, times the squared correlation of a measurement at the fidelity in question with the target, per cost.
 *
 * log 1/S·Σ_s EI(min_j f_sj | …) + log ρ² − log c, as in `drawnImprovement`, ρ² as in `perCost`
 *
 * For noisy measurements: the lowest one measured is more luck than merit, and is not what is to be improved on. Of the
 * designs measured at the target, those count that are the best in any of 2,048 joint draws.
 *
 * @see Letham et al. 2019, Bayesian Analysis 14, 495; Ament et al. 2023, arXiv:2310.20708 (qLogNEI)
 */
export const logNei: AnchoredAcquisition = {
  kind: 'anchored',
  lossPower: 1,
  name: 'log-nei',
  description: 'log-ei-per-cost over joint draws of what noise hides: for noisy measurements, and for batches',
  like: logEiPerCost,
  prepare: (situation) => {
    const { measured, target, seed } = situation;
    const { surrogate, atTarget } = drawnPending(situation);
    const { mean, variance } = surrogate.posterior(measured);
    const near = selectDesigns(measured, withinReach(mean[target]!, variance[target]!, most.drawn));
    const kept = everBest(surrogate.joint(near), deriveSeed(seed, 'baseline'), most.kept);
    const anchors = concatDesigns(selectDesigns(near, kept), atTarget);
    return preparedImprovement(surrogate, anchors, Number.POSITIVE_INFINITY, seed);
  },
};
