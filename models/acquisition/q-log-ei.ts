import type { AnchoredAcquisition } from './contract.js';
import { preparedImprovement } from './internal/drawn-improvement.js';
import { logEiPerCost } from './log-ei-per-cost.js';
import { drawnPending } from './pending.js';

/**
 * Log of the expected improvement at the target on the incumbent and on what pending trials may come to, times the
 * squared correlation of a measurement at the fidelity in question with the target, per cost.
 *
 * log 1/S·Σ_s EI(min(incumbent, min_j f_sj) | …) + log ρ² − log c, as in `drawnImprovement`, ρ² as in `perCost`
 *
 * A batch chosen one after the other by it is the greedy maximum of the expected improvement of the whole batch.
 * Without pending trials it is `log-ei-per-cost`, which counts them as measured at their posterior mean.
 *
 * @see Ament et al. 2023, arXiv:2310.20708 (qLogEI); Wilson et al. 2018, arXiv:1805.10196 (greedy batches)
 */
export const qLogEiPerCost: AnchoredAcquisition = {
  kind: 'anchored',
  lossPower: 1,
  name: 'q-log-ei',
  description: 'log-ei-per-cost of a batch as a whole: over joint draws of what pending trials may come to',
  prepare: (situation) => {
    const { surrogate, atTarget } = drawnPending(situation);
    if (atTarget.n === 0)
      return { surrogate, anchors: null, anchored: 'target', evaluate: (input) => logEiPerCost.evaluate(input) };
    return preparedImprovement(surrogate, atTarget, situation.measuredIncumbent, situation.seed);
  },
};
